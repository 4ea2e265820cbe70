import Synchronization

/// A signal from outside that ends the run: nothing more is started, and what runs is ended.
final class Interruption: Sendable {
    private struct State {
        var signal: Int32?
        var handlers: [@Sendable () -> Void] = []
        var suspensions: [@Sendable (_ isSuspended: Bool) -> Void] = []
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
            while true {
                let number = next()
                if number == Signal.suspend { suspend() } else { raise(number) }
            }
        }
    }

    /// What the terminal's stop asks for: what runs stops, then this process; and goes on with it.
    private func suspend() {
        let handlers = state.withLock { $0.suspensions }
        for handler in handlers { handler(true) }
        events.clearScreen()
        Signal.stopSelf()
        for handler in handlers { handler(false) }
    }

    private func raise(_ number: Int32) {
        // All is done and recorded: what is still said is no reason to stay.
        if events.isClosed { leave(128 + number) }
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

    /// - Parameter handler: called before this process stops, and when it goes on.
    func onSuspension(_ handler: @escaping @Sendable (_ isSuspended: Bool) -> Void) {
        state.withLock { $0.suspensions.append(handler) }
    }

    var signal: Int32? { state.withLock { $0.signal } }
    var isRaised: Bool { signal != nil }
}
