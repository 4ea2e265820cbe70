package import Artifact
package import Hashing

/// What is remembered of a plan's artifacts and actions, as whole arrays by number: all that a null build reads.
///
/// It comes from the state database; a mapped file that the database confirms could stand in for it.
package struct Snapshot: Sendable {
    /// By artifact: what was seen there last, with the stamps under which that holds.
    package var census: [Census?]
    /// By artifact: what the recorded trace of its maker published there; of a tree's member, what the tree held.
    package var published: [Content?]
    /// By action: the key of its recorded trace; nil if there is none for its outputs.
    package var keys: [Digest?]
    /// By action: how long it took, 0 where nobody knows.
    package var durationSeconds: [Double]
    /// By action: how much memory it held at most, 0 where nobody knows.
    package var peakBytes: [UInt64]
    /// By action: how much it read, 0 where nobody knows.
    package var inputBytes: [UInt64]
    /// By action: how much memory it held when it was ended for want of more, if it has not been built since.
    package var lackedAtBytes: [ActionID: UInt64]
    /// By action: the run in which it failed last, if it has not been built since.
    package var failedRun: [Int64?]
    /// By action: the instant of the run that built it, nanoseconds since 1970-01-01T00:00:00Z; nil if no trace is recorded.
    package var builtAtNanoseconds: [Int64?]
    /// By action: the instant of the first run that found it not current, if it has not been built since.
    package var staleSinceNanoseconds: [Int64?]
    /// By action: what it looked at undeclared when it was built.
    package var discovered: [ActionID: [Discovered]]
    /// Actions of which a crash left a mix that could not be completed: whatever lies there is nothing whole.
    package var broken: Set<ActionID>
    /// Actions whose outputs somebody else had made, and that were recorded as they were.
    package var adopted: Set<ActionID>
    /// By action: which inputs its last result was without.
    package var missing: [ActionID: [Path]]
    /// By artifact, trees only: what the recorded trace says is in it.
    package var publishedMembers: [ArtifactID: [Trace.Member]]

    package init(_ plan: Plan) {
        census = Array(repeating: nil, count: plan.artifactCount)
        published = Array(repeating: nil, count: plan.artifactCount)
        keys = Array(repeating: nil, count: plan.actionCount)
        durationSeconds = Array(repeating: 0, count: plan.actionCount)
        peakBytes = Array(repeating: 0, count: plan.actionCount)
        inputBytes = Array(repeating: 0, count: plan.actionCount)
        lackedAtBytes = [:]
        failedRun = Array(repeating: nil, count: plan.actionCount)
        builtAtNanoseconds = Array(repeating: nil, count: plan.actionCount)
        staleSinceNanoseconds = Array(repeating: nil, count: plan.actionCount)
        discovered = [:]
        adopted = []
        broken = []
        missing = [:]
        publishedMembers = [:]
    }
}
