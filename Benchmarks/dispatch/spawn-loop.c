// The floor: as many processes as there are lines, so many at a time, with nothing in between.
// Usage: spawn-loop AT-ONCE PROGRAM < OUTPUTS
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static int reap(void) {
    int status;
    return wait(&status) > 0 && status == 0 ? 0 : 1;
}

int main(int count, char **words) {
    if (count != 3) return 64;
    int at_once = atoi(words[1]), running = 0, failed = 0;
    char line[4096], *environment[] = { NULL };
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = 0;
        if (running == at_once) { failed |= reap(); running--; }
        char *arguments[] = { words[2], line, NULL };
        pid_t pid;
        if (posix_spawn(&pid, words[2], NULL, NULL, arguments, environment) != 0) return 1;
        running++;
    }
    while (running--) failed |= reap();
    return failed;
}
