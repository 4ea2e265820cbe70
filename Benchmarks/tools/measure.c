// Runs a command in a process group of its own and says what it took, as one JSON object.
//
//     measure [-a] SECONDS RESULT COMMAND [WORD...]
//
// wall, user, system: seconds, of the command with every process that it waited for; largest: the most that one of its
// processes held, KiB; exit: its code, or 128 + the signal; late: whether it was ended, after SECONDS or by a signal to us.
// -a: also anonymous, the most anonymous memory (RssAnon, KiB) that the command's own process held. It is looked at all
// the while and stopped once more as it ends, so such a run's times do not count.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t child;
static volatile sig_atomic_t is_late;

static void end_it(int signal) {
    (void)signal;
    kill(-child, is_late ? SIGKILL : SIGTERM);
    is_late = 1;
    alarm(3);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double of(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec / 1e6; }

static long anonymous_memory(void) {
    char path[64], line[256];
    long found = 0;
    snprintf(path, sizeof path, "/proc/%d/status", child);
    FILE *status = fopen(path, "r");
    if (status == NULL) return 0;
    while (fgets(line, sizeof line, status) != NULL) sscanf(line, "RssAnon: %ld", &found);
    fclose(status);
    return found;
}

// Until the command has ended; what it held at most, KiB.
static long watch(int *ended, struct rusage *usage) {
    long most = 0;
    for (;;) {
        int status;
        pid_t got = wait4(child, &status, WNOHANG | __WALL, usage);
        if (got == child && !WIFSTOPPED(status)) { *ended = status; return most; }
        if (got < 0 && errno != EINTR) { perror("measure: wait"); exit(1); }
        long here = anonymous_memory();
        if (here > most) most = here;
        if (got == child) {
            bool is_event = status >> 16 != 0;
            ptrace(PTRACE_CONT, child, 0, is_event ? 0 : WSTOPSIG(status));
        } else if (got == 0) {
            nanosleep(&(struct timespec){0, 200000}, NULL);
        }
    }
}

int main(int count, char **words) {
    bool watches = count > 1 && strcmp(words[1], "-a") == 0;
    if (watches) { words++; count--; }
    if (count < 4) return 64;
    int gate[2];
    if (pipe(gate) != 0) { perror("measure"); return 1; }
    double start = seconds();
    child = fork();
    if (child == 0) {
        char go;
        setpgid(0, 0);
        close(gate[1]);
        // Not before it can be watched.
        if (watches && read(gate[0], &go, 1) != 0) _exit(127);
        close(gate[0]);
        execvp(words[3], words + 3);
        perror(words[3]);
        _exit(127);
    }
    if (child < 0) { perror("measure"); return 1; }
    setpgid(child, child);
    // Also where somebody ends us: what runs is in another group, and hears of it from nobody else.
    for (const int *signal = (const int[]){SIGALRM, SIGINT, SIGTERM, SIGHUP, 0}; *signal != 0; signal++)
        sigaction(*signal, &(struct sigaction){.sa_handler = end_it}, NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {atol(words[1]), 0}}, NULL);

    int status = 0;
    struct rusage usage;
    long anonymous = 0;
    if (watches) {
        if (ptrace(PTRACE_SEIZE, child, 0, PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL) != 0) {
            perror("measure: ptrace");
            return 1;
        }
        close(gate[1]);
        anonymous = watch(&status, &usage);
    } else {
        while (wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {}
    }
    double wall = seconds() - start;
    alarm(0);
    // What it has left behind.
    kill(-child, SIGKILL);

    FILE *result = fopen(words[2], "w");
    if (result == NULL) { perror(words[2]); return 1; }
    fprintf(result,
        "{\"wall\": %.6f, \"user\": %.6f, \"system\": %.6f, \"largest\": %ld, \"anonymous\": %ld, "
        "\"exit\": %d, \"late\": %s}\n",
        wall, of(usage.ru_utime), of(usage.ru_stime), usage.ru_maxrss, anonymous,
        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), is_late ? "true" : "false");
    return fclose(result) == 0 ? 0 : 1;
}
