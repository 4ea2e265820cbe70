package import Artifact

/// What was asked for, and with it everything above it.
package struct Request: Sendable {
    /// The artifacts named by the targets.
    package let targets: [ArtifactID]
    /// Actions that could not be listed because an axis is not known, by the artifact that says its values.
    package let unlisted: [(rule: RuleID, awaits: Path)]
    private var actionBits: [Bool]
    private var artifactBits: [Bool]
    package private(set) var actionCount = 0

    /// - Parameters:
    ///   - actions: those that make what is asked for.
    ///   - sources: sources that are asked for by name.
    ///   - skipped: actions whose outputs are taken as they are: what only they read is not judged.
    package init(
        _ plan: Plan, actions: [ActionID], sources: [ArtifactID] = [], unlisted: [(RuleID, Path)] = [],
        skipped: Set<ActionID> = []
    ) {
        actionBits = Array(repeating: false, count: plan.actionCount)
        artifactBits = Array(repeating: false, count: plan.artifactCount)
        targets = actions.flatMap { plan.outputs(of: $0).map(\.artifact) } + sources
        self.unlisted = unlisted.map { (rule: $0.0, awaits: $0.1) }
        for source in sources { artifactBits[source.index] = true }
        var open = actions
        while let action = open.popLast() {
            guard !actionBits[action.index] else { continue }
            actionBits[action.index] = true
            actionCount += 1
            for output in plan.outputs(of: action) { artifactBits[output.artifact.index] = true }
            for member in plan.members(of: action) { artifactBits[member.index] = true }
            guard !skipped.contains(action) else { continue }
            var reads = plan.inputs(of: action).map(\.artifact)
            if let awaited = plan.awaits(action) { reads.append(awaited) }
            for artifact in reads {
                artifactBits[artifact.index] = true
                if let maker = plan.maker(of: artifact), !actionBits[maker.index] { open.append(maker) }
            }
        }
    }

    package func holds(_ action: ActionID) -> Bool { actionBits[action.index] }
    package func holds(_ artifact: ArtifactID) -> Bool { artifactBits[artifact.index] }
    package var artifacts: some Sequence<ArtifactID> {
        artifactBits.indices.lazy.filter { artifactBits[$0] }.map { ArtifactID($0) }
    }
    package var actions: some Sequence<ActionID> {
        actionBits.indices.lazy.filter { actionBits[$0] }.map { ActionID($0) }
    }
}
