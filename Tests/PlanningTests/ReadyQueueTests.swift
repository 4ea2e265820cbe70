import Planning
import Synchronization
import TestSupport
import Testing

@testable import TestOracle

/// The queue of what may start: its order, and what it costs.
@Suite struct ReadyQueueTests {
    @Test func `a hundred thousand entries leave in order, and none is compared while nothing fits`() {
        let count = 100_000
        var random = SplitMix(state: 5)
        let comparisons = Comparisons()
        var queue = ReadyQueue<Counted, Int>()
        for _ in 0 ..< count {
            queue.insert(Counted(urgency: random.below(count), comparisons: comparisons), in: 2 + random.below(4))
        }
        let filled = comparisons.take()
        #expect(queue.first { _, _ in nil } == nil)
        #expect(comparisons.take() == 0)
        #expect(queue.first { _, _ in 0 } != nil)
        // One of each lane with the best before it.
        #expect(comparisons.take() <= 4)

        var left: [Int] = []
        while let found = queue.first({ _, _ in 0 }) {
            queue.removeFirst(of: found.lane)
            left.append(found.entry.urgency)
        }
        let emptied = comparisons.take()
        #expect(left.count == count)
        #expect(zip(left, left.dropFirst()).allSatisfy { $0 >= $1 })
        // Of the order of count * log2(count), and log2(100,000) is 17; each by each would be 50,000.
        #expect(filled < 20 * count)
        #expect(emptied < 60 * count)
    }

    @Test func `the most urgent of those that fit comes first`() {
        var queue = ReadyQueue<Int, Int>()
        for (urgency, lane) in [(9, 3), (8, 1), (7, 2), (10, 4)] { queue.insert(urgency, in: lane) }
        func first(within most: Int) -> Int? { queue.first { lane, _ in lane <= most ? 0 : nil }?.entry }
        #expect([0, 1, 2, 3, 4].map(first) == [nil, 8, 8, 9, 10])
        queue.removeFirst(of: 1)
        #expect([1, 2].map(first) == [nil, 7])
    }

    @Test func `a look goes over all lanes and leaves what it sees, but for what is gone`() {
        var queue = ReadyQueue<Int, Int>()
        for (urgency, lane) in [(9, 1), (8, 2), (7, 1), (6, 3), (5, 2), (4, 1)] { queue.insert(urgency, in: lane) }
        #expect(queue.look(most: 4) { _, _ in 0 } == [9, 8, 7, 6])
        #expect(queue.look(most: 9) { lane, _ in lane == 2 ? nil : 0 } == [9, 7, 6, 4])
        #expect(queue.look(most: 3, isGone: [8, 4].contains) { _, _ in 0 } == [9, 7, 6])
        #expect(queue.look(most: 9) { _, _ in 0 } == [9, 7, 6, 5, 4])
    }

    @Test func `a higher rank comes before what is more urgent`() {
        var queue = ReadyQueue<Int, Int>()
        for (urgency, lane) in [(9, 1), (7, 1), (8, 2), (6, 3)] { queue.insert(urgency, in: lane) }
        #expect(queue.look(most: 9) { lane, _ in lane } == [6, 8, 9, 7])
        #expect(queue.first { _, entry in entry > 8 ? 4 : 1 }?.entry == 9)
    }
}

private final class Comparisons: Sendable {
    private let count = Atomic(0)
    func add() { count.add(1, ordering: .relaxed) }
    func take() -> Int { count.exchange(0, ordering: .relaxed) }
}

private struct Counted: Comparable {
    let urgency: Int
    let comparisons: Comparisons

    static func == (left: Counted, right: Counted) -> Bool { left.urgency == right.urgency }
    static func < (left: Counted, right: Counted) -> Bool {
        left.comparisons.add()
        return left.urgency < right.urgency
    }
}
