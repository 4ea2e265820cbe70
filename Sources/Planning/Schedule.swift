/// Which actions may start next: the longest remaining path first, within a budget of cpus and memory, as many of a pool
/// as it allows, and those of a batch together.
///
/// While the most urgent action does not fit, less urgent ones that do go first, so that nothing is idle; but not for
/// ever: of what it lacks they take as much as the budget has, added up, and then nothing starts until it does.
/// Something always runs: where nothing else does, the most urgent action starts, whatever it wants.
package struct Schedule: Sendable {
    package let budget: Budget
    /// As the machine stands now: to be set before `next(at:)`.
    package var conditions = Conditions()
    /// Seconds from an action's start to the end of the longest chain behind it, as estimated.
    package let remainingSeconds: [Double]
    package let plan: Plan
    /// By action, as estimated.
    private let seconds: [Double]
    private var ready = ReadyQueue<Entry, Lane>()
    private var batches = Batches()
    private var pools: [PoolUse]
    /// Of pools that this plan may not have.
    private let earlier: PoolStarts
    private var slots = Slots()
    /// By action: the number under which it waits; other entries of it are stale.
    private var tickets: [UInt32]
    private var isWaiting: [Bool]
    package private(set) var waitingCount = 0
    private var waitingByRule: [Int]
    private var waitingByPool: [Int]
    /// What started before an action while it was the most urgent, of what it lacked.
    private var overtaken: [ActionID: Overtaken] = [:]

    private struct Overtaken {
        var cpus = 0
        var bytes: Int64 = 0
    }

    struct Entry: Comparable, BitwiseCopyable {
        let remaining: Double
        let bytes: Int64
        let action: ActionID
        let ticket: UInt32

        static func < (left: Entry, right: Entry) -> Bool {
            left.remaining == right.remaining ? left.action > right.action : left.remaining < right.remaining
        }
    }

    /// What entries want alike; of memory, about as much.
    struct Lane: Hashable {
        let cpus: Int
        let memoryClass: Int
        /// Negative: none.
        let pool: Int
        let isBatched: Bool
    }

    private struct Free {
        let cpus: Int
        let bytes: Int64
    }

    /// - Parameters:
    ///   - seconds: by action, as estimated; 0 where it does not run.
    ///   - starts: what has been started in pools before, by the clock of `next(at:)`.
    package init(
        plan: Plan, requested: Request, seconds: [Double], budget: Budget, pools starts: PoolStarts = PoolStarts()
    ) {
        self.plan = plan
        self.budget = budget
        self.seconds = seconds
        remainingSeconds = Self.remaining(plan, requested, seconds)
        pools = plan.pools.map { PoolUse($0, starts.instants[$0.name] ?? []) }
        earlier = starts
        tickets = Array(repeating: 0, count: plan.actionCount)
        isWaiting = Array(repeating: false, count: plan.actionCount)
        waitingByRule = Array(repeating: 0, count: plan.rules.count)
        waitingByPool = Array(repeating: 0, count: plan.pools.count)
    }

    private static func remaining(_ plan: Plan, _ requested: Request, _ seconds: [Double]) -> [Double] {
        // Of what is not requested it stays 0, and so makes no chain longer.
        var remaining = [Double](repeating: 0, count: plan.actionCount)
        for action in plan.inTopologicalOrder.reversed() where requested.holds(action) {
            var longest = 0.0
            for output in plan.outputs(of: action) {
                for consumer in plan.consumers(of: output.artifact) {
                    longest = max(longest, remaining[consumer.index])
                }
            }
            for member in plan.members(of: action) {
                for consumer in plan.consumers(of: member) { longest = max(longest, remaining[consumer.index]) }
            }
            remaining[action.index] = longest + Self.counted(seconds[action.index])
        }
        return remaining
    }

    /// Where all is instantaneous a chain counts by its length.
    private static func counted(_ seconds: Double) -> Double { max(seconds, 0.001) }

    package var runningCount: Int { slots.actionCount }

    /// What has been started in pools, here and before: for another schedule of the same run.
    package var poolStarts: PoolStarts {
        var starts = earlier
        for (pool, use) in zip(plan.pools, pools) { starts.instants[pool.name] = use.starts }
        return starts
    }
}

