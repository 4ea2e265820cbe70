import Hashing
import Testing

@testable import Planning

@Suite struct RankQueueTests {
    @Test(arguments: [1, 2, 63, 64, 65, 4096, 4097, 300_000])
    func `the least comes out first, whatever went in between`(count: Int) {
        var random = SplitMix(state: UInt64(count))
        var queue = RankQueue(count: count)
        var model: Set<Int> = []
        #expect(queue.popFirst() == nil)
        for _ in 0 ..< 400 {
            if random.next() % 3 > 0 {
                let rank = Int(random.next() % UInt64(count))
                queue.insert(rank)
                model.insert(rank)
            } else {
                #expect(queue.popFirst() == model.min())
                if let least = model.min() { model.remove(least) }
            }
        }
        while let least = queue.popFirst() {
            #expect(least == model.min())
            model.remove(least)
        }
        #expect(model.isEmpty)
    }
}
