import Planning
import Synchronization

/// Actions that go to one slot together: they are handed over when all of them are prepared, in the order in which they
/// were chosen, and each goes on by itself as soon as it is over.
final class Batch: Sendable {
    private struct Member: Sendable {
        let task: ActionTask
        let executor: any Executor
        let turn: Turn
        let continuation: CheckedContinuation<ActionReport?, any Error>
    }

    private struct State: Sendable {
        /// Those that are still prepared.
        var open: Int
        var members: [Member] = []
    }

    private let state: Mutex<State>
    /// By action: how many go before it.
    private let turns: [ActionID: Int]
    private let threads: Threads

    /// - Parameters:
    ///   - actions: the most urgent first.
    ///   - threads: where they are run from.
    init(_ actions: [ActionID], _ threads: Threads) {
        self.threads = threads
        turns = Dictionary(zip(actions, 0...), uniquingKeysWith: { first, _ in first })
        state = Mutex(State(open: actions.count))
    }

    /// Waits for the others, and for its turn, and runs.
    ///
    /// - Returns: nil where it did not begin.
    func run(_ task: ActionTask, on executor: any Executor, _ turn: Turn) async throws -> ActionReport? {
        try await withCheckedThrowingContinuation { continuation in
            handOver(Member(task: task, executor: executor, turn: turn, continuation: continuation))
        }
    }

    /// One of them could not be prepared: the others do not wait for it.
    func withdraw() { handOver(nil) }

    private func handOver(_ member: Member?) {
        let ready = state.withLock { state -> [Member] in
            if let member { state.members.append(member) }
            state.open -= 1
            return state.open == 0 ? inOrder(state.members) : []
        }
        // All are of one rule, and so for one executor.
        guard let executor = ready.first?.executor else { return }
        Task(executorPreference: threads) { await Self.run(ready, on: executor) }
    }

    /// However long it took to prepare each of them.
    private func inOrder(_ members: [Member]) -> [Member] {
        members.sorted { turns[$0.task.action, default: 0] < turns[$1.task.action, default: 0] }
    }

    private static func run(_ members: [Member], on executor: any Executor) async {
        let reports = Waiting(members.map(\.continuation))
        do {
            try await executor.run(members.map(\.task)) { place in
                if members[place].turn.begins() { return true }
                reports.take(place)?.resume(returning: nil)
                return false
            } finished: { place, report in
                members[place].turn.isOver()
                reports.take(place)?.resume(returning: report)
            }
            reports.giveUp { ExecutorFailure.noReport(action: members[$0].task.name) }
        } catch { reports.giveUp { _ in error } }
    }
}

/// Who still waits for a report, by its place in the batch.
private final class Waiting: Sendable {
    private let continuations: Mutex<[Int: CheckedContinuation<ActionReport?, any Error>]>

    init(_ waiting: [CheckedContinuation<ActionReport?, any Error>]) {
        continuations = Mutex(Dictionary(uniqueKeysWithValues: waiting.enumerated().map { ($0.offset, $0.element) }))
    }

    func take(_ place: Int) -> CheckedContinuation<ActionReport?, any Error>? {
        continuations.withLock { $0.removeValue(forKey: place) }
    }

    func giveUp(_ error: (Int) -> any Error) {
        let left = continuations.withLock { continuations in
            defer { continuations = [:] }
            return continuations
        }
        for (place, continuation) in left { continuation.resume(throwing: error(place)) }
    }
}
