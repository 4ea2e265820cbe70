private import Dispatch
private import Synchronization

/// A program below a helper that stays alive for many actions, and is talked to over its standard input and output.
///
/// Its standard error is the file it was started with. When it ends, however that comes, all its descendants are ended.
package final class StayingProcess: Sendable {
    /// Writes to its standard input; -1 once that has been ended.
    package var input: Int32 { inputEnd.withLock { $0?.number ?? -1 } }
    /// Reads its standard output; at the end of the stream, or soon after, it is over.
    package var output: Int32 { outputEnd.number }

    private let inputEnd: Mutex<OwnedDescriptor?>
    private let outputEnd: OwnedDescriptor
    private let id: UInt64
    private let pool: HelperPool
    private let life: Life

    init(id: UInt64, pool: HelperPool, life: Life, input: OwnedDescriptor, output: OwnedDescriptor) {
        (self.id, self.pool, self.life) = (id, pool, life)
        inputEnd = Mutex(input)
        outputEnd = output
    }

    /// How it ended; nil while it lives. A failure is one of the infrastructure (`HelperFailure`), or
    /// `CancellationError` where nothing may start any more.
    package var ending: Result<ProcessReport, any Error>? { life.ending }

    /// Sets what it may use from now on, and measures its memory. What goes beyond is ended as an action's process is,
    /// and `wait` tells why.
    package func limit(_ limits: ProcessLimits) { pool.send(.watch(limits), to: id) }

    /// Lifts all limits; blocks until they no longer can end it.
    ///
    /// - Returns: nil where it has ended.
    package func unlimit() -> Use? {
        pool.send(.free, to: id)
        return life.waitUntilFree()
    }

    /// What it used with all its descendants.
    package struct Use: Sendable, Hashable {
        /// The most that they held at one time since `limit`, sampled.
        package let peakBytes: UInt64
        /// Since its start; in steps of the kernel's tick, 10 ms.
        package let cpuMicroseconds: UInt64
    }

    /// TERM, and KILL after the grace period; again: KILL.
    package func cancel() { pool.cancel(id) }

    /// Blocks until it and all its descendants are gone. It is not asked to go: see `cancel` and `letGo`.
    package func wait() -> Result<ProcessReport, any Error> { life.wait() }

    /// As `wait`, for so long at most.
    ///
    /// - Returns: nil where it lives on.
    package func wait(milliseconds: Int) -> Result<ProcessReport, any Error>? {
        life.wait(milliseconds: milliseconds)
    }

    /// Ends its input, at whose end it is to go by itself.
    package func endInput() { inputEnd.withLock { $0 = nil } }

    /// Ends its input, at whose end it is to go by itself; should it not, it is ended as after a timeout.
    package func letGo(patienceMilliseconds: UInt64) {
        // A limit, so that the helper keeps the time.
        limit(ProcessLimits(timeoutMilliseconds: patienceMilliseconds))
        endInput()
    }

    /// What is known of its end.
    final class Life: JobWaiter {
        private struct State {
            var ending: Result<ProcessReport, any Error>?
            /// Measurements that nobody has asked for yet.
            var freed: [Use] = []
        }
        private let state = Mutex(State())
        /// Rings at every change.
        private let bell = DispatchSemaphore(value: 0)

        var ending: Result<ProcessReport, any Error>? { state.withLock { $0.ending } }

        func end(_ result: Result<ProcessReport, any Error>) {
            state.withLock { $0.ending = result }
            bell.signal()
        }

        func free(_ use: Use) {
            state.withLock { $0.freed.append(use) }
            bell.signal()
        }

        func wait() -> Result<ProcessReport, any Error> {
            while true {
                if let ending = wait(milliseconds: nil) { return ending }
            }
        }

        /// - Parameter milliseconds: nil: without end.
        /// - Returns: nil where it lives on then.
        func wait(milliseconds: Int?) -> Result<ProcessReport, any Error>? {
            let moment = milliseconds.map { DispatchTime.now() + .milliseconds($0) } ?? .distantFuture
            while true {
                if let ending {
                    bell.signal()  // for whoever else waits
                    return ending
                }
                if bell.wait(timeout: moment) == .timedOut { return ending }
            }
        }

        /// - Returns: nil where it is over.
        func waitUntilFree() -> Use? {
            while true {
                let (isOver, use) = state.withLock { state -> (Bool, Use?) in
                    (state.ending != nil, state.freed.isEmpty ? nil : state.freed.removeFirst())
                }
                if let use { return use }
                if isOver {
                    bell.signal()
                    return nil
                }
                bell.wait()
            }
        }
    }
}
