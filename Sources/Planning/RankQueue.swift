/// Ranks that wait, of which the least is the most urgent.
///
/// A bit for each, and a bit for each word of those that is not empty, and so on: what goes in or out touches one word of
/// each level, however many there are.
struct RankQueue {
    /// The lowest first; the last has one word.
    private var levels: [[UInt64]] = []

    /// - Parameter count: ranks are below it.
    init(count: Int) {
        var count = count
        repeat {
            count = (count + 63) / 64
            levels.append([UInt64](repeating: 0, count: max(1, count)))
        } while count > 1
    }

    mutating func insert(_ rank: Int) {
        var place = rank
        for level in levels.indices {
            let isNew = levels[level][place >> 6] == 0
            levels[level][place >> 6] |= 1 << UInt64(place & 63)
            // Whatever is above knows of it already.
            guard isNew else { return }
            place >>= 6
        }
    }

    /// Takes out the least.
    mutating func popFirst() -> Int? {
        guard let top = levels.last?.first, top != 0 else { return nil }
        var place = 0
        for level in levels.indices.reversed() { place = place << 6 | levels[level][place].trailingZeroBitCount }
        remove(place)
        return place
    }

    private mutating func remove(_ rank: Int) {
        var place = rank
        for level in levels.indices {
            levels[level][place >> 6] &= ~(1 << UInt64(place & 63))
            guard levels[level][place >> 6] == 0 else { return }
            place >>= 6
        }
    }
}
