import Artifact
import Planning

extension ActionReport.Ending {
    /// What kind of failure it is; nil where it is none.
    var category: FailureRecord.Category? {
        switch self {
        case .succeeded, .cancelled, .inputMoved: nil
        case .threw: .thrown
        case .exited: .exited
        case .signalled(let signal): Signal.isOwnFault(signal) ? .crashed : .killed
        case .timedOut: .timedOut
        case .outOfMemory: .outOfMemory
        case .notStarted: .notStarted
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
        case .signalled: category == .killed
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

extension Event.ActionFailure {
    /// - Parameter report: of the attempt that failed.
    func record(_ report: ActionReport, rule: [UInt8], run: Int64) -> FailureRecord {
        FailureRecord(
            action: action, rule: rule, run: run, category: report.ending.category ?? .outputs, reason: what,
            canRetry: report.ending.canRetry(ofTimeouts: true), attempt: 1, seconds: seconds,
            peakBytes: report.peakBytes, log: log ?? Path([UInt8]()))
    }
}
