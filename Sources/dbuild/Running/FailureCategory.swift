import Artifact
import Planning

extension ActionReport.Ending {
    /// What kind of failure it is; nil where it is none.
    var category: FailureRecord.Category? {
        switch self {
        case .succeeded, .cancelled, .inputMoved: nil
        case .threw: .thrown
        case .exited: .exited
        case .helperKilled: .killed
        case .signalled(let signal): Signal.isOwnFault(signal) ? .crashed : .killed
        case .timedOut: .timedOut
        case .outOfMemory: .outOfMemory
        case .notStarted: .notStarted
        case .misspoke, .noAnswer: .outputs
        case .dependencies: .outputs
        }
    }

    /// Whether it may go well another time, though nothing has changed.
    ///
    /// - Parameter ofTimeouts: whether what took too long may be quicker.
    func canRetry(ofTimeouts: Bool) -> Bool {
        switch self {
        case .threw(_, let isRetryable): isRetryable
        case .exited(let code): code == Self.temporaryFailure
        case .signalled, .helperKilled: category == .killed
        case .timedOut: ofTimeouts
        default: false
        }
    }

    /// `EX_TEMPFAIL` of sysexits.h.
    private static let temporaryFailure: Int32 = 75
}

extension ActionTask.Limits {
    init(_ running: Running) {
        timeoutSeconds = running.timeoutNanoseconds.map { Double($0) / 1e9 }
        memoryBytes = running.memoryLimitBytes.map { UInt64(clamping: $0) }
    }
}

extension FailureRecord.Category {
    /// For programs.
    var name: String {
        switch self {
        case .thrown: "thrown"
        case .exited: "exited"
        case .crashed: "crashed"
        case .killed: "killed"
        case .timedOut: "timedOut"
        case .outOfMemory: "outOfMemory"
        case .notStarted: "notStarted"
        case .outputs: "outputs"
        }
    }
}

extension Event.ActionFailure {
    /// - Parameters:
    ///   - what: what went wrong, in words.
    ///   - report: of the attempt that failed.
    init(
        _ action: ActionID, _ plan: Plan, attempt: Int, what: String, _ report: ActionReport,
        logLines: [String] = [], log: Path? = nil
    ) {
        let rule = plan.rule(of: action)
        let retries = rule.running.retries
        self.init(
            action: plan.name(of: action), rule: printable(rule.name), place: rule.place,
            outputs: plan.outputs(of: action).map { plan.path(of: $0.artifact) }, what: what,
            seconds: report.wallSeconds, logLines: logLines, log: log,
            category: (report.ending.category ?? .outputs).name,
            canRetry: report.ending.canRetry(ofTimeouts: retries?.ofTimeouts ?? false), attempt: attempt,
            mostAttempts: 1 + (retries?.most ?? 0), peakBytes: report.peakBytes)
    }

}

extension Finished {
    /// How it failed, to be remembered; nil where it did not.
    func record(rule: [UInt8], run: Int64) -> FailureRecord? {
        guard let failure else { return nil }
        return FailureRecord(
            action: failure.action, rule: rule, run: run, category: report.ending.category ?? .outputs,
            reason: failure.what, canRetry: failure.canRetry, attempt: failure.attempt, seconds: failure.seconds,
            peakBytes: failure.peakBytes, log: failure.log ?? Path([UInt8]()))
    }
}
