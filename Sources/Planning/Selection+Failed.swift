package import Hashing

extension Selection {
    /// Of what is selected and of what that needs, the actions that failed.
    ///
    /// - Parameter failed: the identities of actions that failed and have not been built since.
    package func failed(_ failed: Set<Digest>, in plan: Plan) -> Selection {
        let whole = Request(plan, actions: actions)
        return Self.failed(failed, in: plan) { whole.holds($0) }
    }

    /// All actions of the plan that failed, whatever would be built without targets.
    package static func failed(_ failed: Set<Digest>, in plan: Plan) -> Selection {
        Self.failed(failed, in: plan) { _ in true }
    }

    private static func failed(
        _ failed: Set<Digest>, in plan: Plan, where isWanted: (ActionID) -> Bool
    ) -> Selection {
        var selection = Selection()
        if failed.isEmpty { return selection }
        selection.actions = plan.actions.filter { failed.contains(plan.identity(of: $0)) && isWanted($0) }
        return selection
    }
}
