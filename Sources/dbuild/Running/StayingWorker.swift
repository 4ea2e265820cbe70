import Artifact
import Processes
import Synchronization

/// A process that runs many actions, and where it writes what belongs into their logs.
final class StayingWorker: Sendable {
    let process: StayingProcess
    /// By which its process can be told from others.
    let number: Int
    private let output: WorkerOutput
    private let logLimitBytes: UInt64
    /// Microseconds of cpu that actions have been told of.
    private let counted = Mutex<UInt64>(0)
    private static let patienceMilliseconds = 5000

    /// - Parameter log: of the first action; what it writes lies in the same directory, without a name.
    init(_ request: ProcessRequest, number: Int, helpers: Helpers, log: String) throws {
        self.number = number
        output = try WorkerOutput(beside: log)
        logLimitBytes = request.logLimitBytes
        process = try helpers.start(request, errors: output.file)
    }

    /// Whether it has ended while it had nothing to do, as where memory is short: no action's fault.
    var hasEnded: Bool { process.ending != nil }

    /// What counts for the next action.
    func limit(_ limits: ActionTask.Limits) {
        if limits != ActionTask.Limits() { process.limit(ProcessLimits(limits)) }
    }

    /// As `limit`; and from now on its memory is measured, which `unlimit` of the process then tells.
    func measure(_ limits: ActionTask.Limits) { process.limit(ProcessLimits(limits)) }

    /// What an action has used, with all processes that it started.
    struct Use {
        var cpuSeconds = 0.0
        var peakBytes: UInt64 = 0
    }

    /// Lifts the limits, now that the action is over.
    ///
    /// - Returns: what was used since the last call; nil where it has ended.
    func unlimit() -> Use? {
        guard let use = process.unlimit() else { return nil }
        return Use(cpuSeconds: takeCPUSeconds(upTo: use.cpuMicroseconds), peakBytes: use.peakBytes)
    }

    /// Each second counts once: what it does between two actions, and before the first, belongs to the next one.
    ///
    /// - Parameter microseconds: since its start.
    func takeCPUSeconds(upTo microseconds: UInt64) -> Double {
        let since = counted.withLock { counted in
            defer { counted = max(counted, microseconds) }
            return microseconds - min(counted, microseconds)
        }
        return Double(since) / 1e6
    }

    /// Waits for its end, which is to follow that of its answers soon; one that goes on is ended.
    ///
    /// - Returns: nil where it went on.
    func endingAfterAnswers() -> Result<ProcessReport, any Error>? {
        if let result = process.wait(milliseconds: Self.patienceMilliseconds) { return result }
        process.cancel()
        process.cancel()
        let result = process.wait()
        if case .success(let report) = result, case .cancelled = report.ending { return nil }
        return result
    }

    /// Ends it at once, and waits.
    func end() {
        process.cancel()
        process.cancel()
        _ = process.wait()
    }

    /// Puts what it wrote since the last call into the log of the action that it ran.
    ///
    /// - Parameters:
    ///   - text: what follows it.
    ///   - survivors: how many processes the action left running; they are gone.
    /// - Returns: whether there was anything.
    @discardableResult
    func moveOutput(to log: String, saying text: String = "", survivors: Int = 0) throws -> Bool {
        let note = text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
        return try output.move(
            to: log, limitBytes: Int(clamping: logLimitBytes), note: note + ActionLog.note(survivors: survivors))
    }
}

extension ProcessLimits {
    init(_ limits: ActionTask.Limits) {
        self.init(
            timeoutMilliseconds: limits.timeoutSeconds.map { UInt64(($0 * 1000).rounded(.up).clamped(to: 1 ... 1e15)) },
            memoryBytes: limits.memoryBytes)
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}

/// What dbuild itself writes into logs.
enum ActionLog {
    static func note(survivors: Int) -> String {
        switch survivors {
        case 0: ""
        case 1: "[dbuild: a process that it left running was ended]\n"
        default: "[dbuild: \(survivors) processes that it left running were ended]\n"
        }
    }
}
