/// What runs, and what it takes of the budget.
struct Slots: Sendable {
    private(set) var cpus = 0
    private(set) var bytes: Int64 = 0
    private var slots: [Int: Slot] = [:]
    private var slotByAction: [ActionID: Int] = [:]
    private var startedCount = 0

    struct Slot: Sendable {
        let cpus: Int
        let bytes: Int64
        /// Negative: none.
        let pool: Int
        fileprivate var open: Int
    }

    var isEmpty: Bool { slots.isEmpty }
    var actionCount: Int { slotByAction.count }

    /// - Parameter members: they run one after another, so that together they hold as much as the largest.
    mutating func start(_ members: [Schedule.Entry], cpus: Int, pool: Int) {
        let most = members.reduce(0) { max($0, $1.bytes) }
        slots[startedCount] = Slot(cpus: cpus, bytes: most, pool: pool, open: members.count)
        for member in members { slotByAction[member.action] = startedCount }
        self.cpus += cpus
        bytes += most
        startedCount += 1
    }

    /// - Returns: the slot, where it is free now.
    mutating func finish(_ action: ActionID) -> Slot? {
        guard let number = slotByAction.removeValue(forKey: action), var slot = slots[number] else { return nil }
        slot.open -= 1
        slots[number] = slot.open > 0 ? slot : nil
        guard slot.open == 0 else { return nil }
        cpus -= slot.cpus
        bytes -= slot.bytes
        return slot
    }
}
