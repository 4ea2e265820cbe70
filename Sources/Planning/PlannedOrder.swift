/// The order in which a build was found beforehand to be over early, and how far it has come.
///
/// Nothing starts that would keep waiting what comes before it, also where that waits for something that still runs: what
/// is yet to start is placed anew each time, in that order, beside what runs. So the order holds where actions take
/// somewhat more or less than was thought.
///
/// - Source: conservative backfilling; Mu'alem and Feitelson, Utilization, Predictability, Workloads, and User Runtime
///   Estimates in Scheduling the IBM SP2 with Backfilling, IEEE Transactions on Parallel and Distributed Systems 12, 2001.
package struct PlannedOrder: Sendable {
    private let graph: TaskGraph
    /// By place, as they are known when it may start.
    private var uses: [ResourceProfile.Use]
    private let budget: Budget
    /// Places of tasks.
    private let order: [Int]
    /// Before it in the order nothing is yet to start.
    private var first = 0
    /// By place: whether it is yet to start.
    private var isOpen: [Bool]
    private var running: [Running] = []
    /// By place: since when it waits for something that nobody counts, such as its inputs being published.
    private var heldSince: [Int: Int64] = [:]

    private struct Running: Sendable {
        let place: Int
        let start: Int64
        /// As is thought.
        let end: Int64
    }

    /// What is looked at of the order, for each cpu: what comes behind has no say in what starts now.
    private static let (lookahead, mostAhead) = (8, 128)
    /// So long a place is kept for something that could start by the plan: it is published in less. Who waits longer, as
    /// for another attempt, keeps nobody waiting.
    private static let patienceNanoseconds: Int64 = 1_000_000_000
    /// What is still to come of something that should be over.
    private static let leastNanoseconds: Int64 = 1_000_000

    init(_ graph: TaskGraph, _ budget: Budget, starts: [Int64]) {
        (self.graph, self.budget) = (graph, budget)
        uses = graph.uses
        order = graph.uses.indices.sorted { (starts[$0], $0) < (starts[$1], $1) }
        isOpen = Array(repeating: true, count: graph.uses.count)
    }

    func holds(_ action: ActionID) -> Bool { graph.place(of: action) != nil }

    /// Others than these are not going to run.
    func narrowed(to actions: some Sequence<ActionID>) -> PlannedOrder {
        var narrowed = self
        let kept = Set(actions)
        for action in graph.actions where !kept.contains(action) { narrowed.finish(action) }
        return narrowed
    }

    /// - Parameter now: nanoseconds, as for `Schedule.next(at:)`.
    mutating func start(_ action: ActionID, at now: UInt64) {
        guard let place = graph.place(of: action) else { return }
        let start = Int64(clamping: now)
        running.append(Running(place: place, start: start, end: start + uses[place].nanoseconds))
        close(place)
    }

    /// It is over, or is not going to run.
    mutating func finish(_ action: ActionID) {
        guard let place = graph.place(of: action) else { return }
        running.removeAll { $0.place == place }
        close(place)
    }

    private mutating func close(_ place: Int) {
        isOpen[place] = false
        heldSince[place] = nil
        while first < order.count, !isOpen[order[first]] { first += 1 }
    }

    /// All that it needs is there, and it is known what it takes. It may have started before.
    mutating func open(_ action: ActionID, _ demand: Demand) {
        guard let place = graph.place(of: action) else { return }
        uses[place] = ResourceProfile.Use(nanoseconds: uses[place].nanoseconds, demand, budget)
        if isOpen[place] { return }
        isOpen[place] = true
        first = 0
    }

    /// What is to start now.
    ///
    /// - Parameter mayStart: whether an action waits for nothing else.
    /// - Returns: nil where all that may start is to wait for something that runs.
    mutating func next(at now: UInt64, mayStart: (ActionID) -> Bool) -> ActionID? {
        let now = Int64(clamping: now)
        var profile = ResourceProfile(budget, from: now)
        var ends: [Int: Int64] = [:]
        for task in running {
            // One that is late is thought to take as long again as it is late already.
            let end = task.end > now ? task.end : now + max(now - task.end, Self.leastNanoseconds)
            ends[task.place] = end
            profile.take(uses[task.place], from: now, until: end)
        }
        var left = min(Self.lookahead * budget.cpus, Self.mostAhead)
        for place in order[first...] where isOpen[place] {
            let makersEnd = graph.before[place].reduce(now) { max($0, ends[Int($1)] ?? now) }
            let mayStart = mayStart(graph.actions[place])
            if !mayStart, makersEnd == now {
                let since = heldSince[place] ?? now
                heldSince[place] = since
                if now - since > Self.patienceNanoseconds { continue }
            }
            guard left > 0 else { break }
            left -= 1
            let start = profile.place(uses[place], from: makersEnd)
            ends[place] = start + uses[place].nanoseconds
            if start == now, mayStart { return graph.actions[place] }
        }
        return nil
    }

    /// Whether something runs for so much longer than was thought that the order is worth nothing until that is over.
    func isOff(at now: UInt64) -> Bool {
        let now = Int64(clamping: now)
        return running.contains { now - $0.end > max($0.end - $0.start, Self.patienceNanoseconds) }
    }

    /// The first in the order that are yet to start, and for which that holds.
    func first(_ most: Int, where condition: (ActionID) -> Bool) -> [ActionID] {
        Array(order[first...].lazy.filter { isOpen[$0] }.map { graph.actions[$0] }.filter(condition).prefix(most))
    }
}
