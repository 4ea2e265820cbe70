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
        #expect(queue.first { _, _ in false }.fitting == nil)
        // One of each lane with the best before it.
        #expect(comparisons.take() <= 8)

        var left: [Int] = []
        while let found = queue.first(fits: { _, _ in true }).fitting {
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
        func first(within most: Int) -> Int? { queue.first { lane, _ in lane <= most }.fitting?.entry }
        #expect([0, 1, 2, 3, 4].map(first) == [nil, 8, 8, 9, 10])
        #expect(queue.first { lane, _ in lane <= 2 }.first?.entry == 10)
        queue.removeFirst(of: 1)
        #expect([1, 2].map(first) == [nil, 7])
    }

    @Test func `a look goes over all lanes and leaves what it sees, but for what is gone`() {
        var queue = ReadyQueue<Int, Int>()
        for (urgency, lane) in [(9, 1), (8, 2), (7, 1), (6, 3), (5, 2), (4, 1)] { queue.insert(urgency, in: lane) }
        #expect(queue.look(most: 4) == [9, 8, 7, 6])
        #expect(queue.look(most: 9, isOpen: { $0 != 2 }) == [9, 7, 6, 4])
        #expect(queue.look(most: 3, isGone: { $0 == 8 || $0 == 4 }) == [9, 7, 6])
        #expect(queue.look(most: 9) == [9, 7, 6, 5, 4])
    }

    @Test func `a lane that is closed holds nothing`() {
        var queue = ReadyQueue<Int, Int>()
        for (urgency, lane) in [(9, 1), (8, 2)] { queue.insert(urgency, in: lane) }
        let found = queue.first(isOpen: { $0 != 1 }, fits: { _, _ in true })
        #expect(found.first?.entry == 8)
        #expect(found.fitting?.entry == 8)
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
