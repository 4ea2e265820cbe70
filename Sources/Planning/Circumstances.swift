package import Artifact
package import Hashing

/// What a command asks for and when: all that a verdict depends on beside the plan and what was seen.
package struct Circumstances: Sendable {
    /// The run's instant, nanoseconds since 1970-01-01T00:00:00Z.
    package var nowNanoseconds: Int64
    /// By rule: what its policy is, after the command's options.
    package var policies: [Policy]
    /// By rule, of those that are refreshed by the calendar: when they were due last, and will be next.
    package var moments: [RuleID: RefreshMoments] = [:]
    package var forced: Set<ActionID> = []
    package var skipped: Set<ActionID> = []
    /// How many of the skipped are so only because they were not named.
    package var unjudged = 0
    /// For every rule.
    package var keepsEdited = false
    /// What has been built in this run already: it is not forced twice.
    package var built: Set<ActionID> = []
    /// What has failed in this run already.
    package var failed: Set<ActionID> = []

    /// As the rules say, and nothing else.
    package init(_ plan: Plan, nowNanoseconds: Int64) {
        self.nowNanoseconds = nowNanoseconds
        policies = plan.rules.map(\.policy)
    }
}

/// Around now, of a recurrence: nanoseconds since 1970-01-01T00:00:00Z.
package struct RefreshMoments: Hashable, Sendable {
    /// The last one that is not later than now.
    package var last: Int64
    package var next: Int64

    package init(last: Int64, next: Int64) {
        self.last = last
        self.next = next
    }
}

/// What an assessment may ask for while it decides: facts that only few actions need.
package struct Evidence: Sendable {
    /// What the directory that lies at an artifact's path holds; nil where none does.
    package var members: @Sendable (ArtifactID) -> [Trace.Member]?
    /// The parts of the recorded key of each of some actions, in their order, asked for only where keys differ; none
    /// where they are not to be had.
    package var recordedParts: @Sendable ([ActionID]) -> [PackedKeyParts]
    /// Begins to read these parts, beside what else there is to do; nil where that is not worth it. What it gives waits
    /// for them, and is asked once at most.
    package var recordedPartsBeside: @Sendable (ActionID) -> (@Sendable () -> PackedKeyParts)?
    /// What differs between the code of two fingerprints; empty where one of them is not known any more.
    package var codeChanges: @Sendable (_ from: Digest, _ to: Digest) -> [CodeChange]
    /// What lies at a path that an action discovered and that is no artifact of the plan.
    package var sight: @Sendable (Path) -> Assessment.Sight
    /// What the store has under each of some keys, in their order, of each the latest first; none where that is not to
    /// be had.
    package var entries: @Sendable ([Digest]) -> [[StoreEntry]]
    /// Whether the store has anything of an action under a key whose parts, its inputs aside, have this digest.
    /// nil: under any.
    package var hasEntries: @Sendable (ActionID, _ withoutInputs: Digest?) -> Bool
    /// Whether the store holds these bytes.
    package var isStored: @Sendable (Content) -> Bool
    /// The newest observation in inputs with these contents.
    package var observation: @Sendable (Policy.ObservedColumn?, [(path: Path, content: Content)]) -> Observation
    /// Does two things of which neither depends on the other, at once where that is worth it; nil: nothing is judged
    /// before it is its turn.
    package var both: Both?

    package typealias Judging = @Sendable () -> [Assessment.Judgement]
    /// - Parameter count: how many actions the two are about.
    package typealias Both =
        @Sendable (_ count: Int, @escaping Judging, @escaping Judging) -> (
            [Assessment.Judgement], [Assessment.Judgement]
        )

    package init(
        members: @escaping @Sendable (ArtifactID) -> [Trace.Member]? = { _ in nil },
        recordedParts: @escaping @Sendable ([ActionID]) -> [PackedKeyParts] = { _ in [] },
        recordedPartsBeside: @escaping @Sendable (ActionID) -> (@Sendable () -> PackedKeyParts)? = { _ in nil },
        codeChanges: @escaping @Sendable (Digest, Digest) -> [CodeChange] = { _, _ in [] },
        sight: @escaping @Sendable (Path) -> Assessment.Sight = { _ in .nothing },
        entries: @escaping @Sendable ([Digest]) -> [[StoreEntry]] = { _ in [] },
        hasEntries: @escaping @Sendable (ActionID, Digest?) -> Bool = { _, _ in false },
        isStored: @escaping @Sendable (Content) -> Bool = { _ in false },
        observation: @escaping @Sendable (Policy.ObservedColumn?, [(path: Path, content: Content)]) -> Observation = {
            _, _ in .nothing
        },
        both: Both? = nil
    ) {
        self.members = members
        self.recordedParts = recordedParts
        self.recordedPartsBeside = recordedPartsBeside
        self.codeChanges = codeChanges
        self.sight = sight
        self.entries = entries
        self.hasEntries = hasEntries
        self.isStored = isStored
        self.observation = observation
        self.both = both
    }
}

/// The newest observation of an action's inputs.
package enum Observation: Hashable, Sendable {
    /// There is none: no rows, or none with a value.
    case nothing
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    case newest(Int64)
    /// A file that would say it is away, though its content is known.
    case away
    /// The rules name a column that is not there, or holds no instants.
    case flawed(path: Path, column: [UInt8], Flaw)

    package enum Flaw: Hashable, Sendable {
        case noColumn
        /// Its values carry no offset, so that they name no instants.
        case noZone
        /// Neither text with an offset nor a timestamp.
        case noInstants
        case unreadable(String)
    }
}