// MARK: - What waits

extension Schedule {
    /// An action that may start as far as its inputs are concerned; one that waits already stays as it is.
    package mutating func add(_ action: ActionID, _ demand: Demand) {
        guard !isWaiting[action.index] else { return }
        isWaiting[action.index] = true
        tickets[action.index] &+= 1
        let entry = Entry(
            remaining: remainingSeconds[action.index], bytes: min(max(0, demand.bytes), budget.bytes), action: action,
            ticket: tickets[action.index])
        // Started together they would start at moments that nobody counts.
        let batch = demand.pool.flatMap { pools[$0].perMinute } == nil ? demand.batch : nil
        let lane = Lane(
            cpus: min(max(1, demand.cpus), budget.cpus), memoryClass: Self.memoryClass(entry.bytes),
            pool: demand.pool ?? -1,
            isBatched: batch != nil)
        ready.insert(entry, in: lane)
        if let batch { batches.insert(entry, batch) }
        waitingCount += 1
        waitingByRule[plan.ruleID(of: action).index] += 1
        if let pool = demand.pool { waitingByPool[pool] += 1 }
    }

    /// The leading three bits of a size, so that those of a class differ by a quarter at most.
    private static func memoryClass(_ bytes: Int64) -> Int {
        let shift = max(0, Int64.bitWidth - bytes.leadingZeroBitCount - 3)
        return shift << 3 | Int(bytes >> Int64(shift))
    }

    private func isStale(_ entry: Entry) -> Bool {
        !isWaiting[entry.action.index] || tickets[entry.action.index] != entry.ticket
    }

    private mutating func leave(_ action: ActionID, _ pool: Int) {
        isWaiting[action.index] = false
        overtaken[action] = nil
        waitingCount -= 1
        waitingByRule[plan.ruleID(of: action).index] -= 1
        if pool >= 0 { waitingByPool[pool] -= 1 }
    }
}

// MARK: - What starts

extension Schedule {
    /// What may start next, or nil if nothing may now.
    ///
    /// - Parameter now: nanoseconds by a clock that never goes back; pools count by it.
    package mutating func next(at now: UInt64) -> Dispatch? {
        guard waitingCount > 0 else { return nil }
        let isIdle = slots.isEmpty
        let free = free
        if !isIdle, free.cpus <= 0 || isLoaded { return nil }
        let isOpen = pools.map { $0.admits(at: now) }
        let (first, fitting) = ready.first(
            isOpen: { lane in lane.pool < 0 || isOpen[lane.pool] },
            fits: { lane, entry in isIdle || (lane.cpus <= free.cpus && entry.bytes <= free.bytes) })
        guard let first, let fitting else { return nil }
        if fitting.entry.action != first.entry.action, !mayOvertake(first, fitting, free) { return nil }
        return start(fitting, at: now, within: free)
    }

    /// Whether there is something to start in every slot, whatever pools hold back.
    package var hasPlenty: Bool { waitingCount - waitingByPool.reduce(0, +) >= budget.cpus }

    /// Whether nothing is lost where what an action gives comes a little later: there is enough to start until then, and
    /// what waits for it is no more urgent than that.
    package func canSpare(_ action: ActionID) -> Bool {
        guard hasPlenty, let first = ready.greatest else { return false }
        return remainingSeconds[action.index] - Self.counted(seconds[action.index]) <= first.remaining
    }

    /// The most urgent actions that wait, whether or not they fit now: what is done for them beforehand is done for what
    /// starts next, as things are. Without those that a pool makes wait for time to pass.
    package mutating func upcoming(most: Int) -> [ActionID] {
        guard waitingCount > 0 else { return [] }
        let (tickets, isWaiting, pools) = (tickets, isWaiting, pools)
        return ready.look(most: most) { lane in
            lane.pool < 0 || pools[lane.pool].perMinute == nil
        } isGone: { entry in
            !isWaiting[entry.action.index] || tickets[entry.action.index] != entry.ticket
        }.map(\.action)
    }

