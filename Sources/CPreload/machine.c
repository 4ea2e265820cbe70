// How many cores there are, and random numbers.
#include "include/dbuild_preload.h"
#include <errno.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

static long cores;
static int is_seeded;
static uint64_t state;

__attribute__((constructor)) static void read_machine(void) {
    const char *text = getenv("DBUILD_VISIBLE_CORES");
    if (text) cores = strtol(text, NULL, 10);
    text = getenv("DBUILD_RANDOM");
    if (text) { state = strtoull(text, NULL, 10); is_seeded = 1; }
}

long sysconf(int name) {
    if (cores > 0 && (name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF)) return cores;
    return REAL(sysconf)(name);
}

int get_nprocs(void) { return cores > 0 ? (int)cores : REAL(get_nprocs)(); }

int get_nprocs_conf(void) { return cores > 0 ? (int)cores : REAL(get_nprocs_conf)(); }

// SplitMix64.
static uint64_t next_number(void) {
    uint64_t number = __atomic_add_fetch(&state, 0x9E3779B97F4A7C15u, __ATOMIC_RELAXED);
    number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9u;
    number = (number ^ (number >> 27)) * 0x94D049BB133111EBu;
    return number ^ (number >> 31);
}

static void fill(void *place, size_t size) {
    for (size_t done = 0; done < size; done += sizeof(uint64_t)) {
        uint64_t number = next_number();
        size_t rest = size - done;
        memcpy((char *)place + done, &number, rest < sizeof number ? rest : sizeof number);
    }
}

ssize_t getrandom(void *place, size_t size, unsigned flags) {
    if (!is_seeded) return REAL(getrandom)(place, size, flags);
    fill(place, size);
    return (ssize_t)size;
}

// The Swift runtime asks the kernel for random numbers this way.
long syscall(long number, ...) {
    va_list list;
    va_start(list, number);
    long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
    long d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
    va_end(list);
    if (is_seeded && number == SYS_getrandom) {
        if (a) fill((void *)a, (size_t)b);
        return b;
    }
    struct timespec place, *deadline = NULL;
    if (number == SYS_futex && (b & FUTEX_CLOCK_REALTIME)) deadline = by_true_clock((void *)d, &place);
    return REAL(syscall)(number, a, b, c, deadline ? (long)deadline : d, e, f);
}

int getentropy(void *place, size_t size) {
    if (!is_seeded) return REAL(getentropy)(place, size);
    if (size > 256) { errno = EIO; return -1; }
    fill(place, size);
    return 0;
}

uint32_t arc4random(void) { return is_seeded ? (uint32_t)next_number() : REAL(arc4random)(); }

void arc4random_buf(void *place, size_t size) {
    if (is_seeded) fill(place, size); else REAL(arc4random_buf)(place, size);
}

uint32_t arc4random_uniform(uint32_t limit) {
    return is_seeded ? (limit ? (uint32_t)(next_number() % limit) : 0) : REAL(arc4random_uniform)(limit);
}
