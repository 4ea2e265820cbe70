import Artifact
import Rules
import Synchronization

/// Runs recipes in persistent worker processes: many actions in each, one at a time.
final class WorkerPool: Executor {
    private struct State {
        var idle: [ChildProcess] = []
        var busy: [Int32: ChildProcess] = [:]
        var startedCount = 0
        var isCancelled = false
    }

    private let state = Mutex(State())
    /// The compiled rules, absolute.
    private let program: String
    private let threads: Threads

    /// Workers work where this process does: in the workspace.
    init(program: String, threads: Threads) {
        self.program = program
        self.threads = threads
    }

    /// How many processes have been started.
    var startedCount: Int { state.withLock { $0.startedCount } }

    func run(_ batch: [ActionTask]) async throws -> [ActionReport] {
        try await threads.run { try batch.map { try self.run($0) } }
    }

    private func run(_ task: ActionTask) throws -> ActionReport {
        guard case .recipe(let type, let fields) = task.work else {
            throw ExecutorFailure.wrongKind(task.name)
        }
        let request = WorkerRequest(
            type: type, recipe: fields, cpus: task.cpus, seed: task.seed,
            scratch: String(decoding: task.scratch.bytes, as: UTF8.self),
            log: String(decoding: task.log.bytes, as: UTF8.self), missing: task.missing)
        let frame = request.encode()
        let start = Clock.monotonicNanoseconds
        while let (worker, isReused) = try take() {
            do throws(WireError) {
                try writeFrame(frame, to: worker.input)
            } catch .closed where isReused {
                // It died idle, and nobody has read all of the request: the action has not begun.
                _ = lost(worker, since: start)
                continue
            } catch {
                worker.signal(Signal.kill)
                return lost(worker, since: start)
            }
            return report(of: worker, since: start)
        }
        return .cancelled
    }

    /// Waits for the reply to the request that a worker has.
    private func report(of worker: ChildProcess, since start: UInt64) -> ActionReport {
        do throws(WireError) {
            guard let frame = try readFrame(from: worker.output) else { return lost(worker, since: start) }
            let reply = try WorkerReply(frame)
            give(back: worker)
            return ActionReport(
                ending: reply.failure.map { .threw($0, isRetryable: reply.isRetryable) } ?? .succeeded,
                wallSeconds: Double(reply.nanoseconds) / 1e9, cpuSeconds: Double(reply.cpuNanoseconds) / 1e9,
                peakBytes: UInt64(clamping: reply.peakKilobytes) &* 1024, reads: Self.reads(reply))
        } catch {
            // Half a reply: the worker is lost, and only this action with it.
            worker.signal(Signal.kill)
            return lost(worker, since: start)
        }
    }

    /// Workers work in the workspace: that is where relative paths begin.
    private static func reads(_ reply: WorkerReply) -> [Discovery.Read] {
        let base = Path([UInt8]())
        return reply.found.map { Discovery.Read(path: Array($0.utf8), base: base, wasThere: true) }
            + reply.absent.map { Discovery.Read(path: Array($0.utf8), base: base, wasThere: false) }
    }

    /// An idle worker that is alive, or a new one; nil once everything is being cancelled.
    private func take() throws -> (worker: ChildProcess, isReused: Bool)? {
        try state.withLock { state in
            if state.isCancelled { return nil }
            while let idle = state.idle.popLast() {
                // Killed while it had nothing to do, as where memory is short: no action's fault.
                if idle.hasEnded() { continue }
                state.busy[idle.identifier] = idle
                return (idle, true)
            }
            let worker = try ChildProcess(
                program, ["--worker"], environment: BaseEnvironment.variablesOfRules, input: .pipe, output: .pipe)
            state.startedCount += 1
            state.busy[worker.identifier] = worker
            return (worker, false)
        }
    }

    private func give(back worker: ChildProcess) {
        state.withLock { state in
            state.busy[worker.identifier] = nil
            state.idle.append(worker)
        }
    }

    private func lost(_ worker: ChildProcess, since start: UInt64) -> ActionReport {
        let isCancelled = state.withLock { state in
            state.busy[worker.identifier] = nil
            return state.isCancelled
        }
        let ending: ActionReport.Ending =
            switch worker.wait() {
            case .signalled(let signal): isCancelled ? .cancelled : .signalled(signal)
            case .exited(let code): .exited(code)
            }
        let seconds = Double(Clock.monotonicNanoseconds - start) / 1e9
        return ActionReport(ending: ending, wallSeconds: seconds, cpuSeconds: 0, peakBytes: 0)
    }

    func cancel() {
        state.withLock { state in
            let signal = state.isCancelled ? Signal.kill : Signal.terminate
            state.isCancelled = true
            for worker in state.busy.values { worker.signal(signal) }
        }
    }

    func close() async {
        let idle = state.withLock { state in
            defer { state.idle = [] }
            return state.idle
        }
        // At the end of its input a worker ends at once.
        for worker in idle { worker.wait() }
    }
}

extension ActionReport {
    static let cancelled = ActionReport(ending: .cancelled, wallSeconds: 0, cpuSeconds: 0, peakBytes: 0)
}

/// The machinery failed, which says nothing about the action.
enum ExecutorFailure: Error {
    case wrongKind(String)
    case helper(String)
}
