import Artifact
import Processes
import Rules
import Synchronization

/// Runs actions in users' own programs that stay alive: one request at a time each, over JSON lines (docs/workers.md).
final class ToolWorkers: Sendable {
    /// Programs of which one can serve the other's actions.
    private struct Kind: Hashable {
        let program: String
        let content: Content?
        let arguments: [[UInt8]]
        let inputs: [ActionTask.Input]
        let environment: [[UInt8]: [UInt8]]
    }

    private struct Tool: Sendable {
        let kind: Kind
        let worker: StayingWorker
        /// Relative to the workspace.
        let directory: Path
    }

    private struct State {
        /// The least recently used first.
        var idle: [Tool] = []
        var startedCount = 0
        var requestCount = 0
    }

    private let state = Mutex(State())
    private let helpers: Helpers
    private let commands: CommandRunner
    private let linker: InputLinker
    private let disk: any Disk
    private let root: String
    private let threads: Threads
    private let memory: RunningMemory
    /// In one each program serves one action only: it is not lifted again.
    private let sandbox: Sandbox?
    /// As many as may run at once: others are for programs that are not needed now.
    private let mostIdle: Int
    /// Start-up clears away what a killed run leaves there.
    private static let directories = Path(".dbuild/staging/workers")
    private static let patienceMilliseconds: UInt64 = 5000
    private static let longestLineBytes = 16 << 20

    init(
        helpers: Helpers, commands: CommandRunner, disk: any Disk, root: String, linker: InputLinker,
        threads: Threads, memory: RunningMemory, sandbox: Sandbox? = nil
    ) {
        self.linker = linker
        self.sandbox = sandbox
        self.memory = memory
        self.helpers = helpers
        self.commands = commands
        self.disk = disk
        self.root = root
        self.threads = threads
        mostIdle = helpers.jobs
    }

    /// How many programs have been started.
    var startedCount: Int { state.withLock { $0.startedCount } }

    func run(
        _ task: ActionTask, _ line: ActionTask.CommandLine, by program: ActionTask.StayingProgram
    ) async throws -> ActionReport {
        var report = try await threads.run { [self] in
            var report = try run(task, line, program)
            if let sandbox { report.denials = try sandbox.denials(task, program: Array(line.program.utf8)) }
            return report
        }
        try await commands.addDependencies(of: task, line, to: &report)
        return report
    }

    private func run(
        _ task: ActionTask, _ line: ActionTask.CommandLine, _ program: ActionTask.StayingProgram
    ) throws -> ActionReport {
        try linker.link(task.linked(task.work.links ?? []), into: task.staging)
        let number = state.withLock { state in
            state.requestCount += 1
            return state.requestCount
        }
        let request = WorkRequest(
            requestID: number, arguments: line.arguments, inputs: program.inputs + line.inputs,
            sandboxDirectory: root + "/\(task.staging)")
        let text: [UInt8]
        do { text = try request.line() } catch let flaw as WorkRequest.NotText {
            return .notStarted("`\(printable(flaw.bytes))` is no text, which a worker's request must be")
        }
        let start = Clock.monotonicNanoseconds
        while !helpers.isCancelled {
            let (tool, isReused) = try take(line, program, for: task)
            tool.worker.measure(task.limits)
            do {
                try writeAll(text, to: tool.worker.process.input, named: Self.name(tool))
            } catch {
                // A used one may have ended idle; nobody has read all of the request.
                guard isReused else { return try lost(tool, task, since: start) }
                tool.worker.end()
                _ = try finish(tool)
                continue
            }
            return try memory.during(.directory(tool.directory), task.name) {
                try report(of: tool, task, number, since: start)
            }
        }
        return .cancelled
    }

    private func report(
        of tool: Tool, _ task: ActionTask, _ number: Int, since start: UInt64
    ) throws -> ActionReport {
        let response: WorkResponse
        switch Self.response(of: tool.worker, to: number) {
        case .success(let given): response = given
        case .failure(.noResponse): return try lost(tool, task, since: start)
        case .failure(let flaw):
            tool.worker.end()
            try tool.worker.moveOutput(to: task.logPlace(in: root))
            return try misspoke(tool, flaw, finish(tool), since: start)
        }
        let use: StayingWorker.Use
        let measured = tool.worker.unlimit()
        try tool.worker.moveOutput(to: task.logPlace(in: root), saying: response.output)
        if let measured {
            use = measured
            try give(back: tool)
        } else {
            use = StayingWorker.Use(cpuSeconds: cpuSeconds(of: tool, try finish(tool)))
        }
        return ActionReport(
            ending: response.exitCode == 0 ? .succeeded : .exited(response.exitCode),
            wallSeconds: Self.seconds(since: start), cpuSeconds: use.cpuSeconds, peakBytes: use.peakBytes)
    }

    private static func response(of worker: StayingWorker, to number: Int) -> Result<WorkResponse, WorkResponse.Flaw> {
        do throws(LineTooLong) {
            guard let (line, rest) = try readLine(from: worker.process.output, mostBytes: longestLineBytes) else {
                return .failure(.noResponse)
            }
            do throws(WorkResponse.Flaw) {
                let response = try WorkResponse(line, to: number)
                if rest.isEmpty { return .success(response) }
                let next = rest.prefix { $0 != UInt8(ascii: "\n") }
                return .failure(.moreThanOneLine(lastLines(Array(next), count: 1).last ?? ""))
            } catch { return .failure(error) }
        } catch { return .failure(.tooLong) }
    }

