/// What the most urgent action waits for that does not fit, as far as it is known when others end: what starts before it
/// is over by then, or fits beside it, so that nothing is idle and it waits no longer for that.
///
/// - Source: Lifka, The ANL/IBM SP Scheduling System, 1995 ("EASY" backfilling).
struct Reservation {
    /// When there will be room for it; nanoseconds by the clock of `Schedule.next(at:)`.
    let at: UInt64
    /// What then still runs, and it with that. Where what it lacks is not counted here but the machine's, nobody knows
    /// when there will be room: then all that runs now.
    private let beside: (cpus: Int, room: Room)
    private let budget: Budget

    /// - Parameter slots: at least one is taken.
    init(for entry: Schedule.Entry, cpus wanted: Int, behind slots: Slots, _ budget: Budget, at now: UInt64) {
        self.budget = budget
        var (cpus, room, end) = (slots.cpus, slots.room, now)
        func hasRoom() -> Bool {
            cpus + wanted <= budget.cpus && room.holds(entry.bytes, spread: entry.spread, within: budget.bytes)
        }
        let ends = slots.byEnd(at: now)
        if hasRoom() {
            end = ends.first?.endsAt(seenAt: now) ?? now
        } else {
            for slot in ends {
                // What ends in the same instant is over, too.
                if slot.endsAt(seenAt: now) > end, hasRoom() { break }
                end = slot.endsAt(seenAt: now)
                cpus -= slot.cpus
                room.remove(slot.bytes, spread: slot.spread)
            }
        }
        at = end
        room.add(entry.bytes, spread: entry.spread)
        beside = (cpus + wanted, room)
    }

    func hasRoomBeside(_ entry: Schedule.Entry, cpus: Int) -> Bool {
        beside.cpus + cpus <= budget.cpus
            && beside.room.holds(entry.bytes, spread: entry.spread, within: budget.bytes)
    }

    /// What was said to the one that waits when it was first looked for. Estimates may be wrong: when it has waited for
    /// twice as long as that, nothing more goes before it for being short.
    struct Promise: Sendable {
        let since: UInt64
        let at: UInt64

        func isBroken(at now: UInt64) -> Bool { now > at &+ (at - since) }
    }
}
