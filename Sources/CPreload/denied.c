// What a sandboxed action was denied. Landlock answers EACCES and tells nobody, and what is not declared is absent from
// the directory in which the action runs (ENOENT): here such answers are written down, so that dbuild can name the path.
#include "include/dbuild_preload.h"
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_BYTES = 256 << 10, HEADER = 4096 };

static char log_path[PATH_MAX];
// Of log_path, the directory in which the action runs: DIRECTORY/SCRATCH/FILE.
static size_t directory_length;

__attribute__((constructor)) static void read_log_path(void) {
    const char *text = getenv("DBUILD_DENIED_LOG");
    if (text == NULL || strlen(text) >= sizeof log_path) return;
    strcpy(log_path, text);
    directory_length = strlen(log_path);
    for (int parts = 2; directory_length > 0 && parts > 0; parts -= log_path[directory_length] == '/') directory_length--;
}

static int is_inside(const char *path) {
    return strncmp(path, log_path, directory_length) == 0 && path[directory_length] == '/';
}

// Where a relative path begins; 0 where that cannot be told.
static size_t base_of(int directory, char *place, size_t room) {
    long length;
    if (directory == AT_FDCWD) {
        length = syscall(SYS_getcwd, place, room) - 1;   // with its NUL
    } else {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
        length = readlink(link, place, room);
    }
    return length > 0 && place[0] == '/' ? (size_t)length : 0;
}

// A name below /proc is that of this process alone: the one that it leads to. Looking at it is not denied.
static size_t target_of(const char *path, char *place, size_t room) {
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_PATH | O_CLOEXEC);
    if (file < 0) return 0;
    size_t length = base_of(file, place, room);
    close(file);
    return length;
}

// One record: what was wanted (`r`ead, `l`ist, `w`rite, e`x`ecute, `e`xamine, or `s`: a program that is linked
// statically), the absolute path, and a NUL. Calls nothing that waits or allocates, since it may run behind vfork.
static void record(char kind, int directory, const char *path, int only_inside) {
    char line[2 * PATH_MAX + 8];
    size_t size = 0, length = strnlen(path, PATH_MAX);
    line[size++] = kind;
    if (length == 0 || length == PATH_MAX) return;
    if (path[0] != '/') {
        size_t base = base_of(directory, line + size, PATH_MAX);
        if (base == 0) return;
        size += base;
        line[size++] = '/';
    }
    size_t target = strncmp(path, "/proc/", 6) == 0 ? target_of(path, line + size, PATH_MAX) : 0;
    if (target == 0) {
        memcpy(line + size, path, length);
        target = length;
    }
    size += target;
    line[size++] = 0;
    if (only_inside && !is_inside(line + 1)) return;
    int file = (int)syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return;
    struct stat info;
    // One write: those of other processes do not come between.
    if (fstat(file, &info) == 0 && info.st_size < MOST_BYTES) (void)!write(file, line, size);
    close(file);
}

// To be called with the errno of a call that failed, which it keeps.
static void denied(char kind, int directory, const char *path) {
    int error = errno;
    if ((error != EACCES && error != ENOENT) || log_path[0] == 0 || path == NULL) return;
    record(kind, directory, path, error == ENOENT);
    errno = error;
}

static char kind_of(int flags) {
    if ((flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC)) return 'w';
    return flags & O_DIRECTORY ? 'l' : 'r';
}

static char kind_of_mode(const char *mode) { return mode && (mode[0] != 'r' || strchr(mode, '+')) ? 'w' : 'r'; }

// MARK: Opening

#define MODE(flags)                                                            \
    mode_t mode = 0;                                                           \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {                                   \
        va_list rest;                                                          \
        va_start(rest, flags);                                                 \
        mode = va_arg(rest, mode_t);                                           \
        va_end(rest);                                                          \
    }

