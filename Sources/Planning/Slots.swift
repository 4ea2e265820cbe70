/// What runs, and what it takes of the budget.
struct Slots: Sendable {
    private(set) var cpus = 0
    private(set) var room = Room()
    private var slots: [Int: Slot] = [:]
    private var slotByAction: [ActionID: Int] = [:]
    private var startedCount = 0

    struct Slot: Sendable {
        let cpus: Int
        let bytes: Int64
        let spread: Int64
        /// Negative: none.
        let pool: Int
        /// When it is thought to be free, nanoseconds by the clock of `Schedule.next(at:)`.
        let endsAt: UInt64
        fileprivate var open: Int

        /// One that is late is thought to take as long again as it is late already.
        func endsAt(seenAt now: UInt64) -> UInt64 { endsAt >= now ? endsAt : now &+ (now - endsAt) }
    }

    var isEmpty: Bool { slots.isEmpty }
    var actionCount: Int { slotByAction.count }

    /// - Parameters:
    ///   - members: they run one after another, so that together they hold as much as the largest.
    ///   - endsAt: when the last of them is thought to end.
    mutating func start(_ members: [Schedule.Entry], cpus: Int, pool: Int, endsAt: UInt64) {
        guard let bytes = members.lazy.map(\.bytes).max(), let most = members.lazy.map(\.mostBytes).max() else {
            return
        }
        let slot = Slot(
            cpus: cpus, bytes: bytes, spread: most - bytes, pool: pool, endsAt: endsAt, open: members.count)
        slots[startedCount] = slot
        for member in members { slotByAction[member.action] = startedCount }
        self.cpus += cpus
        room.add(slot.bytes, spread: slot.spread)
        startedCount += 1
    }

    /// - Returns: the slot, where it is free now.
    mutating func finish(_ action: ActionID) -> Slot? {
        guard let number = slotByAction.removeValue(forKey: action), var slot = slots[number] else { return nil }
        slot.open -= 1
        slots[number] = slot.open > 0 ? slot : nil
        guard slot.open == 0 else { return nil }
        cpus -= slot.cpus
        room.remove(slot.bytes, spread: slot.spread)
        if slots.isEmpty { room = Room() }
        return slot
    }

    /// Those that are taken, in the order in which they are thought to become free; of equals who started first.
    func byEnd(at now: UInt64) -> [Slot] {
        slots.map { (end: $0.value.endsAt(seenAt: now), number: $0.key, slot: $0.value) }
            .sorted { ($0.end, $0.number) < ($1.end, $1.number) }.map(\.slot)
    }
}
