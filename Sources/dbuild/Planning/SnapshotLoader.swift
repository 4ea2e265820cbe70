import Artifact
import Hashing
import Planning

extension Snapshot {
    /// What the database remembers, by the numbers of a plan.
    ///
    /// - Returns: the snapshot, and the outputs that were made once and that no action of the plan makes.
    static func load(_ plan: Plan, from database: StateDatabase?) throws -> (snapshot: Snapshot, orphans: [Orphan]) {
        var snapshot = Snapshot(plan)
        guard let database else { return (snapshot, []) }

        // Both are sorted by directory and name: one walk through both.
        var next = 0
        let directories = plan.artifacts.map { plan.directory(of: $0) }
        func isBefore(_ index: Int, _ directory: Path, _ leaf: [UInt8]) -> Bool {
            directories[index] == directory
                ? plan.leaf(of: ArtifactID(index)).lexicographicallyPrecedes(leaf) : directories[index] < directory
        }
        try database.forEachCensus { path, census in
            let (directory, leaf) = (path.directory, Array(path.leaf))
            while next < plan.artifactCount, isBefore(next, directory, leaf) { next += 1 }
            guard next < plan.artifactCount, directories[next] == directory, plan.leaf(of: ArtifactID(next)) == leaf
            else { return }
            snapshot.census[next] = census
        }

        var actions: [Digest: ActionID] = [:]
        actions.reserveCapacity(plan.actionCount)
        for action in plan.actions { actions[plan.identity(of: action)] = action }
        var orphans: [Orphan] = []
        try database.forEachTrace { trace in
            guard let action = actions[trace.identity] else {
                orphans.append(Orphan(rule: trace.rule, identity: trace.identity, outputs: trace.outputs))
                return
            }
            snapshot.keys[action.index] = trace.key
            snapshot.durationSeconds[action.index] = trace.durationSeconds
            if !trace.missing.isEmpty { snapshot.missing[action] = trace.missing }
            for (output, made) in zip(plan.outputs(of: action), trace.outputs) {
                snapshot.published[output.artifact.index] = made.content
                guard plan.isTree(output.artifact) else { continue }
                snapshot.publishedMembers[output.artifact] = made.members
                let tree = made.path
                for member in plan.members(of: action) {
                    guard let name = plan.path(of: member).below(tree) else { continue }
                    snapshot.published[member.index] = made.content(at: name)
                }
            }
        }
        let failures = try database.failures()
        for (identity, run) in failures {
            if let action = actions[identity] { snapshot.failedRun[action.index] = run }
        }
        return (snapshot, orphans)
    }
}

/// What an action made once that is in no plan any more: days that left the horizon, routes that left the axis.
struct Orphan: Sendable {
    let rule: [UInt8]
    let identity: Digest
    let outputs: [Trace.Output]
}
