/// The order in which a build was found beforehand to be over early, and how far it has come.
///
/// What comes next in it is placed anew each time, in that order, beside what runs, and nothing starts that would keep
/// any of that waiting, also where it waits for something that still runs. So the order holds where actions take somewhat
/// more or less than was thought. Who waits for something of which nobody knows when it ends has no place.
///
/// - Source: conservative backfilling; Mu'alem and Feitelson, Utilization, Predictability, Workloads, and User Runtime
///   Estimates in Scheduling the IBM SP2 with Backfilling, IEEE Transactions on Parallel and Distributed Systems 12, 2001.
package struct PlannedOrder: Sendable {
    private let graph: TaskGraph
    /// By place, as they are known when it may start.
    private var uses: [ResourceProfile.Use]
    private let budget: Budget
    /// Places of tasks.
    private var order: [Int]
    /// How many of them begin at once.
    private let firstCount: Int
    /// No others start.
    private var holdsBackOthers = false
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

    /// What is placed of the order: so many for each cpu, and no more than that.
    private static let (placedForEachCpu, mostPlaced) = (8, 128)
    /// So long a place is kept for something that could start by the plan: mostly what it reads is published in less. Who
    /// waits longer, as for another attempt, keeps nobody waiting.
    private static let patienceNanoseconds: Int64 = 1_000_000_000
    /// From a quarter of what was thought, and from this on: what is waited for until then is nearly there.
    private static let leastLateNanoseconds: Int64 = 100_000_000
    /// What is still to come of something that should be over.
    private static let leastNanoseconds: Int64 = 1_000_000

    init(_ graph: TaskGraph, _ budget: Budget, starts: [Int64]) {
        (self.graph, self.budget) = (graph, budget)
        uses = graph.uses
        order = Self.order(starts)
        firstCount = starts.count { $0 == 0 }
        isOpen = Array(repeating: true, count: graph.uses.count)
    }

    private static func order(_ starts: [Int64]) -> [Int] {
        starts.indices.sorted { (starts[$0], $0) < (starts[$1], $1) }
    }

    /// Until `follow` only what begins at once is to start.
    mutating func holdBack() { holdsBackOthers = true }

    /// Goes by another order from now on.
    ///
    /// - Parameter other: of the same actions, in which at least the same begin at once; nil: by the same one.
    mutating func follow(_ other: FoundOrder?) {
        holdsBackOthers = false
        guard let other, other.starts.count == order.count else { return }
        order = Self.order(other.starts)
        first = 0
        skipClosed()
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
        for reader in graph.behind[place] { heldSince[Int(reader)] = nil }
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
        skipClosed()
    }

    private mutating func skipClosed() { while first < order.count, !isOpen[order[first]] { first += 1 } }

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
    /// - Returns: nil where all that may start is to wait: there is no room for it, or it would keep waiting what comes
    ///   before it.
    mutating func next(at now: UInt64, mayStart: (ActionID) -> Bool) -> ActionID? {
        let now = Int64(clamping: now)
        var outlook = outlook(at: now)
        var left = min(Self.placedForEachCpu * budget.cpus, Self.mostPlaced)
        let last = holdsBackOthers ? max(first, firstCount) : order.count
        for place in order[first ..< last] where isOpen[place] {
            let action = graph.actions[place]
            guard left > 0 else {
                if mayStart(action), outlook.profile.holds(uses[place], from: now) { return action }
                continue
            }
            let mayStart = mayStart(action)
            // What may start lacks nothing, also where somebody makes once more what it reads.
            guard let makersEnd = mayStart ? now : outlook.end(of: graph.before[place]),
                mayStart || !isHeld(place, makersEnd, at: now)
            else {
                outlook.late.insert(place)
                continue
            }
            left -= 1
            let start = outlook.profile.place(uses[place], from: makersEnd)
            outlook.ends[place] = start + uses[place].nanoseconds
            if start == now, mayStart { return action }
        }
        return nil
    }

    /// Whether it has waited for too long although all that it reads should be there.
    private mutating func isHeld(_ place: Int, _ makersEnd: Int64, at now: Int64) -> Bool {
        guard makersEnd == now else { return false }
        let since = heldSince[place] ?? now
        heldSince[place] = since
        return now - since > Self.patienceNanoseconds
    }

    /// What is to come, as is thought.
    private struct Outlook {
        let now: Int64
        var profile: ResourceProfile
        /// By place.
        var ends: [Int: Int64] = [:]
        /// Places of which nobody knows when they end. They keep nobody waiting but for what they have.
        var late: Set<Int> = []

        /// When all of these are over; nil where nobody knows.
        func end(of places: some Sequence<UInt32>) -> Int64? {
            var end = now
            for place in places {
                if late.contains(Int(place)) { return nil }
                end = max(end, ends[Int(place)] ?? now)
            }
            return end
        }
    }

    /// Of what runs.
    private func outlook(at now: Int64) -> Outlook {
        var outlook = Outlook(now: now, profile: ResourceProfile(budget, from: now))
        for task in running {
            // One that is late is thought to take as long again as it is late already.
            let end = task.end > now ? task.end : now + max(now - task.end, Self.leastNanoseconds)
            outlook.ends[task.place] = end
            outlook.profile.take(uses[task.place], from: now, until: end)
            if now - task.end > max((task.end - task.start) / 4, Self.leastLateNanoseconds) {
                outlook.late.insert(task.place)
            }
        }
        return outlook
    }

    /// The first in the order that are yet to start, and for which that holds.
    func first(_ most: Int, where condition: (ActionID) -> Bool) -> [ActionID] {
        Array(order[first...].lazy.filter { isOpen[$0] }.map { graph.actions[$0] }.filter(condition).prefix(most))
    }
}
