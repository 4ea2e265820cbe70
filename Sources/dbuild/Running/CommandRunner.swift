import Artifact
import Processes

/// Runs commands through persistent helpers: each in a session of its own, in a directory that holds only its inputs.
final class CommandRunner: Executor {
    private let pool: HelperPool
    private let disk: any Disk
    private let root: String
    private let threads: Threads

    init(slots: Int, helper: [UInt8], disk: any Disk, root: String, threads: Threads) throws {
        pool = try HelperPool(slots: slots, executable: helper)
        self.disk = disk
        self.root = root
        self.threads = threads
    }

    func run(_ batch: [ActionTask]) async throws -> [ActionReport] {
        var reports: [ActionReport] = []
        for task in batch { reports.append(try await run(task)) }
        return reports
    }

    private func run(_ task: ActionTask) async throws -> ActionReport {
        guard case .command(let line) = task.work else { throw ExecutorFailure.wrongKind(task.name) }
        let (disk, root) = (disk, root)
        try await threads.run { try Self.link(line.inputs, into: task.staging, disk, root) }
        let place = Array((root + "/").utf8)
        var request = ProcessRequest(
            program: Array(line.program.utf8), arguments: line.arguments,
            environment: Dictionary(
                line.environment.map { (Array($0.name.utf8), Array($0.value.utf8)) },
                uniquingKeysWith: { first, _ in first }),
            directory: place + task.staging.bytes)
        request.log = place + task.log.bytes
        do {
            let report = try await pool.run(request)
            // No memory, no more processes: that says nothing about the action, and must not be recorded as its failure.
            if case .notStarted(let step, let errno, _) = report.ending, step.isInfrastructure(errno: errno) {
                throw ExecutorFailure.helper("\(step): \(describe(errno: errno))")
            }
            let (ending, reads) = try await dependencies(of: task, line, behind: Self.ending(report))
            return ActionReport(
                ending: ending, wallSeconds: Double(report.wallNanoseconds) / 1e9,
                cpuSeconds: Double(report.userMicroseconds + report.systemMicroseconds) / 1e6,
                peakBytes: report.peakTreeBytes, reads: reads)
        } catch is CancellationError {
            return .cancelled
        } catch HelperFailure.helperDied {
            // Only this action is lost: the next one gets a new helper.
            return ActionReport(
                ending: .notStarted("its process helper was killed, and it with it"), wallSeconds: 0, cpuSeconds: 0,
                peakBytes: 0)
        } catch HelperFailure.invalidRequest(let flaw) {
            return ActionReport(
                ending: .notStarted("it cannot be started: \(flaw)"), wallSeconds: 0, cpuSeconds: 0, peakBytes: 0)
        } catch let failure as HelperFailure {
            throw ExecutorFailure.helper("\(failure)")
        }
    }

    /// What a program that ended well says to have read.
    private func dependencies(
        of task: ActionTask, _ line: ActionTask.CommandLine, behind ending: ActionReport.Ending
    ) async throws -> (ActionReport.Ending, [Discovery.Read]) {
        guard ending == .succeeded, let file = line.dependencies else { return (ending, []) }
        return try await threads.run { [disk] in
            do throws(DependencyFile.Fault) {
                let read = try DependencyFile(at: file, in: task.staging, disk).prerequisites
                return (ending, read.map { Discovery.Read(path: $0, base: task.staging, wasThere: nil) })
            } catch { return (.dependencies(file, error), []) }
        }
    }

    /// Declared inputs are symbolic links at their workspace-relative paths; a whole tree is one link.
    private static func link(_ inputs: [Path], into staging: Path, _ disk: any Disk, _ root: String) throws {
        for input in topmost(inputs) {
            try disk.makeDirectory((staging / input).directory)
            try disk.makeLink(staging / input, to: Array((root + "/").utf8) + input.bytes)
        }
    }

    /// Each path once, without what lies below another one: that is there through the other's link, and a link made
    /// below it would be made in the workspace.
    static func topmost(_ paths: [Path]) -> [Path] {
        var taken: Set<Path> = []
        // What a path lies below is a prefix of it, and so comes before it.
        return paths.sorted().filter { path in
            var above = path.directory
            while !above.bytes.isEmpty {
                if taken.contains(above) { return false }
                above = above.directory
            }
            return taken.insert(path).inserted
        }
    }

    private static func ending(_ report: ProcessReport) -> ActionReport.Ending {
        switch report.ending {
        case .exited(code: 0): .succeeded
        case .exited(let code): .exited(code)
        case .signalled(let signal): .signalled(signal)
        case .cancelled: .cancelled
        case .timedOut, .memoryLimit: .signalled(Signal.kill)
        case .notStarted(_, let errno, _): .notStarted(describe(errno: errno))
        }
    }

    func cancel() { pool.cancelAll() }
    func close() async { await pool.close() }
}
