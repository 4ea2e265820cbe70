package import Artifact

/// What a current action reads that counts as current, too, though its bytes are away: outputs of an intermediate rule.
extension Assessment {
    package struct InputAway: Hashable, Sendable {
        /// The output whose bytes are away, or the tree of which some are.
        package let output: Path
        /// What the action reads of it; nil: what it has read without declaring it.
        package let declared: Trace.Output?
    }

    /// - Precondition: the action is current.
    package func inputsAway(_ action: ActionID) -> [InputAway] {
        let declared = plan.inputs(of: action).map(\.artifact).compactMap { input -> InputAway? in
            guard let output = outputAway(of: input), case .content(let content) = states[input.index] else {
                return nil
            }
            let members = content.kind == .tree ? self.members(input) ?? [] : []
            return InputAway(
                output: output, declared: Trace.Output(path: plan.path(of: input), content: content, members: members))
        }
        let discovered = awaitedDiscoveries(action).compactMap { artifact in
            outputAway(of: artifact).map { InputAway(output: $0, declared: nil) }
        }
        return declared + discovered
    }

    /// The output that an artifact is, or lies in, where that does not lie in its place as its readers count on it.
    private func outputAway(of artifact: ArtifactID) -> Path? {
        guard plan.maker(of: artifact) != nil else { return nil }
        let output = plan.tree(of: artifact) ?? artifact
        let expected: Content?
        if plan.isTree(output) {
            expected = tree(output)?.content
        } else if case .content(let content) = states[output.index] {
            expected = content
        } else {
            return nil
        }
        return expected == nil || sights.holds(expected, at: output.index) ? nil : plan.path(of: output)
    }
}