    /// When something may start for which only time must pass; nil where that is not what is waited for.
    package var nextMoment: UInt64? {
        pools.isEmpty ? nil : nextOpening
    }

    private var nextOpening: UInt64? {
        pools.indices.lazy.filter { waitingByPool[$0] > 0 }.compactMap { pools[$0].opensAt }.min()
    }

    /// Whether something may start although nothing ends before: as time passes, or as the machine has room.
    package var mayStartLater: Bool { waitingCount > 0 && slots.cpus < budget.cpus }

    private var free: Free {
        // Promised, and not taken yet: nobody else may have it.
        let growth = max(0, slots.bytes - conditions.heldBytes)
        let bytes = min(
            budget.bytes - max(slots.bytes, conditions.heldBytes), conditions.availableBytes - growth)
        return Free(cpus: budget.cpus - slots.cpus, bytes: bytes)
    }

    private var isLoaded: Bool { budget.mostRunnable.map { Double(conditions.runnable) >= $0 } ?? false }

    private mutating func mayOvertake(
        _ first: ReadyQueue<Entry, Lane>.Found, _ other: ReadyQueue<Entry, Lane>.Found, _ free: Free
    ) -> Bool {
        var taken = overtaken[first.entry.action] ?? Overtaken()
        if first.lane.cpus > free.cpus { taken.cpus += other.lane.cpus }
        if first.entry.bytes > free.bytes { taken.bytes += other.entry.bytes }
        guard taken.cpus <= budget.cpus, taken.bytes <= budget.bytes else { return false }
        overtaken[first.entry.action] = taken
        return true
    }

    private mutating func start(
        _ chosen: ReadyQueue<Entry, Lane>.Found, at now: UInt64, within free: Free
    ) -> Dispatch {
        let (lane, entry) = (chosen.lane, chosen.entry)
        let share = lane.isBatched ? share(of: plan.ruleID(of: entry.action), lane) : 1
        ready.removeFirst(of: lane)
        leave(entry.action, lane.pool)
        var members = [entry]
        if lane.isBatched { takeOthers(into: &members, most: share, lane, bytes: max(entry.bytes, free.bytes)) }
        slots.start(members, cpus: lane.cpus, pool: lane.pool)
        if lane.pool >= 0 { pools[lane.pool].start(at: now) }
        return Dispatch(actions: members.map(\.action))
    }

    /// Those that go with an action that starts: the most urgent first, until one does not fit.
    ///
    /// - Parameter bytes: no one may want more.
    private mutating func takeOthers(into members: inout [Entry], most: Int, _ lane: Lane, bytes: Int64) {
        guard let key = batches.key(of: members[0].action) else { return }
        while let other = batches.first(of: key) {
            if isStale(other) {
                batches.removeFirst(of: key)
                continue
            }
            guard members.count < min(most, key.most), other.bytes <= bytes else { break }
            batches.removeFirst(of: key)
            leave(other.action, lane.pool)
            members.append(other)
        }
        for size in Set(members.map { Self.memoryClass($0.bytes) }) {
            let lane = Lane(cpus: lane.cpus, memoryClass: size, pool: lane.pool, isBatched: true)
            while let head = ready.first(of: lane), isStale(head) { ready.removeFirst(of: lane) }
        }
    }

    /// How many of a rule's waiting actions one slot may take, so that no other slot of them stays idle.
    private func share(of rule: RuleID, _ lane: Lane) -> Int {
        let slots = max(1, min(budget.cpus / lane.cpus, lane.pool >= 0 ? pools[lane.pool].atOnce : .max))
        return (waitingByRule[rule.index] - 1) / slots + 1
    }

    /// An action is over, whatever became of it; its slot is free when all that went with it are.
    package mutating func finish(_ action: ActionID) {
        guard let slot = slots.finish(action), slot.pool >= 0 else { return }
        pools[slot.pool].finish()
    }
}
