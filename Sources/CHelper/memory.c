// How much an action's processes hold, looked at from time to time: their peak, and whether they are beyond a limit.
//
// RSS costs nothing to read, but counts a page once for each process that maps it. PSS is exact; reading it takes the lock
// on a process's memory, and waits for as long as that process holds it. On a loaded machine, where it waits for a
// processor meanwhile, that took 0.6 s for ten processes, in which they went on allocating. So RSS says when, and PSS is
// read of a tree that is far from its limit, or that stands still.
#include "internal.h"
#include <time.h>

enum {
    FAR_MS = 1000,       // what would not reach its limit in this time is far from it
    PATIENCE_MS = 20,    // for the PSS of a tree that has a limit and goes on
};

// Of our own work, however long others had the processor meanwhile.
static int64_t spent_ns(void) {
    struct timespec spent;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (int64_t)spent.tv_sec * 1000000000 + spent.tv_nsec;
}

static uint64_t most(uint64_t a, uint64_t b) { return a > b ? a : b; }
static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

void memory_begin(struct memory *memory, uint64_t limit, int64_t now) {
    *memory = (struct memory){ .limit = limit, .samples = memory->samples, .pause = 10, .read_at = now, .next = now + 10 };
}

// By RSS, and by what PSS was when it was read last: at most so much, if nobody has gone since.
static uint64_t estimate(const struct memory *memory, uint64_t resident) {
    uint64_t grown = resident > memory->shared_resident ? resident - memory->shared_resident : 0;
    return least(resident, memory->shared_proportional + grown);
}

// In how many ms it is at its limit if it goes on growing as it did.
static int64_t time_left(const struct memory *memory, uint64_t resident, uint64_t held, int64_t now) {
    if (!memory->limit) return INT64_MAX;
    uint64_t grown = resident > memory->resident ? resident - memory->resident : 0;
    uint64_t left = held < memory->limit ? memory->limit - held : 0;
    uint64_t since = now > memory->read_at ? (uint64_t)(now - memory->read_at) : 1;
    return (int64_t)(left / (grown / since + 1));
}

// Reads PSS. What may be beyond its limit is stopped first, and stays so if it is. False where a tree that goes on let us
// wait.
static bool measure(struct memory *memory, uint64_t resident, bool stands, int64_t now, uint64_t *held) {
    int64_t before = spent_ns();
    bool stops = !stands && memory->limit && resident > memory->limit;
    if (stops) stop_tree();
    bool is_read = tree_proportional(stops || stands || !memory->limit ? INT64_MAX : now + PATIENCE_MS, held);
    if (stops && *held <= memory->limit) continue_tree();
    // At most 2 % of our time, and 10 % where a limit is near: also of theirs, if they were stopped.
    int64_t end = now_ms(), cost = spent_ns() - before;
    int64_t pause = stops ? cost / 100000 : cost / 20000, stood = stops ? 10 * (end - now) : 0;
    memory->measure_at = end + (pause > stood ? pause : stood);
    if (!is_read) return false;
    memory->shared_resident = resident;
    memory->shared_proportional = *held;
    memory->peak = most(memory->peak, *held);
    return true;
}

// The next look: when half of what is left could be used up.
static void plan(struct memory *memory, uint64_t resident, uint64_t held, int64_t cost, int64_t now) {
    int64_t pause = memory->pause = memory->pause < 25 ? memory->pause * 2 : 50;
    if (memory->limit) {
        int64_t soon = time_left(memory, resident, held, now) / 2;
        pause = soon < 2 ? 2 : soon < 20 ? soon : 20;
    }
    // At most 2 % of the time for the peak, and 10 % for a limit.
    cost /= memory->limit ? 100000 : 20000;
    memory->next = now + (cost > pause ? cost : pause);
    memory->resident = resident;
    memory->read_at = now;
}

bool memory_look(struct memory *memory, bool stands, int64_t now) {
    int64_t before = spent_ns();
    unsigned count;
    uint64_t resident = tree_resident(&count), held = count > 1 ? estimate(memory, resident) : resident;
    int64_t cost = spent_ns() - before;
    uint64_t limit = memory->limit ? memory->limit : UINT64_MAX;
    bool is_over = false;
    memory->samples++;
    if (count <= 1) {
        is_over = held > limit;
        memory->peak = most(memory->peak, held);
    } else if (resident > memory->peak) {
        // An estimate ends nobody: it says that PSS must be read.
        bool is_far = resident > limit || time_left(memory, resident, held, now) >= FAR_MS;
        uint64_t exact;
        if ((held > limit || (is_far && now >= memory->measure_at)) && measure(memory, resident, stands, now, &exact)) {
            held = exact;
            is_over = exact > limit;
        }
    }
    plan(memory, resident, held, cost, now);
    return is_over;
}
