import Artifact
import Processes
import Synchronization

/// The runner of commands, started with the first one: a run without commands starts no helper.
final class CommandExecutor: Sendable {
    private struct State {
        var runner: CommandRunner?
        var isCancelled = false
    }
    private let state = Mutex(State())
    private let slots: Int
    private let disk: any Disk
    private let root: String
    private let threads: Threads

    init(slots: Int, disk: any Disk, root: String, threads: Threads) {
        self.slots = slots
        self.disk = disk
        self.root = root
        self.threads = threads
    }

    func executor() throws -> any Executor {
        try state.withLock { state in
            if let runner = state.runner { return runner }
            do {
                let runner = try CommandRunner(
                    slots: slots, helper: HelperPool.besideThisProgram(), disk: disk, root: root, threads: threads)
                state.runner = runner
                if state.isCancelled { runner.cancel() }
                return runner
            } catch { throw ExecutorFailure.helper("\(error)") }
        }
    }

    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            state.runner?.cancel()
        }
    }

    func close() async {
        let runner = state.withLock { state in
            defer { state.runner = nil }
            return state.runner
        }
        await runner?.close()
    }
}
