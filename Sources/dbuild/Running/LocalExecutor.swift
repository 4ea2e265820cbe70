import Artifact

/// Runs actions on this machine, each kind in its own way.
final class LocalExecutor: Executor {
    private let helpers: Helpers
    let isOneShot: Bool
    private let workers: WorkerPool
    private let recipes: OneShotRecipes
    private let commands: CommandRunner
    private let memory = RunningMemory()
    private let tools: ToolWorkers

    /// - Parameters:
    ///   - rules: the compiled rules, absolute.
    ///   - root: the workspace's directory.
    ///   - keptLinks: a directory for links to inputs, relative to the workspace; who gives it removes it.
    ///   - oneShot: whether each recipe gets a process of its own.
    ///   - sandbox: what actions are kept in; each gets a process of its own then.
    init(
        helpers: Helpers, rules: String, disk: any Disk, root: String, keptLinks: Path, threads: Threads,
        oneShot: Bool = false, sandbox: Sandbox? = nil
    ) {
        let linker = InputLinker(disk, root: root, kept: keptLinks)
        self.helpers = helpers
        isOneShot = oneShot || sandbox != nil
        recipes = OneShotRecipes(
            program: rules, helpers: helpers, disk: disk, root: root, linker: linker, threads: threads,
            sandbox: sandbox)
        workers = WorkerPool(program: rules, helpers: helpers, root: root, threads: threads, memory: memory)
        commands = CommandRunner(
            helpers: helpers, disk: disk, root: root, linker: linker, threads: threads, sandbox: sandbox)
        tools = ToolWorkers(
            helpers: helpers, commands: commands, disk: disk, root: root, linker: linker, threads: threads,
            memory: memory, sandbox: sandbox)
    }

    /// How many workers have been started.
    var startedCount: Int { workers.startedCount + tools.startedCount }

    func prepare(_ task: ActionTask) throws {
        if case .command(let line) = task.work { try commands.prepare(task, line) }
    }

    func run(
        _ batch: [ActionTask], begins: @escaping @Sendable (Int) -> Bool,
        finished: @escaping @Sendable (Int, ActionReport) -> Void
    ) async throws {
        for (place, task) in batch.enumerated() where begins(place) { finished(place, try await report(of: task)) }
    }

    private func report(of task: ActionTask) async throws -> ActionReport {
        switch task.work {
        case .recipe(let type, let fields): try await workers.run(task, type: type, fields: fields)
        case .oneShot(let recipe):
            try await memory.during(.directory(task.staging), task.name) { try await recipes.run(task, recipe) }
        case .command(let line):
            try await memory.during(.directory(task.staging), task.name) { try await commands.run(task, line) }
        case .request(let program, let line): try await tools.run(task, line, by: program)
        }
    }

    /// What running actions hold, in bytes, by name, as far as that can be seen.
    func memoryInUse() -> [String: UInt64] { helpers.guardProcess.map { memory.inUse(below: $0) } ?? [:] }

    func suspend(_ isSuspended: Bool) { helpers.suspend(isSuspended) }

    func cancel() { helpers.cancel() }

    func close() async throws {
        do { try await tools.close() } catch {
            // Whatever is wrong with their directories: nothing may go on to live.
            try await helpers.close()
            throw error
        }
        try await helpers.close()
    }
}
