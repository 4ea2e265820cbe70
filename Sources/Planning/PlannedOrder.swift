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
    private let budget: Budget
    /// Places of tasks.
    private let order: [Int]
    /// Before it in the order nothing is yet to start.
    private var first = 0
    /// By place: whether it is yet to start.
    private var isOpen: [Bool]
    private var running: [(place: Int, end: Int64)] = []

    /// What is looked at of the order, for each cpu: what comes behind has no say in what starts now.
    private static let lookahead = 8
    /// What is still to come of something that should be over.
    private static let leastNanoseconds: Int64 = 1_000_000

    init(_ graph: TaskGraph, _ budget: Budget, starts: [Int64]) {
        (self.graph, self.budget) = (graph, budget)
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
        running.append((place, Int64(clamping: now) + graph.uses[place].nanoseconds))
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
        while first < order.count, !isOpen[order[first]] { first += 1 }
    }

    /// It is to start once more.
    mutating func open(_ action: ActionID) {
        guard let place = graph.place(of: action), !isOpen[place] else { return }
        isOpen[place] = true
        first = 0
    }

    /// What is to start now.
    ///
    /// - Parameter mayStart: whether an action waits for nothing else.
    /// - Returns: nil where all that may start is to wait for something that runs.
    func next(at now: UInt64, mayStart: (ActionID) -> Bool) -> ActionID? {
        let now = Int64(clamping: now)
        var profile = ResourceProfile(budget, from: now)
        var ends: [Int: Int64] = [:]
        for (place, end) in running {
            // One that is late is thought to take as long again as it is late already.
            let end = end > now ? end : now + max(now - end, Self.leastNanoseconds)
            ends[place] = end
            profile.take(graph.uses[place], from: now, until: end)
        }
        for place in order[first...].lazy.filter({ isOpen[$0] }).prefix(Self.lookahead * budget.cpus) {
            let earliest = graph.before[place].reduce(now) { max($0, ends[Int($1)] ?? now) }
            let start = profile.place(graph.uses[place], from: earliest)
            ends[place] = start + graph.uses[place].nanoseconds
            if start == now, mayStart(graph.actions[place]) { return graph.actions[place] }
        }
        return nil
    }

    /// The first in the order that are yet to start, and for which that holds.
    func first(_ most: Int, where condition: (ActionID) -> Bool) -> [ActionID] {
        Array(order[first...].lazy.filter { isOpen[$0] }.map { graph.actions[$0] }.filter(condition).prefix(most))
    }
}
