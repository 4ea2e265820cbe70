private import DequeModule
private import Dispatch
private import Glibc
import Synchronization

/// Where the tasks of a run go on, and where what they do may block.
///
/// Tasks go on in as many threads as there are processors. A thread that blocks does not count, so that whatever is ready
/// never waits for it; there are as many threads as that takes. A task that goes on here blocks where it is: nothing has
/// to be handed to another thread and back, which for a small action costs more than all that it does.
final class Threads: TaskExecutor {
    private enum Work: Sendable {
        case job(UnownedJob)
        case body(@Sendable () -> Void)
    }

    private struct State {
        var waiting: Deque<Work> = []
        var idle: [Semaphore] = []
        /// Threads that have something to do and do not block, or are about to.
        var runningCount = 0
    }

    private let state = Mutex(State())
    private let width: Int

    init(width: Int = Machine.coreCount) { self.width = max(width, 1) }

    /// Runs a body that may block.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        if CurrentThreads.isOne(of: self) { return try blocking(body) }
        return try await withCheckedThrowingContinuation { continuation in
            add(.body { continuation.resume(with: Result { try body() }) })
        }
    }

    func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

    private func blocking<Value>(_ body: () throws -> Value) rethrows -> Value {
        start(
            state.withLock { state in
                state.runningCount -= 1
                return helper(&state)
            })
        defer { state.withLock { $0.runningCount += 1 } }
        return try body()
    }

    private func add(_ work: Work) {
        start(
            state.withLock { state in
                state.waiting.append(work)
                return helper(&state)
            })
    }

    // MARK: - Threads

    /// Who is to take what waits.
    private enum Helper {
        case idle(Semaphore)
        case new
    }

    private func helper(_ state: inout State) -> Helper? {
        guard !state.waiting.isEmpty, state.runningCount < width else { return nil }
        state.runningCount += 1
        return state.idle.popLast().map { .idle($0) } ?? .new
    }

    private func start(_ helper: Helper?) {
        switch helper {
        case nil: break
        case .idle(let bell): bell.signal()
        case .new:
            do {
                try startThread { [self] in
                    CurrentThreads.become(self)
                    serve(Semaphore())
                }
            } catch {
                // There can be no more threads: one that there is already does it.
                DispatchQueue.global().async { [self] in while let work = next(nil) { perform(work) } }
            }
        }
    }

    private func serve(_ bell: Semaphore) {
        while true {
            if let work = next(bell) { perform(work) } else { bell.wait() }
        }
    }

    /// - Parameter bell: what wakes who asks once there is something again; nil: nothing does.
    private func next(_ bell: Semaphore?) -> Work? {
        state.withLock { state in
            if state.runningCount <= width, let work = state.waiting.popFirst() { return work }
            state.runningCount -= 1
            if let bell { state.idle.append(bell) }
            return nil
        }
    }

    private func perform(_ work: Work) {
        switch work {
        case .job(let job): unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        case .body(let body): blocking(body)
        }
    }
}

/// To which `Threads` a thread belongs.
private enum CurrentThreads {
    private static let key: pthread_key_t? = {
        var key = pthread_key_t()
        return unsafe pthread_key_create(&key, nil) == 0 ? key : nil
    }()

    static func become(_ threads: Threads) {
        // They end with the process, and hold what they belong to.
        if let key { _ = unsafe pthread_setspecific(key, Unmanaged.passUnretained(threads).toOpaque()) }
    }

    static func isOne(of threads: Threads) -> Bool {
        guard let key, let found = unsafe pthread_getspecific(key) else { return false }
        return unsafe found == Unmanaged.passUnretained(threads).toOpaque()
    }
}
