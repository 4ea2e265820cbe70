import Artifact
import Processes
import Rules

/// Runs recipes in a process of its own each, where a command would find the same: in a directory that mirrors the
/// workspace, with declared inputs as links and outputs at their own relative paths.
///
/// The request and the reply are files beside its directory for scratch.
final class OneShotRecipes: Sendable {
    /// The compiled rules, absolute.
    private let program: String
    private let helpers: Helpers
    private let disk: any Disk
    private let root: String
    private let linker: InputLinker
    private let threads: Threads
    private let sandbox: Sandbox?

    init(
        program: String, helpers: Helpers, disk: any Disk, root: String, linker: InputLinker, threads: Threads,
        sandbox: Sandbox?
    ) {
        self.linker = linker
        self.sandbox = sandbox
        self.program = program
        self.helpers = helpers
        self.disk = disk
        self.root = root
        self.threads = threads
    }

    /// What lies in the directory for scratch: the recipe's own one, empty, and what is said about it.
    private enum Place {
        static let scratch = ActionTask.scratch / Path("files")
        static let request = ActionTask.scratch / Path("request")
        static let reply = ActionTask.scratch / Path("reply")
    }

    func run(_ task: ActionTask, _ recipe: ActionTask.OneShot) async throws -> ActionReport {
        let request = try await threads.run { try self.prepare(task, recipe) }
        let result: Result<ProcessReport, any Error>
        do { result = .success(try await helpers.run(request)) } catch { result = .failure(error) }
        return try await threads.run { [result] in
            var report = try self.report(of: task, result)
            if let sandbox = self.sandbox { report.denials = try sandbox.denials(task, program: request.program) }
            return report
        }
    }

    private func prepare(_ task: ActionTask, _ recipe: ActionTask.OneShot) throws -> ProcessRequest {
        try write(task, recipe)
        var request = ProcessRequest(
            program, ["--run-action", "\(Place.request)", "\(Place.reply)"], environment: [:], directory: root)
        request.directory = Array((root + "/").utf8) + task.staging.bytes
        request.environment = BaseEnvironment.ofRules
        request.clearsUpItself = true
        request.log = Array(task.logPlace(in: root).utf8)
        request.limits = ProcessLimits(task.limits)
        return try sandbox.map { try $0.confined(request, task, recipe) } ?? request
    }

    private func write(_ task: ActionTask, _ recipe: ActionTask.OneShot) throws {
        try linker.link(task.linked(recipe.inputs.map(\.path)), into: task.staging)
        try disk.makeDirectory(task.staging / Place.scratch)
        let frame = WorkerRequest(
            type: recipe.type, recipe: recipe.fields, cpus: task.cpus, seed: task.seed,
            scratch: "\(Place.scratch)", missing: task.missing, workspace: root
        ).encode()
        let head = (0 ..< 4).map { UInt8(truncatingIfNeeded: frame.count >> (8 * $0)) }
        try disk.write(head + frame, to: task.staging / Place.request)
    }

    private func report(of task: ActionTask, _ result: Result<ProcessReport, any Error>) throws -> ActionReport {
        let reply = try takeReply(task)
        var report = try ActionReport(result, task.limits)
        if case .success(let process) = result {
            guard process.logErrno == 0 else {
                throw SystemError(call: "write", subject: task.logPlace(in: root), errno: process.logErrno)
            }
        }
        switch reply {
        case .some(.success(let reply)):
            // Whatever became of the process behind it: the action was over.
            report.ending = reply.failure.map { .threw($0, isRetryable: reply.isRetryable) } ?? .succeeded
            report.wallSeconds = Double(reply.nanoseconds) / 1e9
            report.cpuSeconds = Double(reply.cpuNanoseconds) / 1e9
            report.peakBytes = max(report.peakBytes, UInt64(clamping: reply.peakKilobytes) &* 1024)
            report.survivors += reply.survivors
            // What lies in its directory under the name of something in the workspace stands for that.
            report.reads =
                reply.found.map { Discovery.Read(path: Array($0.utf8), base: task.staging, wasThere: true) }
                + reply.absent.map { Discovery.Read(path: Array($0.utf8), base: task.staging, wasThere: false) }
        // It has written all of it before it ends by itself.
        case .some(.failure) where report.ending == .succeeded: report.ending = .noAnswer(.unreadable)
        // A recipe that leaves the process has not said that it went well.
        case nil where report.ending == .succeeded: report.ending = .exited(0)
        case nil, .some(.failure): break
        }
        if report.survivors > 0 {
            try appendText(ActionLog.note(survivors: report.survivors), to: task.logPlace(in: root))
        }
        return report
    }

    /// Nil where it has not come so far. With the request it is gone afterwards, and so is the directory for scratch where
    /// nothing was left in it.
    private func takeReply(_ task: ActionTask) throws -> Result<WorkerReply, WireError>? {
        let place = task.staging / Place.reply
        guard try disk.stamp(place, followsLink: false)?.type == .file else { return nil }
        let frame = try disk.read(place)
        for path in [place, task.staging / Place.request] { try disk.remove(path) }
        if try disk.names(in: task.staging / Place.scratch).isEmpty {
            try disk.removeDirectory(task.staging / Place.scratch)
        }
        do throws(WireError) { return .success(try WorkerReply(frame)) } catch { return .failure(error) }
    }
}
