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
    /// By place among the costs: the ranks of those that read what it makes, once for each such thing.
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
        places = placesByDescending(costs.map { remainingSeconds[$0.action.index] })
        nanoseconds = places.map { costs[Int($0)].nanoseconds }
        likelyBytes = places.map { costs[Int($0)].likelyBytes }
        var ranks = [Int32](repeating: -1, count: plan.actionCount)
        for (rank, place) in places.enumerated() { ranks[costs[Int(place)].action.index] = Int32(rank) }
        readers = NumberLists(count: costs.count) { add in
            for place in costs.indices {
                Simulation.forEachReader(of: costs[place].action, plan) { reader in
                    if ranks[reader.index] >= 0 { add(place, UInt32(ranks[reader.index])) }
                }
            }
        }
        openInputs = [Int32](repeating: 0, count: costs.count)
        for reader in readers.numbers { openInputs[Int(reader)] += 1 }
        ready = RankQueue(count: costs.count)
    }

    /// Whether nothing but slots is short, whatever runs beside what, and the costs are in the plan's order, in which
    /// equally urgent actions start.
    static func suffices(_ costs: [Simulation.Cost], _ budget: Budget) -> Bool {
        var last: ActionID?
        for cost in costs {
            guard cost.demand.cpus <= 1, cost.demand.pool == nil, cost.demand.batch == nil,
                last.map({ $0 < cost.action }) ?? true
            else { return false }
            last = cost.action
        }
        let wanted = costs.lazy.map { min(max(0, $0.demand.bytes + $0.demand.spreadBytes), budget.bytes) }
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
        for reader in readers[end.index] {
            openInputs[Int(reader)] -= 1
            if openInputs[Int(reader)] == 0 { ready.insert(Int(reader)) }
        }
    }
}
