package import Artifact
package import Hashing

/// What is remembered of a plan's artifacts and actions, as whole columns by number.
///
/// It comes from the state database, or from a mapped file that the database confirms (`SnapshotFile`).
package struct Snapshot: Sendable {
    /// By artifact: what was seen there last.
    package var seen: Column<Content?>
    /// By artifact: the stamps under which that holds; of a tree its directory's.
    package var stamps: Column<Stamp>
    /// By artifact: what the recorded trace of its maker published there; of a tree's member, what the tree held.
    package var published: Column<Content?>
    /// By action: the key of its recorded trace; nil if there is none for its outputs.
    package var keys: Column<Digest?>
    /// By action: how long it took, 0 where nobody knows.
    package var durationSeconds: Column<Double>
    /// By action: how much memory it held at most, 0 where nobody knows.
    package var peakBytes: Column<UInt64>
    /// By action: how much it read, 0 where nobody knows.
    package var inputBytes: Column<UInt64>
    /// By action: the run in which it failed last, if it has not been built since.
    package var failedRun: Column<Int64?>
    /// By action: the instant of the run that built it, nanoseconds since 1970-01-01T00:00:00Z; nil if no trace is recorded.
    package var builtAtNanoseconds: Column<Int64?>
    /// By action: the instant of the first run that found it not current, if it has not been built since.
    package var staleSinceNanoseconds: Column<Int64?>
    /// By action: whether its recorded key is what comes of `seen` and `published` of its inputs, with everything else
    /// that is in keys as `settledUnder` says.
    package internal(set) var isSettled: Column<Bool>
    /// A digest of all that is in keys beside the plan and the inputs.
    package internal(set) var settledUnder: Digest?
    /// By artifact, trees only: what was seen in it last.
    package var seenMembers: [ArtifactID: [Census.Member]] = [:]
    /// By artifact, trees only: what the recorded trace says is in it.
    package var publishedMembers: [ArtifactID: [Trace.Member]] = [:]
    /// By action: how much memory it held when it was ended for want of more, if it has not been built since.
    package var lackedAtBytes: [ActionID: UInt64] = [:]
    /// By action: what it looked at undeclared when it was built.
    package var discovered: [ActionID: [Discovered]] = [:]
    /// Actions of which a crash left a mix that could not be completed: whatever lies there is nothing whole.
    package var broken: Set<ActionID> = []
    /// Actions whose outputs somebody else had made, and that were recorded as they were.
    package var adopted: Set<ActionID> = []
    /// By action: which inputs its last result was without.
    package var missing: [ActionID: [Path]] = [:]

    package init(_ plan: Plan) {
        let (artifacts, actions) = (plan.artifactCount, plan.actionCount)
        seen = Column(repeating: nil, count: artifacts)
        stamps = Column(repeating: Stamp(), count: artifacts)
        published = Column(repeating: nil, count: artifacts)
        keys = Column(repeating: nil, count: actions)
        durationSeconds = Column(repeating: 0, count: actions)
        peakBytes = Column(repeating: 0, count: actions)
        inputBytes = Column(repeating: 0, count: actions)
        failedRun = Column(repeating: nil, count: actions)
        builtAtNanoseconds = Column(repeating: nil, count: actions)
        staleSinceNanoseconds = Column(repeating: nil, count: actions)
        isSettled = Column(repeating: false, count: actions)
    }

    /// What lies at an artifact's path as far as is remembered.
    package func census(of artifact: ArtifactID) -> Census? {
        seen[artifact.index].map {
            Census(content: $0, stamp: stamps[artifact.index], members: seenMembers[artifact] ?? [])
        }
    }
}

// MARK: - Stamps

extension Snapshot {
    /// Whether a stamp could say that an artifact is as it was seen last: of files, one by one.
    package func mayBeKnownByStamp(_ artifact: ArtifactID) -> Bool {
        seen[artifact.index].map { $0.kind != .tree } ?? false
    }

    /// Whether an artifact was seen with a stamp, as a file.
    package func wasSeen(_ artifact: ArtifactID, with stamp: Stamp) -> Bool {
        stamp.type == .file && stamps[artifact.index] == stamp
    }

    /// Artifacts of the same plan of which something was seen, and another snapshot does not say the same.
    package func seenOtherwise(by other: Snapshot) -> [ArtifactID] {
        (0 ..< min(seen.count, other.seen.count))
            .filter { !seen.holdsSame(as: other.seen, at: $0) && seen[$0] != nil }.map { ArtifactID($0) }
    }
}

// MARK: - Taking note

extension Snapshot {
    /// Takes note of what lies at an artifact's path.
    package mutating func note(_ census: Census?, at artifact: ArtifactID, _ plan: Plan) {
        let content = census?.content
        if content != seen[artifact.index] {
            seen[artifact.index] = content
            unsettleReaders(of: artifact, plan)
        }
        stamps[artifact.index] = census?.stamp ?? Stamp()
        seenMembers[artifact] = content?.kind == .tree ? census?.members : nil
    }

    /// Takes note of what the recorded trace of an action says.
    ///
    /// - Parameter outputs: what it published.
    package mutating func note(
        key: Digest, seconds: Double, peakBytes peak: UInt64, inputBytes read: UInt64, builtAtNanoseconds built: Int64,
        of action: ActionID
    ) {
        keys[action.index] = key
        durationSeconds[action.index] = seconds
        peakBytes[action.index] = peak
        inputBytes[action.index] = read
        builtAtNanoseconds[action.index] = built
        isSettled[action.index] = false
    }

    /// Takes note of an output as it was published last.
    package mutating func note(published made: Trace.Output, at artifact: ArtifactID, by action: ActionID, _ plan: Plan)
    {
        publish(made.content, at: artifact, plan)
        guard plan.isTree(artifact) else { return }
        publishedMembers[artifact] = made.members
        for member in plan.members(of: action) where plan.tree(of: member) == artifact {
            let name = plan.path(of: member).below(made.path)
            publish(name.flatMap { made.content(at: $0) }, at: member, plan)
        }
    }

    /// Forgets the trace of an action, as if it had never been built.
    package mutating func forgetTrace(of action: ActionID, _ plan: Plan) {
        keys[action.index] = nil
        (durationSeconds[action.index], peakBytes[action.index], inputBytes[action.index]) = (0, 0, 0)
        builtAtNanoseconds[action.index] = nil
        isSettled[action.index] = false
        (discovered[action], missing[action]) = (nil, nil)
        adopted.remove(action)
        for output in plan.outputs(of: action) {
            publish(nil, at: output.artifact, plan)
            publishedMembers[output.artifact] = nil
        }
        for member in plan.members(of: action) { publish(nil, at: member, plan) }
    }

    private mutating func publish(_ content: Content?, at artifact: ArtifactID, _ plan: Plan) {
        guard content != published[artifact.index] else { return }
        published[artifact.index] = content
        unsettleReaders(of: artifact, plan)
    }

    private mutating func unsettleReaders(of artifact: ArtifactID, _ plan: Plan) {
        guard settledUnder != nil else { return }
        for reader in plan.consumers(of: artifact) where isSettled[reader.index] { isSettled[reader.index] = false }
    }
}
