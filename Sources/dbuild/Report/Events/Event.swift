import Artifact
import Planning

/// What happens in a run, as it happens: all that progress, summary, history and later pages know.
///
/// `docs/events.md` says how each is written down.
enum Event: Sendable, Hashable {
    /// The first line of what is written down.
    case format(version: Int)
    case runStarted(Run)
    case compiling
    /// Parameters that were set as `yesterday`, `today` or `tomorrow`, as `Notice.resolved` words them.
    case resolved([String])
    /// How many actions are taken as they are since they were not named.
    case unjudged(Int)
    case waitingForLock(holder: String)
    /// Another dbuild compiles the rules.
    case waitingForRules(holder: String)
    case recovered(completed: [Path], broken: [Path])
    case planned([Family])
    /// Actions whose outputs the rules read while planning, and that are not current.
    case reading([String])
    /// What is to be done before anything runs, and why: the causes from which most follows, first.
    case assessed(Outlook, causes: [Cause])
    case priced(Price)
    /// Why actions ran, told when it is over.
    case caused(Cause)
    /// Actions that will run or be cut off from here on.
    case remaining(Int)
    case verdict(Decision)
    case actionStarted(action: String, attempt: Int = 1, estimate: Estimate = Estimate())
    /// Its process is over; what is left is to collect and publish what it made.
    case actionRan(action: String)
    /// What runs, about once a second.
    case sample([Sample])
    case actionFinished(action: String, seconds: Double, cpuSeconds: Double, peakBytes: UInt64, missing: Int)
    /// Its outputs, or what was missing of them, came from the store.
    case actionRestored(action: String)
    /// It failed, and is tried again.
    case actionRetried(Retry)
    case actionFailed(ActionFailure)
    /// It was ended, or what it read changed meanwhile: its result does not count.
    case actionCancelled(action: String)
    /// An input changed while an action read it: the action's result does not count.
    case inputMoved(Path)
    case displaced(Path, to: Path)
    case warning(String)
    // What a run left behind it, told before its summary.
    case blocked(Blocked)
    case degraded(Degraded)
    case held(Held)
    case left(Left)
    /// A signal from outside ends the run.
    case interrupted(signal: String)
    case summary(Summary)
}

// MARK: - What they tell

extension Event {
    struct Run: Sendable, Hashable {
        var run: Int64
        /// The instant by which it judges, nanoseconds since 1970-01-01T00:00:00Z.
        var nowNanoseconds: Int64
        /// When it was by the clock of the wall as its time began, nanoseconds since 1970-01-01T00:00:00Z.
        var startedNanoseconds: Int64 = 0
        /// As they were named.
        var targets: [String]
        /// Only what had failed was wanted: of these targets, or, without any, of all.
        var isOfFailed = false
        var parameters: [String]
        var jobs = 1
        var host = ""
        var process: Int32 = 0
        /// When that process was started, in the kernel's ticks since it was: numbers of processes come again.
        var processStart: UInt64 = 0
        /// Of dbuild.
        var version = ""
    }

    struct Family: Sendable, Hashable {
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

        var open: Int { certain &+ undecided &+ restorable }
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

    /// What a run is thought to take.
    struct Price: Sendable, Hashable {
        /// By the clock, with as many at once as are allowed.
        var certainSeconds = 0.0
        /// The same, where all that is undecided is built.
        var mostSeconds = 0.0
        /// Of all that may run, one after another.
        var workSeconds = 0.0
        /// Memory held at once.
        var peakBytes: UInt64?
        /// Written to the disk.
        var diskBytes: UInt64?
        /// Actions that never ran, so that nothing is known of them.
        var neverRan = 0
    }

    /// A verdict, with why.
    struct Decision: Sendable, Hashable {
        var action: String
        /// Of the table of verdicts.
        var line: Int
        var reasons: [String] = []
        /// Where it begins that it is not current.
        var causes: [String] = []
        /// It was open when the run began: what others gave has decided it.
        var isLate = false
    }

    /// What is thought of an action before it runs, as far as earlier runs tell.
    struct Estimate: Sendable, Hashable {
        var seconds: Double?
        /// Memory at its peak.
        var bytes: UInt64?
        /// From its start to the end of the longest chain behind it.
        var remainingSeconds: Double?
    }

    /// An action that runs.
    struct Sample: Sendable, Hashable {
        var action: String
        var seconds: Double
        /// Memory that it holds, where that is known.
        var bytes: UInt64?
    }

    struct Retry: Sendable, Hashable {
        var action: String
        /// The one that failed, from 1.
        var attempt: Int
        var mostAttempts: Int
        var what: String
        var seconds: Double
        /// Until the next one.
        var pauseSeconds: Double
    }

    struct ActionFailure: Sendable, Hashable {
        let action: String
        let rule: String
        let place: Planning.Place
        let outputs: [Path]
        let what: String
        let seconds: Double
        /// The last lines of its log.
        var logLines: [String]
        let log: Path?
        /// As `FailureRecord.Category.name` names it; nil of what an earlier dbuild has written down.
        let category: String?
        let canRetry: Bool
        /// In this run, from 1.
        let attempt: Int
        /// How many its rule allows in a run.
        let mostAttempts: Int
        let peakBytes: UInt64
    }

    struct Summary: Sendable, Hashable {
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
        /// Not started, since the run was to start nothing more.
        var left = 0
        /// Attempts that failed and were followed by another one.
        var retried = 0
        var seconds = 0.0
        var cpuSeconds = 0.0
        var peakBytes: UInt64 = 0
        var workersStarted = 0
        var filesHashed = 0
        var bytesHashed: UInt64 = 0
        var exitCode: Int32 = 0
    }
}
