import Synchronization
import Testing

@testable import dbuild

@Suite struct LookQueueTests {
    @Test(arguments: [0, 1, 2, 63, 256, 4_097, 100_000])
    func `every index is taken once, whoever asks`(count: Int) async {
        let queue = LookQueue(count: count)
        let taken = await withTaskGroup(of: [Int].self) { group in
            for _ in 0 ..< 4 {
                group.addTask {
                    var own: [Int] = []
                    while let part = queue.next() { own += part }
                    return own
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(taken.sorted() == Array(0 ..< count))
        #expect(queue.next() == nil)
    }
}
