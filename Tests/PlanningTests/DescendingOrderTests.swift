import Hashing
import Testing

@testable import Planning

@Suite struct DescendingOrderTests {
    @Test(arguments: [0, 1, 2, 7, 5000])
    func `places are in the order of their numbers, the greatest first, and of equal ones in their own`(count: Int) {
        var random = SplitMix(state: UInt64(count))
        for spread in [2.0, 1000, 1e300] {
            let numbers = (0 ..< count).map { _ in
                let number = Double(random.next() % 1000) / 1000 * spread
                return random.next() % 3 == 0 ? number.rounded() : number
            }
            let expected = numbers.indices.sorted { (numbers[$1], $0) < (numbers[$0], $1) }
            #expect(placesByDescending(numbers) == expected.map { Int32($0) })
        }
    }
}
