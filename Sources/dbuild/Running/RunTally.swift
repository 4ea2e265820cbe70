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
    var retried = 0
    var failures: [Event.ActionFailure] = []
    /// By the rule's name: how many actions wrote what they do not declare, and some of it.
    var undeclared: [String: (count: Int, example: Path)] = [:]
    var cpuSeconds = 0.0
    var peakBytes: UInt64 = 0
    /// What depended on others before anything ran.
    var undecided: Set<Digest> = []
    var stoppedBy: (any Error)?
    /// Why nothing more is started.
    var halt: Halt?
    /// Inputs that changed twice while they were read.
    var moved: Set<Path> = []
    var causes = CauseTally()
    /// As it was said before anything ran, where it was worth a line.
    var price: Event.Price?

    mutating func add(_ outcome: Builder.Outcome) {
        built.formUnion(outcome.built)
        failed.formUnion(outcome.failed)
        restored.formUnion(outcome.restored)
        cancelled += outcome.cancelled
        retried += outcome.retried
        failures += outcome.failures
        for (rule, entry) in outcome.undeclared {
            let name = printable(outcome.assessment.plan.rules[rule.index].name)
            undeclared[name, default: (0, entry.example)].count += entry.count
        }
        cpuSeconds += outcome.cpuSeconds
        peakBytes = max(peakBytes, outcome.peakBytes)
        stoppedBy = stoppedBy ?? outcome.stoppedBy
        halt = halt ?? outcome.halt
    }
}
