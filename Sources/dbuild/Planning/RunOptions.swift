import Planning

/// What a command says of how actions are to be judged: the same for a build and for a view.
struct RunOptions: Sendable {
    /// The run's instant, nanoseconds since 1970-01-01T00:00:00Z.
    var nowNanoseconds: Int64
    /// Whether that is by the machine's clock, and not as somebody said.
    var usesClock = true
    var policies = PolicyOptions()
    /// Ages and existence count for nothing: an action is current if its key and its outputs are as recorded, else it is
    /// built. For what must hold wherever and whenever it is made.
    var judgesByKeyAlone = false

    init(nowNanoseconds: Int64, policies: PolicyOptions = PolicyOptions()) {
        self.nowNanoseconds = nowNanoseconds
        self.policies = policies
    }

    /// - Parameter selection: what was named.
    func circumstances(_ plan: Plan, _ selection: Selection) -> Circumstances {
        var circumstances = policies.circumstances(plan, selection, nowNanoseconds: nowNanoseconds)
        if judgesByKeyAlone {
            circumstances.policies = circumstances.policies.map(\.byKeyAlone)
            circumstances.keepsEdited = false
        }
        circumstances.findMoments()
        return circumstances
    }
}

extension Policy {
    fileprivate var byKeyAlone: Policy {
        var policy = Policy()
        (policy.isIntermediate, policy.storing) = (isIntermediate, storing)
        return policy
    }
}
