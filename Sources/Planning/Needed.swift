/// Whose bytes must lie in the workspace: the pass backward, after the verdicts.
extension Assessment {
    /// By artifact: whether its bytes are needed when the request is done.
    ///
    /// They are of what was asked for, and of what an action reads that runs. So far every rule keeps its outputs, so
    /// that whatever is requested is needed too; a rule whose outputs may be away will not add its own.
    package func needed(_ request: Request) -> [Bool] {
        var needed = [Bool](repeating: false, count: plan.artifactCount)
        for target in request.targets { needed[target.index] = true }
        for action in Array(plan.inTopologicalOrder).reversed() where request.holds(action) {
            for output in plan.outputs(of: action) { needed[output.artifact.index] = true }
            switch verdicts[action.index] {
            case .build?, .undecided?:
                for input in plan.inputs(of: action) where !isLost(input) { needed[input.artifact.index] = true }
            default: continue
            }
        }
        return needed
    }

    /// Without content, and accepted so: its bytes are not to be had.
    private func isLost(_ input: Plan.Input) -> Bool {
        switch states[input.artifact.index] {
        case .absent, .unavailable: true
        case .unasked, .pending, .content: false
        }
    }

    /// Artifacts that are needed and have no content: a request with any is not done.
    package func wanting(_ request: Request) -> [ArtifactID] {
        let needed = needed(request)
        return plan.artifacts.filter { artifact in
            guard needed[artifact.index] else { return false }
            switch states[artifact.index] {
            case .content, .absent: return false
            case .unasked, .pending, .unavailable: return true
            }
        }
    }
}
