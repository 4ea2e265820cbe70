/// Which actions may start next: the longest remaining path first, or by another `PriorityRule`, within a budget of cpus
/// and memory, as many of a pool as it allows, and those of a batch together.
///
/// While the most urgent action does not fit, others that do go first, so that nothing is idle: those that it does not
/// have to wait for, see `Reservation`.
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
    /// By actions that were the most urgent once and did not fit.
    private var promises: [ActionID: Reservation.Promise] = [:]
    private let leastPathShare: Double
    private var planned: PlannedOrder?
    /// Of it, and how many others there are.
    private var waitingAsPlanned: [ActionID: ReadyQueue<Entry, Lane>.Found] = [:]
    private var waitingUnplanned = 0
    /// Seconds times cpus of what is yet to start, as far as it is not known to stay away.
    private var workLeft = 0.0
    /// By action, whether it counts there; empty where nobody asks.
    private var countsAsLeft: [Bool] = []

    struct Entry: Comparable, BitwiseCopyable {
        let remaining: Double
        let bytes: Int64
        /// See `Room`; within the budget together with the bytes.
        let spread: Int64
        let action: ActionID
        let ticket: UInt32

        var mostBytes: Int64 { bytes + spread }

        static func < (left: Entry, right: Entry) -> Bool {
            left.remaining == right.remaining ? left.action > right.action : left.remaining < right.remaining
        }
    }

    /// What entries want alike; of memory and time, about as much.
    struct Lane: Hashable {
        let cpus: Int
        /// Negative: none.
        let pool: Int32
        let memoryClass: Int16
        let timeClass: Int8
        let isBatched: Bool
        /// Whether it is in the order that is kept to.
        let isPlanned: Bool
    }

    private struct Free {
        let cpus: Int
        /// Of the budget, with what is taken of it.
        let budgetBytes: Int64
        let taken: Room
        /// As far as what processes hold and the machine can give.
        let bytes: Int64

        func holds(_ entry: Entry) -> Bool {
            entry.mostBytes <= bytes && taken.holds(entry.bytes, spread: entry.spread, within: budgetBytes)
        }
        func holds(_ entry: Entry, cpus: Int) -> Bool { cpus <= self.cpus && holds(entry) }
    }

    /// - Parameters:
    ///   - seconds: by action, as estimated; 0 where it does not run.
    ///   - starts: what has been started in pools before, by the clock of `next(at:)`.
    package init(
        plan: Plan, requested: Request, seconds: [Double], budget: Budget, pools starts: PoolStarts = PoolStarts(),
        priority: PriorityRule = .longestPathFirst
    ) {
        self.plan = plan
        self.budget = budget
        self.seconds = seconds
        switch priority {
        case .remainingPath(let share): (leastPathShare, planned) = (share, nil)
        case .planned(let order): (leastPathShare, planned) = (0, order)
        }
        if leastPathShare > 0 {
            countsAsLeft = Array(repeating: false, count: plan.actionCount)
            for action in requested.actions {
                workLeft += seconds[action.index] * Self.cpus(action, plan, budget)
                countsAsLeft[action.index] = true
            }
        }
        remainingSeconds = Self.remaining(plan, requested, seconds)
        pools = plan.pools.map { PoolUse($0, starts.instants[$0.name] ?? []) }
        earlier = starts
        tickets = Array(repeating: 0, count: plan.actionCount)
        isWaiting = Array(repeating: false, count: plan.actionCount)
        waitingByRule = Array(repeating: 0, count: plan.rules.count)
        waitingByPool = Array(repeating: 0, count: plan.pools.count)
    }

    /// By action: seconds from its start to the end of the longest chain behind it.
    static func remaining(_ plan: Plan, _ requested: Request, _ seconds: [Double]) -> [Double] {
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

    private static func cpus(_ action: ActionID, _ plan: Plan, _ budget: Budget) -> Double {
        Double(budget.taken(cpus: plan.rule(of: action).cpus))
    }

    /// An action is not going to run: it is no longer part of what is left.
    package mutating func leaveOut(_ action: ActionID) {
        planned?.finish(action)
        countOut(action)
    }

    private mutating func countOut(_ action: ActionID) {
        guard !countsAsLeft.isEmpty, countsAsLeft[action.index] else { return }
        countsAsLeft[action.index] = false
        workLeft -= seconds[action.index] * Self.cpus(action, plan, budget)
    }

    /// Until `follow` of what is planned only what begins at once is to start.
    package mutating func holdBack() { planned?.holdBack() }

    /// - Parameter order: by which what is planned goes from now on; nil: by the same one as before.
    package mutating func follow(_ order: FoundOrder?) { planned?.follow(order) }

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
        let bytes = min(max(0, demand.bytes), budget.bytes)
        let entry = Entry(
            remaining: remainingSeconds[action.index], bytes: bytes,
            spread: min(max(0, demand.spreadBytes), budget.bytes - bytes), action: action,
            ticket: tickets[action.index])
        // Started together they would start at moments that nobody counts.
        let batch = demand.pool.flatMap { pools[$0].perMinute } == nil ? demand.batch : nil
        // Planned was what was known then: a pool and a batch are not part of it.
        let isPlanned = demand.pool == nil && batch == nil && planned?.holds(action) == true
        if !isPlanned { planned?.finish(action) }
        let lane = lane(
            of: entry, cpus: budget.taken(cpus: demand.cpus), pool: demand.pool ?? -1, isBatched: batch != nil,
            isPlanned: isPlanned)
        ready.insert(entry, in: lane)
        if let batch { batches.insert(entry, batch) }
        waitingCount += 1
        if isPlanned {
            planned?.open(action, demand)
            waitingAsPlanned[action] = ReadyQueue.Found(entry: entry, lane: lane)
        } else {
            waitingUnplanned += 1
        }
        waitingByRule[plan.ruleID(of: action).index] += 1
        if let pool = demand.pool { waitingByPool[pool] += 1 }
    }

    private func lane(of entry: Entry, cpus: Int, pool: Int, isBatched: Bool, isPlanned: Bool) -> Lane {
        Lane(
            cpus: cpus, pool: Int32(pool), memoryClass: Self.memoryClass(entry.mostBytes),
            timeClass: Self.timeClass(seconds[entry.action.index]), isBatched: isBatched, isPlanned: isPlanned)
    }

    /// Those of a class differ by a factor of 16 at most, from a 16th of a second up: a lane is passed over as one, and
    /// what is too long to go before another is not to hide what is short.
    private static func timeClass(_ seconds: Double) -> Int8 { Int8(min(max(seconds, 1.0 / 16), 1e9).exponent >> 2) }

    /// The leading three bits of a size, so that those of a class differ by a quarter at most.
    private static func memoryClass(_ bytes: Int64) -> Int16 {
        let shift = max(0, Int64.bitWidth - bytes.leadingZeroBitCount - 3)
        return Int16(shift << 3 | Int(bytes >> Int64(shift)))
    }

    private func isStale(_ entry: Entry) -> Bool {
        !isWaiting[entry.action.index] || tickets[entry.action.index] != entry.ticket
    }

    /// The greatest of a lane is never stale.
    private mutating func dropStale(from lane: Lane) {
        while let head = ready.first(of: lane), isStale(head) { ready.removeFirst(of: lane) }
    }

    private mutating func leave(_ action: ActionID, _ pool: Int) {
        isWaiting[action.index] = false
        promises[action] = nil
        waitingCount -= 1
        if waitingAsPlanned.removeValue(forKey: action) == nil { waitingUnplanned -= 1 }
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
        let free = free
        if !slots.isEmpty, free.cpus <= 0 || isLoaded { return nil }
        let isOpen = pools.map { $0.admits(at: now) }
        let order = order
        func rank(_ lane: Lane, _ entry: Entry) -> Int? {
            lane.pool < 0 || isOpen[Int(lane.pool)] ? order.rank(lane, entry) : nil
        }
        let planNext = nextAsPlanned(at: now)
        let unplanned = planned == nil ? nil : ready.first { $0.isPlanned ? nil : rank($0, $1) }
        // More urgent than what comes next, as what was thought to be there and has to be made once more.
        let urgent = unplanned.flatMap { $0.entry.remaining >= planNext?.entry.remaining ?? .infinity ? $0 : nil }
        if urgent == nil, let planNext, free.holds(planNext.entry, cpus: planNext.lane.cpus) {
            return start(planNext, at: now) { _, _ in false }
        }
        // The order is kept to; but not where the machine has not what the budget has, or for what is not in it.
        let isHeldBack = planned != nil && planNext == nil && !slots.isEmpty
        func rankBeside(_ lane: Lane, _ entry: Entry) -> Int? {
            isHeldBack && lane.isPlanned ? nil : rank(lane, entry)
        }
        guard let first = urgent ?? planNext ?? (isHeldBack ? unplanned : firstAsPlanned) ?? ready.first(rankBeside)
        else { return nil }
        if slots.isEmpty || free.holds(first.entry, cpus: first.lane.cpus) {
            let largest = first.entry.mostBytes
            return start(first, at: now) { member, _ in member.mostBytes <= largest || free.holds(member) }
        }
        let reservation = Reservation(for: first.entry, cpus: first.lane.cpus, behind: slots, budget, at: now)
        let promise = promises[first.entry.action] ?? Reservation.Promise(since: now, at: reservation.at)
        promises[first.entry.action] = promise
        // Nanoseconds that what is over by then may take.
        let pause = promise.isBroken(at: now) ? 0 : reservation.at - now
        let other = ready.first(rankBeside) { lane, entry in
            free.holds(entry, cpus: lane.cpus)
                && (nanoseconds(entry.action) <= pause || reservation.hasRoomBeside(entry, cpus: lane.cpus))
        }
        guard let other else { return nil }
        // What goes with it keeps the first one waiting no longer either.
        if reservation.hasRoomBeside(other.entry, cpus: other.lane.cpus) {
            return start(other, at: now) { member, _ in
                free.holds(member) && reservation.hasRoomBeside(member, cpus: other.lane.cpus)
            }
        }
        return start(other, at: now) { member, together in free.holds(member) && together <= pause }
    }

    private mutating func nextAsPlanned(at now: UInt64) -> ReadyQueue<Entry, Lane>.Found? {
        let waiting = waitingAsPlanned
        return planned?.next(at: now) { waiting[$0] != nil }.flatMap { waiting[$0] }
    }

    /// What comes first in the order of all that waits.
    private var firstAsPlanned: ReadyQueue<Entry, Lane>.Found? {
        planned?.first(1) { waitingAsPlanned[$0] != nil }.first.flatMap { waitingAsPlanned[$0] }
    }

    /// What comes before what.
    private struct Order {
        let leastPathSeconds: Double

        /// As `ReadyQueue` has it: of what goes by its path, that is what counts.
        func rank(_ lane: Lane, _ entry: Entry) -> Int {
            entry.remaining >= leastPathSeconds ? .max : Int(lane.memoryClass)
        }
    }

    private var order: Order { Order(leastPathSeconds: leastPathShare * workLeft / Double(budget.cpus)) }

    /// As an action is thought to take.
    private func nanoseconds(_ action: ActionID) -> UInt64 {
        UInt64(min(Self.counted(seconds[action.index]), 1e9) * 1e9)
    }

    /// Whether there is something to start in every slot, whatever pools hold back.
    package var hasPlenty: Bool { waitingCount - waitingByPool.reduce(0, +) >= budget.cpus }

    /// Whether nothing is lost where what an action gives comes a little later: there is enough to start until then, and
    /// what waits for it is no more urgent than that.
    package func canSpare(_ action: ActionID) -> Bool {
        // What is planned to come next is to come then.
        guard planned == nil, hasPlenty, let first = ready.greatest else { return false }
        return remainingSeconds[action.index] - Self.counted(seconds[action.index]) <= first.remaining
    }

    /// The most urgent actions that wait, whether or not they fit now: what is done for them beforehand is done for what
    /// starts next, as things are. Without those that a pool makes wait for time to pass.
    package mutating func upcoming(most: Int) -> [ActionID] {
        guard waitingCount > 0 else { return [] }
        let (tickets, isWaiting, pools, order) = (tickets, isWaiting, pools, order)
        if let planned, waitingUnplanned == 0 { return planned.first(most) { isWaiting[$0.index] } }
        return ready.look(most: most) { entry in
            !isWaiting[entry.action.index] || tickets[entry.action.index] != entry.ticket
        } _: { lane, entry in
            lane.pool < 0 || pools[Int(lane.pool)].perMinute == nil ? order.rank(lane, entry) : nil
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
        let growth = max(0, slots.room.mostBytes - conditions.heldBytes)
        return Free(
            cpus: budget.cpus - slots.cpus, budgetBytes: budget.bytes, taken: slots.room,
            bytes: min(budget.bytes - conditions.heldBytes, conditions.availableBytes - growth))
    }

    private var isLoaded: Bool { budget.mostRunnable.map { Double(conditions.runnable) >= $0 } ?? false }

    /// - Parameter mayGoAlong: asked of another of its batch, with the nanoseconds that all that go then take.
    private mutating func start(
        _ chosen: ReadyQueue<Entry, Lane>.Found, at now: UInt64, mayGoAlong: (Entry, UInt64) -> Bool
    ) -> Dispatch {
        let (lane, entry) = (chosen.lane, chosen.entry)
        let share = lane.isBatched ? share(of: plan.ruleID(of: entry.action), lane) : 1
        leave(entry.action, Int(lane.pool))
        dropStale(from: lane)
        var members = [entry]
        if lane.isBatched { takeOthers(into: &members, most: share, lane, mayGoAlong) }
        let taken = members.reduce(0) { $0 &+ nanoseconds($1.action) }
        slots.start(members, cpus: lane.cpus, pool: Int(lane.pool), endsAt: now &+ taken)
        for member in members { countOut(member.action) }
        // Others of a batch run behind it, in the same slot.
        planned?.start(entry.action, at: now)
        if lane.pool >= 0 { pools[Int(lane.pool)].start(at: now) }
        return Dispatch(actions: members.map(\.action))
    }

    /// Those that go with an action that starts: the most urgent first, until one does not fit.
    ///
    /// - Parameter mayGoAlong: as for `start`.
    private mutating func takeOthers(
        into members: inout [Entry], most: Int, _ lane: Lane, _ mayGoAlong: (Entry, UInt64) -> Bool
    ) {
        guard let key = batches.key(of: members[0].action) else { return }
        var taken = nanoseconds(members[0].action)
        while let other = batches.first(of: key) {
            if isStale(other) {
                batches.removeFirst(of: key)
                continue
            }
            taken &+= nanoseconds(other.action)
            guard members.count < min(most, key.most), mayGoAlong(other, taken) else { break }
            batches.removeFirst(of: key)
            leave(other.action, Int(lane.pool))
            members.append(other)
        }
        let lanes = members.map {
            self.lane(of: $0, cpus: lane.cpus, pool: Int(lane.pool), isBatched: true, isPlanned: lane.isPlanned)
        }
        for lane in Set(lanes) { dropStale(from: lane) }
    }

    /// How many of a rule's waiting actions one slot may take, so that no other slot of them stays idle.
    private func share(of rule: RuleID, _ lane: Lane) -> Int {
        let slots = max(1, min(budget.cpus / lane.cpus, lane.pool >= 0 ? pools[Int(lane.pool)].atOnce : .max))
        return (waitingByRule[rule.index] - 1) / slots + 1
    }

    /// An action is over, whatever became of it; its slot is free when all that went with it are.
    package mutating func finish(_ action: ActionID) {
        planned?.finish(action)
        guard let slot = slots.finish(action), slot.pool >= 0 else { return }
        pools[slot.pool].finish()
    }
}
