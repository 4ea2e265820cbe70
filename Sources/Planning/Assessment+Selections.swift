extension Assessment {
    /// Actions of a request that are not current, in the plan's order: mostly few, and all that there is to say is about
    /// them.
    package func notCurrent(_ request: Request) -> [ActionID] {
        request.actions.filter { !verdicts.isCurrent($0) }
    }

    /// Actions that depend on what others give, in the plan's order.
    package var undecided: [ActionID] {
        plan.actions.filter { !verdicts.isCurrent($0) && verdicts[$0.index]?.isUndecided == true }
    }

    /// Current actions that failed when they were tried last.
    package func recovered(_ request: Request) -> [ActionID] {
        request.actions.filter { verdicts.isCurrent($0) && snapshot.failedRun[$0.index] != nil }
    }
}
