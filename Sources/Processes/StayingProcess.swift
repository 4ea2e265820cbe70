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
    /// - Returns: the most that it and its descendants held since `limit`, sampled; nil where it has ended.
    package func unlimit() -> UInt64? {
        pool.send(.free, to: id)
        return life.waitUntilFree()
    }

    /// TERM, and KILL after the grace period; again: KILL.
    package func cancel() { pool.cancel(id) }

    /// Blocks until it and all its descendants are gone. It is not asked to go: see `cancel` and `letGo`.
    package func wait() -> Result<ProcessReport, any Error> { life.wait() }

    /// Ends its input, at whose end it is to go by itself; should it not, it is ended as after a timeout.
    package func letGo(patienceMilliseconds: UInt64) {
        // A limit, so that the helper keeps the time.
        limit(ProcessLimits(timeoutMilliseconds: patienceMilliseconds))
        inputEnd.withLock { $0 = nil }
    }

    /// What is known of its end.
    final class Life: JobWaiter {
        private struct State {
            var ending: Result<ProcessReport, any Error>?
            /// Peaks that nobody has asked for yet.
            var freed: [UInt64] = []
        }
        private let state = Mutex(State())
        /// Rings at every change.
        private let bell = DispatchSemaphore(value: 0)

        var ending: Result<ProcessReport, any Error>? { state.withLock { $0.ending } }

        func end(_ result: Result<ProcessReport, any Error>) {
            state.withLock { $0.ending = result }
            bell.signal()
        }

        func free(peakBytes: UInt64) {
            state.withLock { $0.freed.append(peakBytes) }
            bell.signal()
        }

        func wait() -> Result<ProcessReport, any Error> {
            while true {
                if let ending {
                    bell.signal()  // for whoever else waits
                    return ending
                }
                bell.wait()
            }
        }

        /// - Returns: nil where it is over.
        func waitUntilFree() -> UInt64? {
            while true {
                let (isOver, peakBytes) = state.withLock { state -> (Bool, UInt64?) in
                    (state.ending != nil, state.freed.isEmpty ? nil : state.freed.removeFirst())
                }
                if let peakBytes { return peakBytes }
                if isOver {
                    bell.signal()
                    return nil
                }
                bell.wait()
            }
        }
    }
}