    /// It gives no response any more, because it has ended, or although it has not.
    private func lost(_ tool: Tool, _ task: ActionTask, since start: UInt64) throws -> ActionReport {
        tool.worker.process.endInput()
        let result = tool.worker.endingAfterAnswers()
        try tool.worker.moveOutput(to: task.logPlace(in: root), survivors: (try? result?.get())?.survivors ?? 0)
        let end = try finish(tool)
        guard let result else {
            return helpers.isCancelled ? .cancelled : misspoke(tool, .closed, end, since: start)
        }
        var report = try ActionReport(result, task.limits, wallSeconds: Self.seconds(since: start))
        if report.ending == .succeeded { return misspoke(tool, .noResponse, end, since: start) }
        report.cpuSeconds = cpuSeconds(of: tool, end)
        return report
    }

    private func misspoke(
        _ tool: Tool, _ flaw: WorkResponse.Flaw, _ end: Result<ProcessReport, any Error>, since start: UInt64
    ) -> ActionReport {
        ActionReport(
            ending: .misspoke(program: Self.name(tool), flaw), wallSeconds: Self.seconds(since: start),
            cpuSeconds: cpuSeconds(of: tool, end), peakBytes: (try? end.get())?.peakTreeBytes ?? 0)
    }

    /// Of the action that it ran at its end.
    private func cpuSeconds(of tool: Tool, _ end: Result<ProcessReport, any Error>) -> Double {
        (try? end.get()).map { tool.worker.takeCPUSeconds(upTo: $0.cpuMicroseconds) } ?? 0
    }

    // MARK: - Programs

    private func take(
        _ line: ActionTask.CommandLine, _ program: ActionTask.StayingProgram, for task: ActionTask
    ) throws -> (tool: Tool, isReused: Bool) {
        // Home and temporary files are its own: they outlive an action.
        var environment = line.variables
        for name in ["HOME", "TMPDIR"] { environment[Array(name.utf8)] = nil }
        let kind = Kind(
            program: line.program, content: program.content, arguments: program.arguments, inputs: program.inputs,
            environment: environment)
        while let idle = take(kind) {
            // What speaks without being asked would be taken for an answer.
            if !idle.worker.hasEnded, !hasInput(idle.worker.process.output) { return (idle, true) }
            idle.worker.end()
            _ = try finish(idle)
        }
        let number = state.withLock { state in
            state.startedCount += 1
            return state.startedCount
        }
        let directory = Self.directories / Path("\(number)")
        let home = directory / Path(".dbuild-scratch")
        try disk.makeDirectory(home)
        try linker.link(program.inputs.map(\.path), into: directory)
        let place = Array((root + "/").utf8)
        for name in ["HOME", "TMPDIR"] { environment[Array(name.utf8)] = place + home.bytes }
        var request = ProcessRequest(
            program: Array(line.program.utf8),
            arguments: program.arguments + [Array("--persistent_worker".utf8)], environment: environment,
            directory: place + directory.bytes)
        if let sandbox {
            request = try sandbox.confined(
                request, task,
                Sandbox.Reach(
                    inputs: program.inputs + line.inputs, discovers: line.dependencies != nil,
                    writable: [directory, task.staging]))
        }
        let worker = try StayingWorker(request, number: number, helpers: helpers, log: task.logPlace(in: root))
        return (Tool(kind: kind, worker: worker, directory: directory), false)
    }

    private func take(_ kind: Kind) -> Tool? {
        state.withLock { state in
            state.idle.lastIndex { $0.kind == kind }.map { state.idle.remove(at: $0) }
        }
    }

    private func give(back tool: Tool) throws {
        let surplus = state.withLock { state -> Tool? in
            if sandbox != nil { return tool }
            state.idle.append(tool)
            return state.idle.count > mostIdle ? state.idle.removeFirst() : nil
        }
        guard let surplus else { return }
        surplus.worker.process.letGo(patienceMilliseconds: Self.patienceMilliseconds)
        _ = try finish(surplus)
    }

    /// Waits for the end of one that is going, and clears its directory away.
    private func finish(_ tool: Tool) throws -> Result<ProcessReport, any Error> {
        let result = tool.worker.process.wait()
        try disk.removeTree(tool.directory)
        return result
    }

    /// Lets all go that are idle, together.
    func close() async throws {
        let idle = state.withLock { state in
            defer { state.idle = [] }
            return state.idle
        }
        // In a sandbox they are gone already, and their directories' directory is not.
        guard !idle.isEmpty || sandbox != nil else { return }
        try await threads.run { [self] in
            for tool in idle { tool.worker.process.letGo(patienceMilliseconds: Self.patienceMilliseconds) }
            for tool in idle { _ = try finish(tool) }
            try disk.removeTree(Self.directories)
        }
    }

    private static func name(_ tool: Tool) -> String {
        tool.kind.arguments.map { clipped(String(decoding: $0, as: UTF8.self)) }.joined(separator: " ")
    }

    private static func seconds(since start: UInt64) -> Double { Double(Clock.monotonicNanoseconds - start) / 1e9 }
}
