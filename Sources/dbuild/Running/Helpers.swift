import Processes
import Synchronization

/// Process helpers, started with the first action that needs one: a run that starts nothing starts none.
final class Helpers: Sendable {
    private struct State {
        var pool: HelperPool?
        var isCancelled = false
        var startedCount = 0
    }
    private let state = Mutex(State())
    /// How many actions run at once.
    let jobs: Int
    /// For each a command, a recipe's worker, and programs that stay alive: one that runs, one that is idle.
    private static let helpersPerJob = 4
    /// How many actions at once can have all the helpers that they may need: with fewer, what is idle could keep what is
    /// to run waiting for ever.
    static let mostJobs = HelperPool.mostSlots / helpersPerJob
    private let executable: [UInt8]
    private let marker: RunMarker
    private let variation: ProcessVariation?

    /// - Parameters:
    ///   - jobs: how many actions run at once. Idle workers have helpers, too.
    ///   - marker: what every process of this run carries.
    ///   - variation: how the machine shows itself to actions; nil: as it is.
    init(
        jobs: Int, executable: [UInt8] = HelperPool.besideThisProgram(), marker: RunMarker,
        variation: ProcessVariation? = nil
    ) {
        self.jobs = min(jobs, Self.mostJobs)
        self.executable = executable
        self.marker = marker
        self.variation = variation
    }

    /// Runs a program to its end.
    func run(_ request: ProcessRequest) async throws -> ProcessReport { try await pool().run(marked(request)) }

    /// Starts a program that stays alive.
    func start(_ request: ProcessRequest, errors: OwnedDescriptor) throws -> StayingProcess {
        try pool().start(marked(request), errors: errors)
    }

    private func marked(_ request: ProcessRequest) -> ProcessRequest {
        var request = request
        request.environment[RunMarker.variable] = marker.value
        if let variation {
            let number = state.withLock { state in
                defer { state.startedCount += 1 }
                return state.startedCount
            }
            variation.apply(to: &request, number: number)
        }
        return request
    }

    private func pool() throws -> HelperPool {
        try state.withLock { state in
            if let pool = state.pool { return pool }
            // Before anything carries it.
            try marker.write()
            do throws(HelperFailure) {
                let pool = try HelperPool(slots: Self.helpersPerJob * jobs, executable: executable)
                state.pool = pool
                if state.isCancelled { pool.cancelAll() }
                return pool
            } catch { throw ExecutorFailure.helper(error.inWords) }
        }
    }

    /// What the terminal's stop and continue ask for.
    func suspend(_ isSuspended: Bool) {
        let pool = state.withLock { $0.pool }
        if isSuspended { pool?.suspendAll() } else { pool?.resumeAll() }
    }

    /// The number of the process whose children are the helpers.
    var guardProcess: Int32? { state.withLock { $0.pool }?.guardProcess }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// TERM to all that runs, and nothing starts any more; at the second call KILL.
    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            state.pool?.cancelAll()
        }
    }

    /// Ends everything. Returns when it is gone.
    func close() async throws {
        let pool = state.withLock { state in
            defer { state.pool = nil }
            return state.pool
        }
        guard let pool else { return }
        await pool.close()
        if pool.hasLostGuard { _ = try marker.endProcesses() }
        try marker.remove()
    }
}
