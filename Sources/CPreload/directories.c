// The order in which a directory gives its names.
#include "include/dbuild_preload.h"
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

_Static_assert(sizeof(struct dirent) == sizeof(struct dirent64), "one entry, two names");

static int order;   // 1: sorted, -1: reversed, 0: as it is

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

// A child that is forked while another thread reads a directory has nobody to unlock it.
static void hold(void) { pthread_mutex_lock(&lock); }
static void release(void) { pthread_mutex_unlock(&lock); }

__attribute__((constructor)) static void read_order(void) {
    const char *text = getenv("DBUILD_DIRECTORY_ORDER");
    if (text) order = strcmp(text, "sorted") == 0 ? 1 : strcmp(text, "reversed") == 0 ? -1 : 0;
    if (order) pthread_atfork(hold, release, release);
}

// A directory whose entries have been read, in the order in which they are given.
struct listing {
    struct listing *next;
    DIR *directory;
    struct dirent **entries;
    size_t count, place;
};

static struct listing *listings;

static int compare(const void *a, const void *b) {
    const struct dirent *const *left = a, *const *right = b;
    return order * strcmp((*left)->d_name, (*right)->d_name);
}

static struct listing **find(DIR *directory) {
    struct listing **place = &listings;
    while (*place && (*place)->directory != directory) place = &(*place)->next;
    return place;
}

static void discard(struct listing *listing) {
    for (size_t i = 0; i < listing->count; i++) free(listing->entries[i]);
    free(listing->entries);
    free(listing);
}

static void forget(DIR *directory) {
    pthread_mutex_lock(&lock);
    struct listing **place = find(directory), *listing = *place;
    if (listing) { *place = listing->next; discard(listing); }
    pthread_mutex_unlock(&lock);
}

// NULL, with errno, where it cannot be read or there is no memory.
static struct listing *read_all(DIR *directory) {
    struct listing *listing = calloc(1, sizeof *listing);
    if (listing == NULL) return NULL;
    listing->directory = directory;
    size_t room = 0;
    struct dirent *entry;
    for (errno = 0; (entry = REAL(readdir)(directory)) != NULL; errno = 0) {
        if (listing->count == room) {
            room = room ? 2 * room : 64;
            struct dirent **more = realloc(listing->entries, room * sizeof *more);
            if (more == NULL) { discard(listing); return NULL; }
            listing->entries = more;
        }
        struct dirent *copy = calloc(1, sizeof *copy);
        if (copy == NULL) { discard(listing); return NULL; }
        memcpy(copy, entry, entry->d_reclen < sizeof *copy ? entry->d_reclen : sizeof *copy);
        listing->entries[listing->count++] = copy;
    }
    if (errno) { int error = errno; discard(listing); errno = error; return NULL; }
    if (listing->count > 1) qsort(listing->entries, listing->count, sizeof *listing->entries, compare);
    return listing;
}

struct dirent *readdir(DIR *directory) {
    if (order == 0) return REAL(readdir)(directory);
    int before = errno;
    pthread_mutex_lock(&lock);
    struct listing **place = find(directory);
    if (*place == NULL) *place = read_all(directory);
    struct listing *listing = *place;
    struct dirent *entry = listing && listing->place < listing->count ? listing->entries[listing->place++] : NULL;
    pthread_mutex_unlock(&lock);
    if (listing) errno = before;
    return entry;
}

struct dirent64 *readdir64(DIR *directory) { return (struct dirent64 *)readdir(directory); }

int closedir(DIR *directory) {
    if (order) forget(directory);
    return REAL(closedir)(directory);
}

void rewinddir(DIR *directory) {
    if (order) forget(directory);
    REAL(rewinddir)(directory);
}

long telldir(DIR *directory) {
    if (order == 0) return REAL(telldir)(directory);
    pthread_mutex_lock(&lock);
    struct listing *listing = *find(directory);
    long place = listing ? (long)listing->place : 0;
    pthread_mutex_unlock(&lock);
    return place;
}

void seekdir(DIR *directory, long place) {
    if (order == 0) { REAL(seekdir)(directory, place); return; }
    pthread_mutex_lock(&lock);
    struct listing *listing = *find(directory);
    if (listing && place >= 0) listing->place = (size_t)place;
    pthread_mutex_unlock(&lock);
}
