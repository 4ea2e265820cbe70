import Artifact
import Processes

/// A process that runs many actions, and where it writes what belongs into their logs.
final class StayingWorker: Sendable {
    let process: StayingProcess
    /// By which its process can be told from others.
    let number: Int
    private let output: WorkerOutput
    private let logLimitBytes: UInt64

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

    /// Lifts them, now that the action is over.
    ///
    /// - Returns: whether it can be used on.
    func unlimit(_ limits: ActionTask.Limits) -> Bool {
        limits == ActionTask.Limits() || process.unlimit() != nil
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
    func moveOutput(to log: String, saying text: String = "", survivors: Int = 0) throws {
        let note = text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
        try output.move(
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
