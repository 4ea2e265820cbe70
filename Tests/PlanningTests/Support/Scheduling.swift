import Planning

/// A schedule where only cpus count and no time passes.
extension Schedule {
    init(plan: Plan, requested: Request, durationSeconds: [Double], cpus: Int) {
        self.init(plan: plan, requested: requested, seconds: durationSeconds, budget: Budget(cpus: cpus))
    }

    /// As their rules say.
    mutating func add(_ actions: [ActionID]) {
        for action in actions { add(action, Demand(of: action, in: plan, bytes: 0)) }
    }

    mutating func next() -> ActionID? { next(at: 0)?.actions.first }
}
