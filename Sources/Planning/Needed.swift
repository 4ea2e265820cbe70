import Artifact

/// Whose bytes must lie in the workspace: the pass backward, after the verdicts.
extension Assessment {
    /// By artifact: whether its bytes are needed when the request is done.
    ///
    /// They are of what was asked for, of what an action reads that runs, and of everything else that a rule does not
    /// call intermediate.
    package func needed(_ request: Request) -> [Bool] { backward(request).needed }

    /// Current actions whose bytes are away and needed: they are put back, or made again.
    package func recalls(_ request: Request) -> [ActionID] {
        // Of all other rules everything is needed, and what is not there is not current.
        guard circumstances.policies.contains(where: \.isIntermediate) else { return [] }
        return backward(request).recalls.sorted()
    }

    private func backward(_ request: Request) -> (needed: [Bool], recalls: [ActionID]) {
        var needed = [Bool](repeating: false, count: plan.artifactCount)
        var recalls: [ActionID] = []
        for target in request.targets { needed[target.index] = true }
        for action in plan.inTopologicalOrder.reversed() where request.holds(action) {
            let isIntermediate = circumstances.policies[plan.ruleID(of: action).index].isIntermediate
            var runs = false
            switch verdicts[action.index] {
            case .build?, .undecided?: runs = true
            case .current? where isIntermediate:
                guard made(action).contains(where: { needed[$0.index] }) else { continue }
                let damage = damage(action)
                if !damage.missing.isEmpty { recalls.append(action) }
                runs = !damage.isComplete
            default: break
            }
            for output in plan.outputs(of: action) { needed[output.artifact.index] = true }
            guard runs else { continue }
            for input in plan.inputs(of: action) where !isLost(input) { needed[input.artifact.index] = true }
        }
        return (needed, recalls)
    }

    /// Without content, and accepted so: its bytes are not to be had.
    private func isLost(_ input: Plan.Input) -> Bool {
        states.isLost(input.artifact) || states.isAbsent(input.artifact)
    }

    /// Artifacts that are needed and have no content: a request with any is not done.
    package func wanting(_ request: Request) -> [ArtifactID] {
        // Mostly there is none, whatever is needed.
        let lacking = request.artifacts.filter { !states.isHad($0) }
        if lacking.isEmpty { return [] }
        let needed = needed(request)
        return lacking.filter { needed[$0.index] }
    }
}

// MARK: - What blocks

extension Assessment {
    /// Whether an artifact has no content only because a policy or a skip holds back what it comes from.
    ///
    /// - Parameter blocked: as `blocked(_:)` says.
    package func isHeld(_ artifact: ArtifactID, _ blocked: [(action: ActionID, isHeldOnly: Bool)]) -> Bool {
        switch states[artifact.index] {
        case .unavailable(.held): true
        case .unavailable(.blocked(_, let maker)): blocked.contains { $0.action == maker && $0.isHeldOnly }
        default: false
        }
    }

    /// The rules name observations that are not there: nothing but a change of the rules or the data helps.
    package func isBlockedByRules(_ action: ActionID) -> Bool {
        guard case .blocked(let blockers)? = verdicts[action.index] else { return false }
        return blockers.contains { blocker in
            guard case .observation(_, _, let flaw) = blocker else { return false }
            if case .unreadable = flaw { return false }
            return true
        }
    }

    /// Blocked actions, and whether all that stands in an action's way is a policy or a skip that holds something back.
    package func blocked(_ request: Request) -> [(action: ActionID, isHeldOnly: Bool)] {
        var isHeldOnly: [ActionID: Bool] = [:]
        var found: [(action: ActionID, isHeldOnly: Bool)] = []
        for action in plan.inTopologicalOrder where !verdicts.isCurrent(action) && request.holds(action) {
            guard case .blocked(let blockers)? = verdicts[action.index] else { continue }
            let isHeld = blockers.allSatisfy { blocker in
                switch blocker {
                case .held, .nothingToSkipTo: true
                case .blocked(_, let maker): isHeldOnly[maker] ?? false
                default: false
                }
            }
            isHeldOnly[action] = isHeld
            found.append((action, isHeld))
        }
        return found
    }
}
