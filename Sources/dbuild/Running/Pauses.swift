import Synchronization

/// Waits that the end of a run cuts short.
final class Pauses: Sendable {
    private struct State {
        var isEnded = false
        var sleepers: [Int: Task<Void, any Error>] = [:]
        var next = 0
    }

    private let state = Mutex(State())

    /// Whether a run goes to its end: nothing waits, and nothing begins, any more.
    var isEnded: Bool { state.withLock { $0.isEnded } }

    /// Waits so long, or until the pauses are ended.
    func pause(nanoseconds: Int64) async {
        let sleeper = Task { try await Task.sleep(for: .nanoseconds(nanoseconds)) }
        let number = state.withLock { state -> Int? in
            guard !state.isEnded else { return nil }
            state.next += 1
            state.sleepers[state.next] = sleeper
            return state.next
        }
        guard let number else { return sleeper.cancel() }
        // Cut short or not: whoever waits looks for himself whether to go on.
        _ = await sleeper.result
        _ = state.withLock { $0.sleepers.removeValue(forKey: number) }
    }

    /// Ends all waits, those to come too.
    func end() {
        let sleepers = state.withLock { state in
            state.isEnded = true
            return state.sleepers.values
        }
        for sleeper in sleepers { sleeper.cancel() }
    }
}
