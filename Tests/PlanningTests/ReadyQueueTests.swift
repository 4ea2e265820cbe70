import Planning
import Synchronization
import Testing

@testable import TestOracle

/// The queue of what may start: its order, and what it costs.
@Suite struct ReadyQueueTests {
    @Test func `a hundred thousand entries leave in order, and none is looked at while nothing fits`() {
        let count = 100_000
        var random = SplitMix(state: 5)
        let comparisons = Comparisons()
        var queue = ReadyQueue<Counted>()
        for _ in 0 ..< count {
            queue.insert(Counted(urgency: random.below(count), comparisons: comparisons), cpus: 2 + random.below(4))
        }
        let filled = comparisons.take()
        #expect(queue.first(within: 1) == nil)
        #expect(comparisons.take() == 0)

        var left: [Int] = []
        while let (entry, cpus) = queue.first() {
            queue.removeFirst(wanting: cpus)
            left.append(entry.urgency)
        }
        let emptied = comparisons.take()
        #expect(left.count == count)
        #expect(zip(left, left.dropFirst()).allSatisfy { $0 >= $1 })
        // Of the order of count * log2(count), and log2(100,000) is 17; each by each would be 50,000.
        #expect(filled < 20 * count)
        #expect(emptied < 60 * count)
    }

    @Test func `the most urgent of those that fit comes first`() {
        var queue = ReadyQueue<Int>()
        for (urgency, cpus) in [(9, 3), (8, 1), (7, 2), (10, 4)] { queue.insert(urgency, cpus: cpus) }
        #expect([0, 1, 2, 3, 4].map { queue.first(within: $0)?.entry } == [nil, 8, 8, 9, 10])
        queue.removeFirst(wanting: 1)
        #expect([1, 2].map { queue.first(within: $0)?.entry } == [nil, 7])
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
