import Artifact
import Planning

/// The schedule of a run, with what it has to be told: what actions are thought to take, how the machine stands, and
/// what time it is. A class, that only its run has: the schedule is large, and would be copied to be looked at.
final class Dispatcher {
    private let plan: Plan
    private let budget: RunBudget
    private var estimates: Estimates
    private let startsTogether: Bool
    private var schedule: Schedule
    private var gauge: Gauge
    /// Of what was added, until it starts.
    private var known: [ActionID: Estimate] = [:]
    /// Something has come or started since `upcoming` was asked.
    private var hasChanged = false
    /// Declared to need more than there can be.
    private var tooLarge: [ActionID: TooLarge] = [:]

    /// - Parameters:
    ///   - pools: what the run has started in pools so far.
    ///   - priority: where it is known, of these actions and maybe others; nil: it is found out.
    ///   - startsTogether: whether batches are.
    ///   - running: the actions that run, whatever their verdicts are; nil: those that are stale, or may be.
    init(
        _ assessment: Assessment, _ request: Request, _ budget: RunBudget, pools: PoolStarts,
        priority: Rehearsal.Choice? = nil, startsTogether: Bool,
        running: [ActionID]? = nil
    ) {
        plan = assessment.plan
        self.budget = budget
        self.startsTogether = startsTogether
        var estimates = assessment.estimates(request)
        let costs =
            running.map { assessment.costs(&estimates, of: $0) } ?? assessment.costs(&estimates, request)
        var seconds = [Double](repeating: 0, count: plan.actionCount)
        for cost in costs { seconds[cost.action.index] = cost.seconds }
        schedule = Schedule(
            plan: plan, requested: request, seconds: seconds, budget: budget.budget, pools: pools,
            priority: priority?.rule.narrowed(to: costs)
                ?? Rehearsal.priority(plan, request, costs, budget.budget))
        self.estimates = estimates
        gauge = Gauge(budget.budget)
    }

    /// Until `follow` only that is to start which begins at once in the order that is known.
    func holdBack() { schedule.holdBack() }

    /// - Parameter order: what has come of a search for another order; nil: nothing better.
    func follow(_ order: FoundOrder?) {
        schedule.follow(order)
        hasChanged = true
    }

    /// Actions that may start as far as their inputs are concerned.
    func add(_ actions: [ActionID], _ assessment: Assessment) {
        for action in actions {
            let estimate = assessment.estimate(of: action, &estimates)
            known[action] = estimate
            var demand = assessment.demand(of: action, estimate)
            // What was learned may be wrong, and is tried, alone. What the rules say is taken at its word.
            if estimate.bytesBasis == .declared, estimate.bytes > budget.mostBytes,
                assessment.work(of: action) == .build
            {
                tooLarge[action] = TooLarge(bytes: estimate.bytes, machineBytes: budget.mostBytes)
                demand = Demand()
            }
            if !startsTogether { demand.batch = nil }
            schedule.add(action, demand)
            hasChanged = true
        }
    }

    /// Actions that have been decided upon: some of them are not going to run.
    func note(decided actions: [ActionID], _ assessment: Assessment) {
        for action in actions where assessment.verdicts[action.index]?.isBuild == false { schedule.leaveOut(action) }
    }

    /// What may start now.
    func next() -> Dispatch? {
        guard schedule.waitingCount > 0 else { return nil }
        let now = Clock.monotonicNanoseconds
        // What runs alone needs no look at the machine.
        if schedule.runningCount > 0 { schedule.conditions = gauge.read(at: now) }
        guard let dispatch = schedule.next(at: now) ?? nextSeenAgain(at: now) else { return nil }
        hasChanged = true
        if let first = dispatch.actions.first { gauge.started(cpus: plan.rules[plan.ruleID(of: first).index].cpus) }
        return dispatch
    }

    /// What has just ended counts in an old look at the machine, and memory that is free again would stay idle.
    private func nextSeenAgain(at now: UInt64) -> Dispatch? {
        guard schedule.mayStartLater, let conditions = gauge.readAgain(at: now) else { return nil }
        schedule.conditions = conditions
        return schedule.next(at: now)
    }

    /// What starts next, as things are, where that has changed since it was asked last: as many as there are slots, and
    /// no more than it takes to always have one at hand. Without what cannot run here.
    ///
    /// - Parameter count: how many of what this gave have not started. What was next and is so no more is kept beside
    ///   what is, but not without end.
    func upcoming(besides count: Int) -> [ActionID] {
        let most = min(budget.budget.cpus, Self.mostAhead)
        guard hasChanged, count < 2 * most else { return [] }
        hasChanged = false
        return schedule.upcoming(most: most).filter { tooLarge[$0] == nil }
    }

    private static let mostAhead = 16

    /// Whether there is something to start wherever a slot becomes free.
    var hasPlenty: Bool { schedule.hasPlenty }

    /// Whether cpus are free although something waits.
    var hasRoom: Bool { schedule.mayStartLater }

    /// Whether nothing is lost where what an action gives comes a little later.
    func canSpare(_ action: ActionID) -> Bool { schedule.canSpare(action) }

    /// What the run has started in pools.
    var pools: PoolStarts { schedule.poolStarts }

    func finish(_ action: ActionID) {
        schedule.finish(action)
        gauge.ended()
    }

    /// After how long to ask again although nothing has ended: a pool opens, or the machine has room again; nil where
    /// only an end helps.
    var pauseNanoseconds: Int64? { schedule.mayStartLater ? Self.pauseNanoseconds : nil }

    /// Short enough for nobody to wait for it: an interruption ends a run that waits for a pool, and a machine that has
    /// room is not left idle.
    private static let pauseNanoseconds: Int64 = 100_000_000

    /// What earlier runs say of an action that starts now.
    ///
    /// - Throws: where it is too large for the machine.
    func takeEstimate(of action: ActionID) throws(TooLarge) -> Event.Estimate {
        if let error = tooLarge.removeValue(forKey: action) { throw error }
        guard let estimate = known.removeValue(forKey: action) else { return Event.Estimate() }
        return Event.Estimate(
            seconds: estimate.secondsBasis == .assumed ? nil : estimate.seconds,
            bytes: estimate.bytesBasis == .assumed ? nil : UInt64(clamping: estimate.bytes),
            remainingSeconds: schedule.remainingSeconds[action.index])
    }
}

/// The rules say that an action needs more memory than there is.
struct TooLarge: Error, Hashable {
    let bytes: Int64
    let machineBytes: Int64
}
