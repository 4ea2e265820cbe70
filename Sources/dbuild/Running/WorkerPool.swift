import Artifact
import Processes
import Rules
import Synchronization

/// Runs recipes in persistent worker processes: many actions in each, one at a time.
///
/// Each is below a process helper, which ends it and what descends from it together.
final class WorkerPool: Sendable {
    private struct State {
        /// The least recently used first.
        var idle: [Idle] = []
        var startedCount = 0
    }

    private struct Idle {
        let worker: StayingWorker
        /// Of the actions that it runs: libraries read once how many threads they are to use, when they are loaded.
        let cpus: Int
    }

    private let state = Mutex(State())
    /// The compiled rules, absolute.
    private let program: String
    private let helpers: Helpers
    /// Where workers work: the workspace.
    private let root: String
    private let threads: Threads
    private let memory: RunningMemory

    init(program: String, helpers: Helpers, root: String, threads: Threads, memory: RunningMemory) {
        self.memory = memory
        self.program = program
        self.helpers = helpers
        self.root = root
        self.threads = threads
    }

    /// How many processes have been started.
    var startedCount: Int { state.withLock { $0.startedCount } }

    func run(_ task: ActionTask, type: String, fields: Value) async throws -> ActionReport {
        let frame = WorkerRequest(
            type: type, recipe: fields, cpus: task.cpus, seed: task.seed,
            scratch: String(decoding: task.scratch.bytes, as: UTF8.self), missing: task.missing
        ).encode()
        return try await threads.run { try self.run(task, frame) }
    }

    private func run(_ task: ActionTask, _ frame: [UInt8]) throws -> ActionReport {
        let start = Clock.monotonicNanoseconds
        while !helpers.isCancelled {
            let (worker, isReused) = try take(for: task)
            worker.limit(task.limits)
            do throws(WireError) {
                try writeFrame(frame, to: worker.process.input)
            } catch .closed where isReused {
                // It died idle, and nobody has read all of the request: the action has not begun.
                _ = worker.process.wait()
                continue
            } catch {
                return try lost(worker, task, since: start)
            }
            return try memory.during(.worker(worker.number), task.name) {
                try report(of: worker, task, since: start)
            }
        }
        return .cancelled
    }

    /// Waits for the reply to the request that a worker has.
    private func report(of worker: StayingWorker, _ task: ActionTask, since start: UInt64) throws -> ActionReport {
        let reply: WorkerReply
        switch Self.reply(of: worker) {
        case .some(.success(let read)): reply = read
        case .none: return try lost(worker, task, since: start)
        case .some(.failure):
            worker.end()
            try worker.moveOutput(to: task.logPlace(in: root))
            return ActionReport(
                ending: .noAnswer(.unreadable), wallSeconds: Self.seconds(since: start), cpuSeconds: 0, peakBytes: 0)
        }
        // Even if its limits end it now: the action is over.
        let isLimited = task.limits != ActionTask.Limits()
        let use = isLimited ? worker.unlimit() : nil
        let isUsable = !isLimited || use != nil
        let hasLog = try worker.moveOutput(to: task.logPlace(in: root), survivors: reply.survivors)
        if reply.hasGrown { worker.process.letGo(patienceMilliseconds: 1000) }
        if isUsable, !reply.hasGrown { give(back: Idle(worker: worker, cpus: task.cpus)) }
        return ActionReport(
            ending: reply.failure.map { .threw($0, isRetryable: reply.isRetryable) } ?? .succeeded,
            wallSeconds: Double(reply.nanoseconds) / 1e9, cpuSeconds: Double(reply.cpuNanoseconds) / 1e9,
            peakBytes: max(UInt64(clamping: reply.peakKilobytes) &* 1024, use?.peakBytes ?? 0),
            survivors: reply.survivors, mayHaveLog: hasLog,
            reads: Self.reads(reply))
    }

    /// Nil where the worker has ended without one.
    private static func reply(of worker: StayingWorker) -> Result<WorkerReply, WireError>? {
        do throws(WireError) {
            return try readFrame(from: worker.process.output).map { frame throws(WireError) in
                .success(try WorkerReply(frame))
            }
        } catch .ended {
            return nil  // within its answer, as when it is killed there
        } catch { return .failure(error) }
    }

    /// Workers work in the workspace: that is where relative paths begin.
    private static func reads(_ reply: WorkerReply) -> [Discovery.Read] {
        let base = Path([UInt8]())
        return reply.found.map { Discovery.Read(path: Array($0.utf8), base: base, wasThere: true) }
            + reply.absent.map { Discovery.Read(path: Array($0.utf8), base: base, wasThere: false) }
    }

    /// An idle worker that is alive, or a new one.
    private func take(for task: ActionTask) throws -> (worker: StayingWorker, isReused: Bool) {
        while let idle = takeIdle(cpus: task.cpus) {
            if !idle.hasEnded { return (idle, true) }
        }
        let number = state.withLock { state in
            defer { state.startedCount += 1 }
            return state.startedCount
        }
        var request = ProcessRequest(program, ["--worker", "\(number)"], directory: root)
        request.environment = BaseEnvironment.ofRules
        request.clearsUpItself = true
        let worker = try StayingWorker(request, number: number, helpers: helpers, log: task.logPlace(in: root))
        return (worker, false)
    }

    private func takeIdle(cpus: Int) -> StayingWorker? {
        state.withLock { state in
            state.idle.lastIndex { $0.cpus == cpus }.map { state.idle.remove(at: $0).worker }
        }
    }

    private func give(back idle: Idle) {
        let surplus = state.withLock { state -> Idle? in
            state.idle.append(idle)
            // As many as may run at once: others are for rules that are not built now.
            return state.idle.count > helpers.jobs ? state.idle.removeFirst() : nil
        }
        surplus?.worker.process.letGo(patienceMilliseconds: 1000)
    }

    /// Its worker gives no answer any more, because it has ended, or although it has not.
    private func lost(_ worker: StayingWorker, _ task: ActionTask, since start: UInt64) throws -> ActionReport {
        let result = worker.endingAfterAnswers()
        try worker.moveOutput(
            to: task.logPlace(in: root), survivors: (try? result?.get())?.survivors ?? 0)
        let seconds = Self.seconds(since: start)
        guard let result else {
            if helpers.isCancelled { return .cancelled }
            return ActionReport(ending: .noAnswer(.closed), wallSeconds: seconds, cpuSeconds: 0, peakBytes: 0)
        }
        var report = try ActionReport(result, task.limits, wallSeconds: seconds)
        // A recipe that leaves the process has not said that it went well.
        if report.ending == .succeeded { report.ending = .exited(0) }
        return report
    }

    private static func seconds(since start: UInt64) -> Double { Double(Clock.monotonicNanoseconds - start) / 1e9 }
}
