import Artifact
import Hashing
import Planning

/// What became of actions: of those of one request, or of a whole run.
struct Results: Sendable {
    var built: Set<Digest> = []
    var failed: Set<Digest> = []
    /// Put back from the store: as a verdict, or because their bytes were needed.
    var restored: Set<Digest> = []
    var cancelled = 0
    var retried = 0
    /// The first in full, of the others all but their logs.
    var failures: [Event.ActionFailure] = []
    /// By the rule's name: how many actions wrote what they do not declare, and some of it.
    var undeclared: [String: (count: Int, example: Path)] = [:]
    /// By the rule's name: what a sandbox denied to how many actions that ended well.
    var denied: [String: [Denied: Int]] = [:]
    var cpuSeconds = 0.0
    var peakBytes: UInt64 = 0
    /// The machinery or the disk failed: nothing more is started.
    var stoppedBy: (any Error)?
    /// Why nothing more is started.
    var halt: Halt?

    /// Takes what came later; why the run ended is what ended it first.
    mutating func add(_ later: Results) {
        built.formUnion(later.built)
        failed.formUnion(later.failed)
        restored.formUnion(later.restored)
        cancelled += later.cancelled
        retried += later.retried
        failures += later.failures
        for (rule, entry) in later.undeclared { undeclared[rule, default: (0, entry.example)].count += entry.count }
        for (rule, counts) in later.denied { denied[rule, default: [:]].merge(counts, uniquingKeysWith: +) }
        cpuSeconds += later.cpuSeconds
        peakBytes = max(peakBytes, later.peakBytes)
        stoppedBy = stoppedBy ?? later.stoppedBy
        halt = halt ?? later.halt
    }
}
