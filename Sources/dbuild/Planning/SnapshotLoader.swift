import Artifact
import Hashing
import Planning

extension Snapshot {
    /// What the database remembers, by the numbers of a plan.
    ///
    /// - Returns: the snapshot; the outputs that were made once and that no action of the plan makes; and what was seen
    ///   last at paths of the workspace that actions discovered and that are no artifacts.
    static func load(
        _ plan: Plan, from database: StateDatabase?
    ) throws -> (snapshot: Snapshot, orphans: [Orphan], discovered: [Path: Census]) {
        var snapshot = Snapshot(plan)
        guard let database else { return (snapshot, [], [:]) }
        var actions: [Digest: ActionID] = [:]
        actions.reserveCapacity(plan.actionCount)
        for action in plan.actions { actions[plan.identity(of: action)] = action }
        var orphans: [Orphan] = []
        try database.forEachTrace { trace in
            guard let action = actions[trace.identity] else {
                orphans.append(Orphan(trace))
                return
            }
            snapshot.keys[action.index] = trace.key
            snapshot.durationSeconds[action.index] = trace.durationSeconds
            snapshot.peakBytes[action.index] = trace.peakBytes
            snapshot.inputBytes[action.index] = trace.inputBytes
            snapshot.builtAtNanoseconds[action.index] = trace.builtAtNanoseconds
            if !trace.discovered.isEmpty { snapshot.discovered[action] = trace.discovered }
            if trace.isAdopted { snapshot.adopted.insert(action) }
            if !trace.missing.isEmpty { snapshot.missing[action] = trace.missing }
            for output in plan.outputs(of: action) {
                let path = plan.path(of: output.artifact)
                guard let made = trace.outputs.first(where: { $0.path == path }) else { continue }
                snapshot.note(made, at: output.artifact, plan, action)
            }
        }
        let claims = Claims(plan, snapshot, of: orphans)
        // Another set of outputs than before is another action; what it made at a path that is still made is known.
        orphans = orphans.compactMap { orphan in
            var left = orphan
            left.outputs = []
            for made in orphan.outputs {
                guard let artifact = plan.artifact(at: made.path), let action = plan.maker(of: artifact) else {
                    // A file that is a source now, or lies in a tree that is made now, is no remains of anything.
                    if !claims.hold(made) { left.outputs.append(made) }
                    continue
                }
                guard snapshot.keys[action.index] == nil else { continue }
                snapshot.note(made, at: artifact, plan, action)
                left.recordsMore = true
            }
            // While a family is unknown nobody can say what it does not make any more.
            let isUnknown = plan.rules.contains { $0.awaits != nil && $0.name == orphan.rule }
            return left.outputs.isEmpty || isUnknown ? nil : left
        }
        for identity in try database.broken() {
            if let action = actions[identity] { snapshot.broken.insert(action) }
        }
        for (identity, now) in try database.staleSince() {
            if let action = actions[identity] { snapshot.staleSinceNanoseconds[action.index] = now }
        }
        for failure in try database.failureHeads() {
            guard let action = actions[failure.identity] else { continue }
            snapshot.failedRun[action.index] = failure.run
            if failure.lackedAtBytes > 0 { snapshot.lackedAtBytes[action] = failure.lackedAtBytes }
        }
        let beside = try snapshot.noteCensuses(plan, database)
        return (snapshot, orphans, beside)
    }

    /// - Returns: those of discovered paths that are no artifacts.
    private mutating func noteCensuses(_ plan: Plan, _ database: StateDatabase) throws -> [Path: Census] {
        let wanted = Set(discovered.values.joined().map(\.path))
        var found: [Path: Census] = [:]
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
            if next < plan.artifactCount, directories[next] == directory, plan.leaf(of: ArtifactID(next)) == leaf {
                self.census[next] = census
            } else if !wanted.isEmpty, wanted.contains(path) {
                found[path] = census
            }
        }
        return found
    }

    private mutating func note(_ made: Trace.Output, at artifact: ArtifactID, _ plan: Plan, _ action: ActionID) {
        published[artifact.index] = made.content
        guard plan.isTree(artifact) else { return }
        publishedMembers[artifact] = made.members
        for member in plan.members(of: action) {
            guard let name = plan.path(of: member).below(made.path) else { continue }
            published[member.index] = made.content(at: name)
        }
    }
}

/// What an action made once that is in no plan any more: days that left the horizon, routes that left the axis.
struct Orphan: Sendable {
    let rule: [UInt8]
    let identity: Digest
    fileprivate(set) var outputs: [Trace.Output]
    /// The instant of the run that built it, nanoseconds since 1970-01-01T00:00:00Z.
    let builtAtNanoseconds: Int64
    let run: Int64
    let durationSeconds: Double
    /// Somebody else had made the outputs.
    let isAdopted: Bool
    /// Whether its record is all that is known of an output that another action makes now and has not built yet.
    fileprivate(set) var recordsMore = false

    fileprivate init(_ trace: StateDatabase.TraceHead) {
        (rule, identity, outputs) = (trace.rule, trace.identity, trace.outputs)
        (builtAtNanoseconds, run) = (trace.builtAtNanoseconds, trace.run)
        (durationSeconds, isAdopted) = (trace.durationSeconds, trace.isAdopted)
    }
}
