package import Artifact

/// What was asked for, and with it everything above it.
package struct Request: Sendable {
    /// The artifacts named by the targets.
    package let targets: [ArtifactID]
    /// Actions that could not be listed because an axis is not known, by the artifact that says its values.
    package let unlisted: [(rule: RuleID, awaits: Path)]
    private let actionBits: [Bool]
    private let artifactBits: [Bool]
    /// In the plan's order.
    package let actions: [ActionID]
    package let artifacts: [ArtifactID]
    package var actionCount: Int { actions.count }

    /// - Parameters:
    ///   - actions: those that make what is asked for.
    ///   - sources: sources that are asked for by name.
    ///   - skipped: actions whose outputs are taken as they are: what only they read is not judged.
    package init(
        _ plan: Plan, actions: [ActionID], sources: [ArtifactID] = [], unlisted: [(RuleID, Path)] = [],
        skipped: Set<ActionID> = []
    ) {
        var actionBits = Array(repeating: false, count: plan.actionCount)
        var artifactBits = Array(repeating: false, count: plan.artifactCount)
        var targets: [ArtifactID] = []
        targets.reserveCapacity(actions.count + sources.count)
        for action in actions { for output in plan.outputs(of: action) { targets.append(output.artifact) } }
        self.targets = targets + sources
        self.unlisted = unlisted.map { (rule: $0.0, awaits: $0.1) }
        for source in sources { artifactBits[source.index] = true }
        var open = actions
        while let action = open.popLast() {
            guard !actionBits[action.index] else { continue }
            actionBits[action.index] = true
            for output in plan.outputs(of: action) { artifactBits[output.artifact.index] = true }
            for member in plan.members(of: action) { artifactBits[member.index] = true }
            guard skipped.isEmpty || !skipped.contains(action) else { continue }
            // No function of its own: every access to the bits would be checked then.
            for input in plan.inputs(of: action) where !artifactBits[input.artifact.index] {
                artifactBits[input.artifact.index] = true
                if let maker = plan.maker(of: input.artifact), !actionBits[maker.index] { open.append(maker) }
            }
            if let awaited = plan.awaits(action), !artifactBits[awaited.index] {
                artifactBits[awaited.index] = true
                if let maker = plan.maker(of: awaited), !actionBits[maker.index] { open.append(maker) }
            }
        }
        self.actions = Self.numbers(actionBits)
        artifacts = Self.numbers(artifactBits)
        (self.actionBits, self.artifactBits) = (actionBits, artifactBits)
    }

    private static func numbers<ID: PlanNumber>(_ bits: [Bool]) -> [ID] {
        var found: [ID] = []
        found.reserveCapacity(bits.count)
        for index in bits.indices where bits[index] { found.append(ID(UInt32(truncatingIfNeeded: index))) }
        return found
    }

    package func holds(_ action: ActionID) -> Bool { actionBits[action.index] }
    package func holds(_ artifact: ArtifactID) -> Bool { artifactBits[artifact.index] }
}
