import HeapModule

/// A build played through where slots alone are short: each action takes one, all memory that may be wanted at once is
/// there, and no pool or batch has a say.
///
/// The schedule then starts the most urgent action whenever a slot is free, and who comes before whom is known from the
/// beginning: nothing of it has to be asked for each start. It says the same as the schedule itself does.
struct SlotSimulation {
    private let slotCount: Int
    /// By rank, the most urgent first.
    private let nanoseconds: [UInt64]
    private let likelyBytes: [Int64]
    /// By rank: the place among the costs; what ends together ends in the order of those.
    private let places: [Int32]
    private let ranks: [Int32]
    /// By rank: the ranks of those that read what it makes, once for each such thing.
    private let readers: NumberLists
    /// By rank: how many of the things that it reads are yet to be made.
    private var openInputs: [Int32]
    private var ready: RankQueue
    private var ends = Heap<Simulation.End>()
    private var heldBytes: Int64 = 0
    private(set) var now: UInt64 = 0
    private(set) var peakBytes: Int64 = 0

    /// - Parameters:
    ///   - costs: each of another action.
    ///   - remainingSeconds: by action: how urgent it is, as the schedule has it.
    init(_ plan: Plan, _ costs: [Simulation.Cost], remainingSeconds: [Double], _ budget: Budget) {
        slotCount = budget.cpus
        let places = Self.ranked(costs, remainingSeconds)
        nanoseconds = places.map { costs[Int($0)].nanoseconds }
        likelyBytes = places.map { costs[Int($0)].likelyBytes }
        var ranks = [Int32](repeating: -1, count: costs.count)
        var ranksByAction = [Int32](repeating: -1, count: plan.actionCount)
        for (rank, place) in places.enumerated() {
            ranks[Int(place)] = Int32(rank)
            ranksByAction[costs[Int(place)].action.index] = Int32(rank)
        }
        readers = NumberLists(count: costs.count) { add in
            for (rank, place) in places.enumerated() {
                Simulation.forEachReader(of: costs[Int(place)].action, plan) { reader in
                    let reader = ranksByAction[reader.index]
                    if reader >= 0 { add(rank, UInt32(reader)) }
                }
            }
        }
        openInputs = [Int32](repeating: 0, count: costs.count)
        for reader in readers.numbers { openInputs[Int(reader)] += 1 }
        ready = RankQueue(count: costs.count)
        (self.places, self.ranks) = (places, ranks)
    }

    /// The places of costs in the order in which the schedule starts what is ready.
    private static func ranked(_ costs: [Simulation.Cost], _ remainingSeconds: [Double]) -> [Int32] {
        struct Entry {
            let remaining: Double
            let action: ActionID
            let place: Int32
        }
        var entries: [Entry] = []
        entries.reserveCapacity(costs.count)
        for (place, cost) in costs.enumerated() {
            let remaining = remainingSeconds[cost.action.index]
            entries.append(Entry(remaining: remaining, action: cost.action, place: Int32(place)))
        }
        entries.sort { left, right in
            left.remaining == right.remaining ? left.action < right.action : left.remaining > right.remaining
        }
        return entries.map(\.place)
    }

    /// Whether nothing but slots is short, whatever runs beside what.
    static func suffices(_ costs: [Simulation.Cost], _ budget: Budget) -> Bool {
        guard costs.allSatisfy({ $0.demand.cpus <= 1 && $0.demand.pool == nil && $0.demand.batch == nil }) else {
            return false
        }
        let wanted = costs.lazy.map { min(max(0, $0.demand.bytes), budget.bytes) }
        // Mostly there is room enough for as many of the largest as there are slots.
        let (product, overflows) = (wanted.max() ?? 0).multipliedReportingOverflow(by: Int64(budget.cpus))
        if !overflows, product <= budget.bytes { return true }
        return fits(wanted.sorted(by: >).prefix(budget.cpus), budget.bytes)
    }

    private static func fits(_ wanted: some Sequence<Int64>, _ bytes: Int64) -> Bool {
        var rest = bytes
        for wanted in wanted {
            if wanted > rest { return false }
            rest -= wanted
        }
        return true
    }

    mutating func run() {
        for rank in openInputs.indices where openInputs[rank] == 0 { ready.insert(rank) }
        while true {
            while ends.count < slotCount, let rank = ready.popFirst() { start(rank) }
            guard let end = ends.popMax() else { return }
            finish(end)
        }
    }

    private mutating func start(_ rank: Int) {
        ends.insert(
            Simulation.End(at: now &+ nanoseconds[rank], index: Int(places[rank]), releasesBytes: likelyBytes[rank]))
        heldBytes += likelyBytes[rank]
        peakBytes = max(peakBytes, heldBytes)
    }

    private mutating func finish(_ end: Simulation.End) {
        now = max(now, end.at)
        heldBytes -= end.releasesBytes
        for reader in readers[Int(ranks[end.index])] {
            openInputs[Int(reader)] -= 1
            if openInputs[Int(reader)] == 0 { ready.insert(Int(reader)) }
        }
    }
}
