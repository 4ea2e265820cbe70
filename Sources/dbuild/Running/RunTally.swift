import Artifact
import Hashing
import Planning

/// What the runs of all phases came to.
struct RunTally {
    var built: Set<Digest> = []
    var failed: Set<Digest> = []
    /// Put back from the store: as a verdict, or because their bytes were needed.
    var restored: Set<Digest> = []
    var cancelled = 0
    var cpuSeconds = 0.0
    var peakBytes: UInt64 = 0
    /// What depended on others before anything ran.
    var undecided: Set<Digest> = []
    var stoppedBy: (any Error)?
    /// Inputs that changed twice while they were read.
    var moved: Set<Path> = []
    var causes = CauseTally()

    mutating func add(_ outcome: Builder.Outcome) {
        built.formUnion(outcome.built)
        failed.formUnion(outcome.failed)
        restored.formUnion(outcome.restored)
        cancelled += outcome.cancelled
        cpuSeconds += outcome.cpuSeconds
        peakBytes = max(peakBytes, outcome.peakBytes)
        stoppedBy = stoppedBy ?? outcome.stoppedBy
    }
}
