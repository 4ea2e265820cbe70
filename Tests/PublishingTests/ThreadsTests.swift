import Glibc
import Synchronization
import Testing

@testable import dbuild

/// Threads in which tasks go on, and may block.
@Suite struct ThreadsTests {
    private final class Counts: Sendable {
        let running = Atomic(0)
        let most = Mutex(0)
        let passed = Atomic(0)
    }

    private struct Failure: Error, Equatable { let number: Int }

    @Test func `a task that goes on here blocks where it is`() async throws {
        let threads = Threads(width: 1)
        try await withTaskExecutorPreference(threads) {
            let own = pthread_self()
            let body = try await threads.run { pthread_self() }
            #expect(body == own)
        }
        #expect(try await threads.run { pthread_self() } != pthread_self())
    }

    @Test func `what blocks keeps nothing else from going on`() async throws {
        let threads = Threads(width: 1)
        let gate = Semaphore()
        let counts = Counts()
        await withTaskExecutorPreference(threads) {
            await withTaskGroup(of: Void.self) { group in
                // Each blocks until the last one of all has begun.
                for _ in 0 ..< 20 {
                    group.addTask {
                        _ = try? await threads.run { gate.wait() }
                        counts.passed.add(1, ordering: .relaxed)
                    }
                }
                group.addTask { for _ in 0 ..< 20 { gate.signal() } }
            }
        }
        #expect(counts.passed.load(ordering: .relaxed) == 20)
    }

    @Test func `no more tasks go on at once than it is wide, and all of them do`() async throws {
        let threads = Threads(width: 2)
        let counts = Counts()
        await withTaskExecutorPreference(threads) {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0 ..< 2000 {
                    group.addTask {
                        let now = counts.running.add(1, ordering: .relaxed).newValue
                        counts.most.withLock { $0 = max($0, now) }
                        for _ in 0 ..< 100 { counts.passed.add(1, ordering: .relaxed) }
                        counts.running.subtract(1, ordering: .relaxed)
                        await Task.yield()
                    }
                }
            }
        }
        #expect(counts.passed.load(ordering: .relaxed) == 200_000)
        #expect(counts.most.withLock { $0 } <= 2)
    }

    @Test func `bodies of tasks from elsewhere run as well, and what they throw comes back`() async throws {
        let threads = Threads(width: 1)
        let found = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0 ..< 500 { group.addTask { try await threads.run { number } } }
            return try await group.reduce(0, +)
        }
        #expect(found == 500 * 499 / 2)
        await #expect(throws: Failure(number: 7)) { try await threads.run { throw Failure(number: 7) } }
        await #expect(throws: Failure(number: 8)) {
            try await withTaskExecutorPreference(threads) { try await threads.run { throw Failure(number: 8) } }
        }
    }

    @Test func `a body that runs another one beside it waits for it`() async throws {
        let threads = Threads(width: 1)
        let sum = try await withTaskExecutorPreference(threads) {
            async let beside = threads.run { 1 }
            let own = try await threads.run { 2 }
            return try await beside + own
        }
        #expect(sum == 3)
    }
}
