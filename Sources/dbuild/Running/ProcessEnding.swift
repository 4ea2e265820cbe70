import Processes

extension ActionReport {
    static let cancelled = ActionReport(ending: .cancelled, wallSeconds: 0, cpuSeconds: 0, peakBytes: 0)

    static func notStarted(_ why: String) -> ActionReport {
        ActionReport(ending: .notStarted(why), wallSeconds: 0, cpuSeconds: 0, peakBytes: 0)
    }

    /// Of an action whose process has ended.
    ///
    /// - Parameters:
    ///   - limits: what it was ended for, if it was.
    ///   - wallSeconds: nil: as long as the process has lived.
    /// - Throws: `ExecutorFailure` where this says nothing about the action.
    init(
        _ result: Result<ProcessReport, any Error>, _ limits: ActionTask.Limits, wallSeconds: Double? = nil
    ) throws(ExecutorFailure) {
        switch result {
        case .success(let report):
            self.init(
                ending: try Ending(report, limits), wallSeconds: wallSeconds ?? Double(report.wallNanoseconds) / 1e9,
                cpuSeconds: Double(report.userMicroseconds + report.systemMicroseconds) / 1e6,
                peakBytes: max(report.peakTreeBytes, report.peakProcessBytes), survivors: report.survivors)
        case .failure(is CancellationError): self = .cancelled
        // It has ended by itself, for want of something: wait(2), no signal.
        case .failure(HelperFailure.helperDied(let status, _)) where status & 0x7F == 0: throw .starved
        // Only this action is lost: the next one gets a new helper.
        case .failure(HelperFailure.helperDied):
            self.init(ending: .helperKilled, wallSeconds: wallSeconds ?? 0, cpuSeconds: 0, peakBytes: 0)
        case .failure(HelperFailure.invalidRequest(let flaw)): self = .notStarted("it cannot be started: \(flaw)")
        case .failure(let failure as HelperFailure): throw ExecutorFailure.helper(failure.inWords)
        case .failure(let failure): throw ExecutorFailure.helper("\(failure)")
        }
    }
}

extension ActionReport.Ending {
    fileprivate init(_ report: ProcessReport, _ limits: ActionTask.Limits) throws(ExecutorFailure) {
        switch report.ending {
        case .exited(code: 0): self = .succeeded
        case .exited(let code): self = .exited(code)
        case .signalled(let signal): self = .signalled(signal)
        case .cancelled: self = .cancelled
        case .timedOut: self = .timedOut(limitSeconds: limits.timeoutSeconds ?? 0)
        case .memoryLimit: self = .outOfMemory(limitBytes: limits.memoryBytes ?? 0)
        case .notStarted(let step, let errno, _):
            // No memory, no more processes: that must not be recorded as the action's failure.
            if step.isInfrastructure(errno: errno) {
                throw ExecutorFailure.helper("\(step): \(describe(errno: errno))")
            }
            self = .notStarted((step.isOfSandbox ? "its sandbox cannot be made: " : "") + describe(errno: errno))
        }
    }
}

extension ProcessReport.Step {
    /// What is to be allowed is gone, as an input that somebody removed; or the kernel will not.
    fileprivate var isOfSandbox: Bool { [.landlockUnavailable, .landlockRule, .landlock].contains(self) }
}

/// The machinery failed, which says nothing about the action.
enum ExecutorFailure: Error {
    case helper(String)
    /// Not even a worker could begin.
    case starved
    case noReport(action: String)
}
