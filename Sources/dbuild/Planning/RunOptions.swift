import Planning

/// What a command says of how actions are to be judged: the same for a build and for a view.
struct RunOptions: Sendable {
    /// The run's instant, nanoseconds since 1970-01-01T00:00:00Z.
    var nowNanoseconds: Int64
    var policies = PolicyOptions()

    init(nowNanoseconds: Int64, policies: PolicyOptions = PolicyOptions()) {
        self.nowNanoseconds = nowNanoseconds
        self.policies = policies
    }

    /// - Parameter selection: what was named.
    func circumstances(_ plan: Plan, _ selection: Selection) -> Circumstances {
        var circumstances = policies.circumstances(plan, selection, nowNanoseconds: nowNanoseconds)
        circumstances.findMoments()
        return circumstances
    }
}
