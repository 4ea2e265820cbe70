// A library that is loaded before an action's own, so that `dbuild verify` can vary what must not matter to it.
// It is told what by the environment, and does nothing without that:
//
//   DBUILD_CLOCK_SHIFT=S       the clock is S seconds ahead (behind, where negative)
//   DBUILD_CLOCK_STILL=N       the clock stands at N nanoseconds since 1970; every look moves it by a microsecond
//   DBUILD_DIRECTORY_ORDER=O   names of a directory are given `sorted` or `reversed`, by their bytes
//   DBUILD_VISIBLE_CORES=N     how many cores sysconf and get_nprocs tell; affinity is the helper's
//   DBUILD_DENIED_LOG=FILE     what is denied to the program is written there (`--sandbox`)
//   DBUILD_RANDOM=N            the system's random numbers are those of a generator with this seed
//
// Programs that are linked statically, that ask the kernel themselves, or that were started without this environment do
// not see it.
#ifndef DBUILD_PRELOAD_H
#define DBUILD_PRELOAD_H

#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

// A deadline by the clock as it was told, by the true one; NULL where it stays as it is.
struct timespec *by_true_clock(const struct timespec *deadline, struct timespec *place);

// The function that this library stands in front of.
#define REAL(name) ({ static void *known; (__typeof__(&name))real_function(#name, &known); })

static inline void *real_function(const char *name, void **known) {
    void *found = __atomic_load_n(known, __ATOMIC_ACQUIRE);
    if (found == NULL) {
        found = dlsym(RTLD_NEXT, name);
        if (found == NULL) abort();
        __atomic_store_n(known, found, __ATOMIC_RELEASE);
    }
    return found;
}

#endif
