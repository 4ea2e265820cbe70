// What cannot be done faster by doing it plainly: one thread looks at every file, and then the actions run.
//
//     floor LIST [ACTIONS JOBS]
//
// LIST: paths, one a line, relative to the working directory; each is one fstatat. ACTIONS: a command a line, its words
// with tabs between, JOBS of them at once; an empty line waits for all that run, as what follows needs them.
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int running, failed;

static char *contents(const char *path, char **end) {
    int file = open(path, O_RDONLY);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) { perror(path); exit(1); }
    char *bytes = malloc((size_t)status.st_size + 1);
    if (bytes == NULL) { perror(path); exit(1); }
    *end = bytes;
    for (ssize_t got; (got = read(file, *end, (size_t)(bytes + status.st_size - *end))) > 0;) *end += got;
    close(file);
    **end = 0;
    return bytes;
}

static long look(const char *list) {
    int root = open(".", O_PATH | O_DIRECTORY);
    char *end, *line = contents(list, &end);
    struct stat status;
    long missing = 0;
    for (char *next; (next = memchr(line, '\n', (size_t)(end - line))) != NULL; line = next + 1) {
        *next = 0;
        missing += fstatat(root, line, &status, AT_SYMLINK_NOFOLLOW) != 0;
    }
    return missing;
}

static void reap(int left) {
    for (int status; running > left; running--)
        if (wait(&status) < 0 || status != 0) failed++;
}

static void run(const char *actions, int jobs) {
    char *end, *rest = contents(actions, &end), *line;
    while ((line = strsep(&rest, "\n")) != NULL && rest != NULL) {
        char *words[64], *word;
        int count = 0;
        while ((word = strsep(&line, "\t")) != NULL && *word != 0 && count < 63) words[count++] = word;
        words[count] = NULL;
        reap(count == 0 ? 0 : jobs - 1);
        pid_t process;
        if (count == 0) continue;
        if (posix_spawn(&process, words[0], NULL, NULL, words, environ) != 0) failed++;
        else running++;
    }
    reap(0);
}

int main(int count, char **words) {
    if (count != 2 && count != 4) return 64;
    long missing = look(words[1]);
    if (count == 4) run(words[2], atoi(words[3]));
    if (missing != 0 || failed != 0) fprintf(stderr, "floor: %ld missing, %d failed\n", missing, failed);
    return missing != 0 || failed != 0;
}
