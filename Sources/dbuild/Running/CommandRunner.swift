import Artifact
import Processes

/// Runs commands through persistent helpers: each in a process group of its own, in a directory that holds only its inputs.
final class CommandRunner: Sendable {
    private let helpers: Helpers
    private let disk: any Disk
    private let root: String
    private let threads: Threads
    private let sandbox: Sandbox?
    private let linker: InputLinker
    private let sharedLinks: SharedLinks

    init(
        helpers: Helpers, disk: any Disk, root: String, linker: InputLinker, threads: Threads, sandbox: Sandbox? = nil
    ) {
        self.linker = linker
        self.sandbox = sandbox
        sharedLinks = SharedLinks(disk, root: root)
        self.helpers = helpers
        self.disk = disk
        self.root = root
        self.threads = threads
    }

    /// Makes links to the inputs that have one each.
    func prepare(_ task: ActionTask, _ line: ActionTask.CommandLine) throws {
        try linker.link(task.linked(task.links?.single ?? line.inputs.map(\.path)), into: task.staging)
    }

    func run(_ task: ActionTask, _ line: ActionTask.CommandLine) async throws -> ActionReport {
        let wanted = task.links?.shared ?? []
        // Those that are one link each here.
        let shared =
            wanted.isEmpty ? [] : try await threads.run { [self] in try link(wanted, for: task) }
        let place = Array((root + "/").utf8)
        var request = ProcessRequest(
            program: Array(line.program.utf8), arguments: line.arguments, environment: line.variables,
            directory: place + task.staging.bytes)
        request.log = place + task.log.bytes
        request.limits = ProcessLimits(task.limits)
        if let sandbox { request = try await threads.run { [request] in try sandbox.confined(request, task, line) } }
        let result: Result<ProcessReport, any Error>
        do { result = .success(try await helpers.run(request)) } catch { result = .failure(error) }
        if case .success(let report) = result {
            let log = task.logPlace(in: root)
            guard report.logErrno == 0 else {
                throw SystemError(call: "write", subject: log, errno: report.logErrno)
            }
            if report.survivors > 0 {
                try await threads.run { try appendText(ActionLog.note(survivors: report.survivors), to: log) }
            }
        }
        var report = try ActionReport(result, task.limits)
        if case .success(let ended) = result {
            report.mayHaveLog = ended.loggedBytes > 0 || ended.droppedBytes > 0 || ended.survivors > 0
        }
        if let sandbox {
            let program = request.program
            report.denials = try await threads.run { try sandbox.denials(task, program: program) }
        }
        try await addDependencies(of: task, line, to: &report)
        if !shared.isEmpty {
            report.movedInput = try await threads.run { [sharedLinks] in
                // Each is given back, whatever has become of another one.
                let given = shared.map { wanted in Result { try sharedLinks.giveBack(wanted) } }
                return try given.compactMap { try $0.get() }.first
            }
        }
        return report
    }

    /// - Returns: directories that other actions may find, too.
    private func link(_ links: [InputLinks.Shared], for task: ActionTask) throws -> [InputLinks.Shared] {
        let staging = task.staging
        var shared: [InputLinks.Shared] = []
        for wanted in links {
            guard let place = try sharedLinks.take(wanted, for: task.name) else {
                try linker.link(wanted.paths, into: staging)
                continue
            }
            try disk.makeDirectory((staging / wanted.directory).directory)
            try lead(from: staging / wanted.directory, to: place)
            shared.append(wanted)
        }
        return shared
    }

    /// Makes a link to a directory of links, by the short way where both are found below the same directory: a program
    /// follows it once for each input (94,720 inputs: 0.06 s of 0.53, measured).
    private func lead(from link: Path, to place: Path) throws {
        let absolute = Array((root + "/").utf8) + place.bytes
        guard let wanted = try disk.stamp(place, followsLink: true) else {
            return try disk.makeLink(link, to: absolute)
        }
        try disk.makeLink(link, to: link.way(to: place))
        // A directory on the way up may lie elsewhere, and be found here through a link.
        let found = try? disk.stamp(link, followsLink: true)
        if let found, (found.device, found.inode) == (wanted.device, wanted.inode) { return }
        try disk.remove(link)
        try disk.makeLink(link, to: absolute)
    }

    /// What a program that ended well says to have read.
    func addDependencies(
        of task: ActionTask, _ line: ActionTask.CommandLine, to report: inout ActionReport
    ) async throws {
        guard report.ending == .succeeded, let file = line.dependencies else { return }
        let read = try await threads.run { [disk] () -> Result<DependencyFile, DependencyFile.Fault> in
            do throws(DependencyFile.Fault) {
                return .success(try DependencyFile(at: file, in: task.staging, disk))
            } catch { return .failure(error) }
        }
        switch read {
        case .success(let file):
            report.reads = file.prerequisites.map { Discovery.Read(path: $0, base: task.staging, wasThere: nil) }
        case .failure(let fault): report.ending = .dependencies(file, fault)
        }
    }
}

extension ActionTask.CommandLine {
    /// Its environment; of a name that stands there twice the first value counts.
    var variables: [[UInt8]: [UInt8]] {
        Dictionary(
            environment.map { (Array($0.name.utf8), Array($0.value.utf8)) }, uniquingKeysWith: { first, _ in first })
    }
}
