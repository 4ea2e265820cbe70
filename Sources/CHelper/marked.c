// What a run that was killed has left: dbuild, guard and helpers may all have been killed in one instant, and then nobody
// was there to clear up. Every action carries its run's marker in the environment.
#include "dbuild_helper.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Whether a process of ours was given the marker. The kernel shows the environment with which it was executed.
static bool is_marked(long pid, const char *marker, size_t length) {
    static char text[256 << 10];
    char path[40];
    snprintf(path, sizeof path, "/proc/%ld/environ", pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    struct stat owner;
    bool found = false;
    size_t have = 0;
    ssize_t got = 0;
    // Not dumpable: it belongs to root then, and nobody can look into it.
    if (fstat(file, &owner) == 0 && owner.st_uid == geteuid())
        while (!found && have < sizeof text && (got = read(file, text + have, sizeof text - have)) > 0) {
            have += (size_t)got;
            for (char *at = text; !found && (size_t)(text + have - at) > length;) {
                char *end = memchr(at, 0, (size_t)(text + have - at));
                if (!end) break;
                found = (size_t)(end - at) == length && memcmp(at, marker, length) == 0;
                at = end + 1;
            }
        }
    close(file);
    return found;
}

static long look(DIR *proc, const char *marker, size_t length) {
    long killed = 0;
    rewinddir(proc);
    for (struct dirent *entry; (entry = readdir(proc));) {
        long pid = strtol(entry->d_name, NULL, 10);
        if (pid <= 1 || pid == getpid() || !is_marked(pid, marker, length)) continue;
        // By a handle, and looked at once more: the number may be another process' by now.
        int handle = (int)syscall(SYS_pidfd_open, pid, 0);
        if (handle < 0) continue;
        if (is_marked(pid, marker, length) && syscall(SYS_pidfd_send_signal, handle, SIGKILL, NULL, 0) == 0) {
            killed++;
            struct pollfd end = { .fd = handle, .events = POLLIN };
            poll(&end, 1, 1000);      // so that the next look does not count it again
        }
        close(handle);
    }
    return killed;
}

long dbuild_kill_marked(const char *marker) {
    enum { ROUNDS = 1000 };
    DIR *proc = opendir("/proc");
    if (!proc) return -errno;
    // Until nothing is found: who is forking while it is killed may have a child that the look before did not see.
    long killed = 0, found = 1;
    for (int round = 0; found && round < ROUNDS; round++) {
        if (round) usleep(1000);
        found = look(proc, marker, strlen(marker));
        killed += found;
    }
    closedir(proc);
    return killed;
}
