import Artifact
import Planning

/// What happens in a run, as it happens: all that progress, summary and later pages know.
enum Event: Sendable {
    case runStarted(run: Int64, nowNanoseconds: Int64, targets: [String], parameters: [String])
    case compiling
    /// Parameters that were set as `yesterday`, `today` or `tomorrow`.
    case resolved([ResolvedDay])
    /// How many actions are taken as they are since they were not named.
    case unjudged(Int)
    case waitingForLock(holder: String)
    case recovered(completed: [Path], broken: [Path])
    case planned([Family])
    /// Actions whose outputs the rules read while planning, and that are not current.
    case reading([String])
    /// What is to be done before anything runs, and why: the causes from which most follows, first.
    case assessed(Outlook, causes: [Cause])
    /// Why actions ran, told when it is over.
    case caused(Cause)
    /// Actions that will run or be cut off from here on.
    case remaining(Int)
    case verdict(action: String, line: Int, reasons: [String])
    case actionStarted(action: String)
    case actionFinished(action: String, seconds: Double, cpuSeconds: Double, peakBytes: UInt64, missing: Int)
    /// Its outputs, or what was missing of them, came from the store.
    case actionRestored(action: String)
    case actionFailed(ActionFailure)
    /// An input changed while an action read it: the action's result does not count.
    case inputMoved(Path)
    case displaced(Path, to: Path)
    case warning(String)
    case summary(Summary)

    struct Family: Sendable {
        let rule: String
        let actions: Int
    }

    /// How many actions stand how.
    struct Outlook: Sendable, Hashable {
        var actions = 0
        var current = 0
        var certain = 0
        var undecided = 0
        var blocked = 0
        var skipped = 0
        /// By an existence policy, or edited and left so.
        var kept = 0
        var waiting = 0
        /// To be put back from the store.
        var restorable = 0

        var open: Int { certain + undecided + restorable }
    }

    /// A root cause, and how much it moved.
    struct Cause: Sendable, Hashable {
        /// As `RootCause.Class` names it.
        let kind: String
        let what: String
        /// Actions that have it as a reason of their own.
        var certain: Int
        /// Before a run: those that may follow. After it: those that did.
        var followed: Int
        var held: Int
        /// Names of some of those actions.
        var examples: [String]
    }

    struct ActionFailure: Sendable {
        let action: String
        let rule: String
        let place: Planning.Place
        let outputs: [Path]
        let what: String
        let seconds: Double
        /// The last lines of its log.
        let logLines: [String]
        let log: Path?
    }

    struct Summary: Sendable {
        var built = 0
        var cutOff = 0
        var current = 0
        var failed = 0
        var blocked = 0
        var restored = 0
        var skipped = 0
        var kept = 0
        var waiting = 0
        var degraded = 0
        var cancelled = 0
        var orphans = 0
        var seconds = 0.0
        var cpuSeconds = 0.0
        var peakBytes: UInt64 = 0
        var workersStarted = 0
        var filesHashed = 0
        var bytesHashed: UInt64 = 0
        var exitCode: Int32 = 0
    }
}
