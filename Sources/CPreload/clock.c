// The clock, ahead or standing still. Deadlines that a program gives by it are told to the kernel by the true one.
#include "include/dbuild_preload.h"
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>

enum { SECOND = 1000000000, STEP = 1000 };

static int64_t shift;
static int64_t still;
static int varies;
static int64_t looks;

__attribute__((constructor)) static void read_clock(void) {
    const char *text = getenv("DBUILD_CLOCK_SHIFT");
    if (text) { shift = strtoll(text, NULL, 10) * SECOND; varies = 1; }
    text = getenv("DBUILD_CLOCK_STILL");
    if (text) { still = strtoll(text, NULL, 10); varies = 1; }
}

static int is_wall(clockid_t clock) {
    return varies && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI);
}

static int64_t nanoseconds(struct timespec time) { return (int64_t)time.tv_sec * SECOND + time.tv_nsec; }

static struct timespec of_nanoseconds(int64_t count) {
    struct timespec time = { .tv_sec = count / SECOND, .tv_nsec = count % SECOND };
    if (time.tv_nsec < 0) { time.tv_nsec += SECOND; time.tv_sec--; }
    return time;
}

static int64_t true_now(void) {
    struct timespec time = { 0, 0 };
    REAL(clock_gettime)(CLOCK_REALTIME, &time);
    return nanoseconds(time);
}

static int64_t told_now(void) {
    return still ? still + __atomic_fetch_add(&looks, 1, __ATOMIC_RELAXED) * STEP : true_now() + shift;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = REAL(clock_gettime)(clock, time);
    if (result == 0 && is_wall(clock)) *time = of_nanoseconds(told_now());
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    int result = REAL(gettimeofday)(time, zone);
    if (result == 0 && varies) {
        struct timespec now = of_nanoseconds(told_now());
        time->tv_sec = now.tv_sec;
        time->tv_usec = now.tv_nsec / 1000;
    }
    return result;
}

time_t time(time_t *place) {
    if (!varies) return REAL(time)(place);
    time_t now = of_nanoseconds(told_now()).tv_sec;
    if (place) *place = now;
    return now;
}

int timespec_get(struct timespec *time, int base) {
    int result = REAL(timespec_get)(time, base);
    if (result == TIME_UTC && varies) *time = of_nanoseconds(told_now());
    return result;
}

// Monotonic deadlines, which count from the machine's start, are far below the first: 1985, before any clock that is told.
// What is beyond the second, 2106, is never, and stays so.
enum { LEAST_WALL = 500000000 };
static const int64_t never = (int64_t)1 << 32;

static int is_by_wall(const struct timespec *deadline) {
    return varies && deadline && deadline->tv_sec > LEAST_WALL && deadline->tv_sec < never;
}

// Who waited until an instant does not find the clock before it, however it stands: else he would wait again, for ever.
static int passed(int error, const struct timespec *told) {
    if (error != ETIMEDOUT || !still || !is_by_wall(told)) return error;
    int64_t wanted = (nanoseconds(*told) - still) / STEP + 1, seen = __atomic_load_n(&looks, __ATOMIC_RELAXED);
    while (seen < wanted && !__atomic_compare_exchange_n(&looks, &seen, wanted, 1, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {}
    return error;
}

// A deadline by the clock as it was told, by the true one.
static struct timespec true_deadline(const struct timespec *deadline) {
    int64_t ahead = still ? still + __atomic_load_n(&looks, __ATOMIC_RELAXED) * STEP - true_now() : shift;
    return of_nanoseconds(nanoseconds(*deadline) - ahead);
}

#define BY_TRUE_CLOCK(deadline)                                                \
    const struct timespec *told = deadline;                                    \
    (void)told;                                                                \
    struct timespec by_true;                                                   \
    if (is_by_wall(deadline)) {                                                \
        by_true = true_deadline(deadline);                                     \
        deadline = &by_true;                                                   \
    }

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict deadline) {
    BY_TRUE_CLOCK(deadline)
    return passed(REAL(pthread_cond_timedwait)(condition, mutex, deadline), told);
}

int pthread_cond_clockwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, clockid_t clock,
                           const struct timespec *restrict deadline) {
    BY_TRUE_CLOCK(deadline)
    return passed(REAL(pthread_cond_clockwait)(condition, mutex, clock, deadline), told);
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict deadline) {
    BY_TRUE_CLOCK(deadline)
    return passed(REAL(pthread_mutex_timedlock)(mutex, deadline), told);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *restrict lock, const struct timespec *restrict deadline) {
    BY_TRUE_CLOCK(deadline)
    return passed(REAL(pthread_rwlock_timedrdlock)(lock, deadline), told);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *restrict lock, const struct timespec *restrict deadline) {
    BY_TRUE_CLOCK(deadline)
    return passed(REAL(pthread_rwlock_timedwrlock)(lock, deadline), told);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict deadline) {
    BY_TRUE_CLOCK(deadline)
    int result = REAL(sem_timedwait)(semaphore, deadline);
    if (result < 0) passed(errno, told);
    return result;
}

int sem_clockwait(sem_t *restrict semaphore, clockid_t clock, const struct timespec *restrict deadline) {
    BY_TRUE_CLOCK(deadline)
    int result = REAL(sem_clockwait)(semaphore, clock, deadline);
    if (result < 0) passed(errno, told);
    return result;
}

int pthread_mutex_clocklock(pthread_mutex_t *restrict mutex, clockid_t clock, const struct timespec *restrict deadline) {
    BY_TRUE_CLOCK(deadline)
    return passed(REAL(pthread_mutex_clocklock)(mutex, clock, deadline), told);
}

// C++ waits for its futures by `syscall`.
struct timespec *by_true_clock(const struct timespec *deadline, struct timespec *place) {
    if (!is_by_wall(deadline)) return NULL;
    *place = true_deadline(deadline);
    return place;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *rest) {
    if (flags & TIMER_ABSTIME && is_wall(clock)) {
        BY_TRUE_CLOCK(until)
        return REAL(clock_nanosleep)(clock, flags, until, rest);
    }
    return REAL(clock_nanosleep)(clock, flags, until, rest);
}

int timerfd_settime(int timer, int flags, const struct itimerspec *value, struct itimerspec *before) {
    if (!(flags & TFD_TIMER_ABSTIME) || value == NULL || !is_by_wall(&value->it_value))
        return REAL(timerfd_settime)(timer, flags, value, before);
    struct itimerspec by_true_clock = *value;
    by_true_clock.it_value = true_deadline(&value->it_value);
    return REAL(timerfd_settime)(timer, flags, &by_true_clock, before);
}
