import Synchronization

/// A signal from outside that ends the run: nothing more is started, and what runs is ended.
final class Interruption: Sendable {
    private struct State {
        var signal: Int32?
        var handlers: [@Sendable () -> Void] = []
    }
    private let state = Mutex(State())
    private let events: EventLog
    /// Between asking actions to end and killing them.
    private static let graceNanoseconds: UInt64 = 5_000_000_000

    init(_ events: EventLog) { self.events = events }

    /// Starts to listen: until then a signal ends the process, which waits or plans and has nothing to clear up.
    func listen() throws {
        let next = try Signal.listen()
        try startThread { [self] in
            while true { raise(next()) }
        }
    }

    private func raise(_ number: Int32) {
        let (isFirst, handlers) = state.withLock { state in
            defer { state.signal = state.signal ?? number }
            return (state.signal == nil, state.handlers)
        }
        for handler in handlers { handler() }
        guard isFirst else { return }
        events.say(.interrupted(signal: Signal.name(number)))
        // Those that do not listen are killed; the thread ends with the process.
        try? startThread { [self] in
            pause(nanoseconds: Self.graceNanoseconds)
            for handler in state.withLock({ $0.handlers }) { handler() }
        }
    }

    /// - Parameter handler: called at every signal, and once more after the grace period.
    func onSignal(_ handler: @escaping @Sendable () -> Void) { state.withLock { $0.handlers.append(handler) } }

    var signal: Int32? { state.withLock { $0.signal } }
    var isRaised: Bool { signal != nil }
}
