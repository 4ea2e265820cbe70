import Artifact
private import Foundation
import Hashing
import Planning
import Synchronization

/// Where events go: into the run's file, and to whoever shows them.
final class EventLog: Sendable {
    private struct State {
        var file: Int32 = -1
        var run: Int64 = 0
        var progress: Progress
        var failure: SystemError?
    }

    private let state: Mutex<State>
    /// Of the lines in `events.jsonl`.
    private static let formatVersion = 2

    init(_ progress: Progress) { state = Mutex(State(progress: progress)) }

    /// From here on events are written to `.dbuild/runs/<run>/events.jsonl`.
    func open(run: Int64, _ workspace: Workspace, _ disk: any Disk) throws {
        try disk.makeDirectory(Path(".dbuild/runs/\(run)"))
        let path = workspace.state("runs/\(run)/events.jsonl")
        let file = try openForAppending(path)
        state.withLock { state in
            state.file = file
            state.run = run
        }
        append(EventRecord(event: "format", version: Self.formatVersion))
    }

    func say(_ event: Event) {
        append(EventRecord(event))
        state.withLock { $0.progress.show(event) }
    }

    /// Time has passed.
    func tick() { state.withLock { $0.progress.tick() } }

    func say(verdict assessment: Assessment, _ action: ActionID) {
        guard let verdict = assessment.verdicts[action.index] else { return }
        say(
            .verdict(
                action: assessment.plan.name(of: action), line: verdict.line,
                reasons: verdict.reasons.map { $0.inWords }))
    }

    /// - Returns: relative to the workspace.
    func logPath(of action: String) -> Path { Self.logPath(of: action, run: state.withLock { $0.run }) }

    /// - Returns: relative to the workspace.
    static func logPath(of action: String, run: Int64) -> Path {
        var name = action.utf8.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 }
        // A name of a file has 255 bytes at most, and two actions must not share one.
        if name.count > 200 || name != Array(action.utf8) {
            name = name.prefix(180) + Array("-\(XXH3.digest(Array(action.utf8)))".utf8.prefix(17))
        }
        return Path(".dbuild/logs/\(run)") / Path(name + Array(".log".utf8))
    }

    private func append(_ record: EventRecord) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(record) else { return }
        state.withLock { state in
            guard state.file >= 0, state.failure == nil else { return }
            do { try writeAll([UInt8](data) + [0x0A], to: state.file, named: "events.jsonl") } catch {
                // A run goes on without its protocol, and says so once.
                state.failure = error as? SystemError
                state.progress.show(.warning("events are no longer recorded: \(error.inWords)"))
            }
        }
    }
}

/// A line of `events.jsonl`.
private struct EventRecord: Encodable {
    var event: String
    var version: Int?
    var action: String?
    var actions: Int?
    var what: String?
    var line: Int?
    var reasons: [String]?
    var paths: [String]?
    var run: Int64?
    var now: Int64?
    var targets: [String]?
    var parameters: [String]?
    var seconds: Double?
    var cpuSeconds: Double?
    var peakBytes: UInt64?
    var missing: Int?
    /// Of a cause: what kind of thing changed.
    var kind: String?
    var examples: [String]?
    var followed: Int?
    var held: Int?
    var restorable: Int?
    var restored: Int?
    var kept: Int?
    var waiting: Int?
    var skipped: Int?
    var certain: Int?
    var undecided: Int?
    var current: Int?
    var blocked: Int?
    var built: Int?
    var cutOff: Int?
    var failed: Int?
    var degraded: Int?
    var cancelled: Int?
    var orphans: Int?
    var workers: Int?
    var filesHashed: Int?
    var bytesHashed: UInt64?
    var exit: Int32?

    init(event: String, version: Int? = nil) {
        self.event = event
        self.version = version
    }

    init(_ event: Event) {
        switch event {
        case .runStarted(let run, let now, let targets, let parameters):
            self.event = "run"
            (self.run, self.now, self.targets, self.parameters) = (run, now, targets, parameters)
        case .compiling: self.event = "compiling"
        case .resolved(let resolved):
            self.event = "resolved"
            parameters = resolved.map { Notice.resolved($0) }
        case .unjudged(let count):
            self.event = "unjudged"
            actions = count
        case .waitingForLock(let holder):
            self.event = "waiting"
            what = holder
        case .recovered(let completed, let broken):
            self.event = "recovered"
            paths = (completed + broken).map { "\($0)" }
            failed = broken.count
        case .planned(let families):
            self.event = "plan"
            actions = families.reduce(0) { $0 + $1.actions }
        case .reading(let actions):
            self.event = "reading"
            paths = actions
        case .assessed(let outlook, _):
            self.event = "assessed"
            (actions, current, certain) = (outlook.actions, outlook.current, outlook.certain)
            (undecided, blocked, restorable) = (outlook.undecided, outlook.blocked, outlook.restorable)
            (kept, waiting, skipped) = (outlook.kept, outlook.waiting, outlook.skipped)
        case .caused(let cause):
            self.event = "cause"
            (kind, what, certain) = (cause.kind, cause.what, cause.certain)
            (followed, held, examples) = (cause.followed, cause.held, cause.examples)
        case .remaining(let count):
            self.event = "remaining"
            actions = count
        case .verdict(let action, let line, let reasons):
            self.event = "verdict"
            (self.action, self.line, self.reasons) = (action, line, reasons)
        case .actionStarted(let action):
            self.event = "start"
            self.action = action
        case .actionFinished(let action, let seconds, let cpuSeconds, let peakBytes, let missing):
            self.event = "finish"
            (self.action, self.seconds, self.cpuSeconds) = (action, seconds, cpuSeconds)
            (self.peakBytes, self.missing) = (peakBytes, missing)
        case .actionRestored(let action):
            self.event = "restore"
            self.action = action
        case .actionFailed(let failure):
            self.event = "failure"
            (action, what, seconds) = (failure.action, failure.what, failure.seconds)
            paths = failure.outputs.map { "\($0)" }
        case .inputMoved(let path):
            self.event = "moved"
            paths = ["\(path)"]
        case .displaced(let path, let target):
            self.event = "displaced"
            paths = ["\(path)", "\(target)"]
        case .warning(let text):
            self.event = "warning"
            what = text
        case .summary(let summary):
            self.event = "summary"
            (built, cutOff, current, failed) = (summary.built, summary.cutOff, summary.current, summary.failed)
            (blocked, degraded, cancelled) = (summary.blocked, summary.degraded, summary.cancelled)
            (orphans, seconds, cpuSeconds) = (summary.orphans, summary.seconds, summary.cpuSeconds)
            (peakBytes, workers, exit) = (summary.peakBytes, summary.workersStarted, summary.exitCode)
            (filesHashed, bytesHashed) = (summary.filesHashed, summary.bytesHashed)
            (restored, kept, waiting) = (summary.restored, summary.kept, summary.waiting)
            skipped = summary.skipped
        }
    }
}