#define OPEN(name)                                                             \
    int name(const char *path, int flags, ...) {                               \
        MODE(flags)                                                            \
        int file = REAL(name)(path, flags, mode);                              \
        if (file < 0) denied(kind_of(flags), AT_FDCWD, path);                  \
        return file;                                                           \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                           \
    int name(int directory, const char *path, int flags, ...) {                \
        MODE(flags)                                                            \
        int file = REAL(name)(directory, path, flags, mode);                   \
        if (file < 0) denied(kind_of(flags), directory, path);                 \
        return file;                                                           \
    }
OPENAT(openat)
OPENAT(openat64)

// What `open` becomes in programs that were compiled with checks.
#define CHECKED_OPEN(name)                                                     \
    int name(const char *path, int flags);                                     \
    int name(const char *path, int flags) {                                    \
        int file = REAL(name)(path, flags);                                    \
        if (file < 0) denied(kind_of(flags), AT_FDCWD, path);                  \
        return file;                                                           \
    }
CHECKED_OPEN(__open_2)
CHECKED_OPEN(__open64_2)

#define CHECKED_OPENAT(name)                                                   \
    int name(int directory, const char *path, int flags);                      \
    int name(int directory, const char *path, int flags) {                     \
        int file = REAL(name)(directory, path, flags);                         \
        if (file < 0) denied(kind_of(flags), directory, path);                 \
        return file;                                                           \
    }
CHECKED_OPENAT(__openat_2)
CHECKED_OPENAT(__openat64_2)

#define CREAT(name)                                                            \
    int name(const char *path, mode_t mode) {                                  \
        int file = REAL(name)(path, mode);                                     \
        if (file < 0) denied('w', AT_FDCWD, path);                             \
        return file;                                                           \
    }
CREAT(creat)
CREAT(creat64)

#define FOPEN(name)                                                            \
    FILE *name(const char *restrict path, const char *restrict mode) {         \
        FILE *file = REAL(name)(path, mode);                                   \
        if (file == NULL) denied(kind_of_mode(mode), AT_FDCWD, path);          \
        return file;                                                           \
    }
FOPEN(fopen)
FOPEN(fopen64)

#define FREOPEN(name)                                                          \
    FILE *name(const char *restrict path, const char *restrict mode, FILE *restrict before) { \
        FILE *file = REAL(name)(path, mode, before);                           \
        if (file == NULL) denied(kind_of_mode(mode), AT_FDCWD, path);          \
        return file;                                                           \
    }
FREOPEN(freopen)
FREOPEN(freopen64)

DIR *opendir(const char *path) {
    DIR *directory = REAL(opendir)(path);
    if (directory == NULL) denied('l', AT_FDCWD, path);
    return directory;
}

#define SCANDIR(name, entry)                                                   \
    int name(const char *restrict path, struct entry ***restrict entries,      \
             int (*choose)(const struct entry *),                              \
             int (*compare)(const struct entry **, const struct entry **)) {   \
        int count = REAL(name)(path, entries, choose, compare);                \
        if (count < 0) denied('l', AT_FDCWD, path);                            \
        return count;                                                          \
    }
SCANDIR(scandir, dirent)
SCANDIR(scandir64, dirent64)

// MARK: Examining

#define EXAMINE(name, parameters, arguments, directory)                        \
    int name parameters {                                                      \
        int result = REAL(name) arguments;                                     \
        if (result < 0) denied('e', directory, path);                          \
        return result;                                                         \
    }
EXAMINE(stat, (const char *restrict path, struct stat *restrict info), (path, info), AT_FDCWD)
EXAMINE(stat64, (const char *restrict path, struct stat64 *restrict info), (path, info), AT_FDCWD)
EXAMINE(lstat, (const char *restrict path, struct stat *restrict info), (path, info), AT_FDCWD)
EXAMINE(lstat64, (const char *restrict path, struct stat64 *restrict info), (path, info), AT_FDCWD)
EXAMINE(fstatat, (int directory, const char *restrict path, struct stat *restrict info, int flags),
        (directory, path, info, flags), directory)
EXAMINE(fstatat64, (int directory, const char *restrict path, struct stat64 *restrict info, int flags),
        (directory, path, info, flags), directory)
EXAMINE(statx, (int directory, const char *restrict path, int flags, unsigned mask, struct statx *restrict info),
        (directory, path, flags, mask, info), directory)
EXAMINE(access, (const char *path, int mode), (path, mode), AT_FDCWD)
EXAMINE(euidaccess, (const char *path, int mode), (path, mode), AT_FDCWD)
EXAMINE(faccessat, (int directory, const char *path, int mode, int flags), (directory, path, mode, flags), directory)

// MARK: Changing

#define CHANGE(name, parameters, arguments, path)                              \
    int name parameters {                                                      \
        int result = REAL(name) arguments;                                     \
        if (result < 0) denied('w', AT_FDCWD, path);                           \
        return result;                                                         \
    }
CHANGE(mkdir, (const char *path, mode_t mode), (path, mode), path)
CHANGE(rmdir, (const char *path), (path), path)
CHANGE(unlink, (const char *path), (path), path)
CHANGE(remove, (const char *path), (path), path)
CHANGE(truncate, (const char *path, off_t size), (path, size), path)
CHANGE(truncate64, (const char *path, off64_t size), (path, size), path)
CHANGE(symlink, (const char *target, const char *path), (target, path), path)
CHANGE(rename, (const char *from, const char *path), (from, path), path)
CHANGE(mkstemp, (char *path), (path), path)
CHANGE(mkstemp64, (char *path), (path), path)
CHANGE(mkostemp, (char *path, int flags), (path, flags), path)

int mkdirat(int directory, const char *path, mode_t mode) {
    int result = REAL(mkdirat)(directory, path, mode);
    if (result < 0) denied('w', directory, path);
    return result;
}

int unlinkat(int directory, const char *path, int flags) {
    int result = REAL(unlinkat)(directory, path, flags);
    if (result < 0) denied('w', directory, path);
    return result;
}

// MARK: Executing

// What another program than one of the C library's opens is heard by nobody.
static void look_at_program(const char *path) {
    if (log_path[0] == 0 || strchr(path, '/') == NULL) return;
    int error = errno;
    union { Elf64_Ehdr header; unsigned char bytes[HEADER]; } start;
    int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    ssize_t size = file < 0 ? -1 : read(file, start.bytes, sizeof start.bytes);
    if (file >= 0) close(file);
    errno = error;
    if (size < (ssize_t)sizeof start.header || memcmp(start.bytes, ELFMAG, SELFMAG) != 0) return;
    if (start.header.e_ident[EI_CLASS] == ELFCLASS64 && start.header.e_phentsize == sizeof(Elf64_Phdr)) {
        for (unsigned i = 0; i < start.header.e_phnum; i++) {
            Elf64_Phdr part;
            uint64_t at = start.header.e_phoff + i * sizeof part;
            if (at > (uint64_t)size - sizeof part) return;   // further on than was read: nothing is claimed
            memcpy(&part, start.bytes + at, sizeof part);
            if (part.p_type == PT_INTERP) return;
        }
    }
    record('s', AT_FDCWD, path, 0);
    errno = error;
}

#define EXECUTE(name, parameters, arguments)                                   \
    int name parameters {                                                      \
        look_at_program(path);                                                 \
        int result = REAL(name) arguments;                                     \
        denied('x', AT_FDCWD, path);                                           \
        return result;                                                         \
    }
EXECUTE(execve, (const char *path, char *const words[], char *const variables[]), (path, words, variables))
EXECUTE(execv, (const char *path, char *const words[]), (path, words))

#define SEARCH(name, parameters, arguments)                                    \
    int name parameters {                                                      \
        look_at_program(path);                                                 \
        int result = REAL(name) arguments;                                     \
        if (strchr(path, '/')) denied('x', AT_FDCWD, path);            \
        return result;                                                         \
    }
SEARCH(execvp, (const char *path, char *const words[]), (path, words))
SEARCH(execvpe, (const char *path, char *const words[], char *const variables[]), (path, words, variables))

#define SPAWN(name)                                                            \
    int name(pid_t *restrict pid, const char *restrict path, const posix_spawn_file_actions_t *restrict files, \
             const posix_spawnattr_t *restrict attributes, char *const words[restrict],                         \
             char *const variables[restrict]) {                                \
        look_at_program(path);                                                 \
        int error = REAL(name)(pid, path, files, attributes, words, variables); \
        if (error == EACCES && strchr(path, '/')) {                    \
            int before = errno;                                                \
            errno = error;                                                     \
            denied('x', AT_FDCWD, path);                                       \
            errno = before;                                                    \
        }                                                                      \
        return error;                                                          \
    }
SPAWN(posix_spawn)
SPAWN(posix_spawnp)
