import HeapModule

/// Entries that wait, of which the greatest is the most urgent.
///
/// Those that want alike lie in one lane, a heap of its own: what does not fit is passed over as one, and what it costs
/// to find the next entry depends on how many lanes there are, not on how many entries.
package struct ReadyQueue<Entry: Comparable, Lane: Hashable> {
    private var lanes: [Lane] = []
    private var heaps: [Heap<Entry>] = []
    /// The greatest of each lane, side by side: they are looked at again and again.
    private var heads: [Entry?] = []
    private var indices: [Lane: Int] = [:]

    package init() {}

    package mutating func insert(_ entry: Entry, in lane: Lane) {
        let index = index(of: lane)
        heaps[index].insert(entry)
        if let head = heads[index], entry < head { return }
        heads[index] = heaps[index].max
    }

    private mutating func index(of lane: Lane) -> Int {
        if let index = indices[lane] { return index }
        lanes.append(lane)
        heaps.append(Heap())
        heads.append(nil)
        indices[lane] = lanes.count - 1
        return lanes.count - 1
    }

    package struct Found {
        package let entry: Entry
        package let lane: Lane
    }

    /// The most urgent of those that come first.
    ///
    /// - Parameters:
    ///   - rank: of a lane's greatest: a higher one comes first, however urgent others are; nil: it does not come at all
    ///     now, nor does what lies behind it.
    ///   - fits: asked only of what would come before all that fits so far.
    package func first(_ rank: (Lane, Entry) -> Int?, fits: (Lane, Entry) -> Bool = { _, _ in true }) -> Found? {
        var best: (index: Int, rank: Int, entry: Entry)?
        for index in heads.indices {
            guard let head = heads[index], let rank = rank(lanes[index], head) else { continue }
            if let best, rank < best.rank || (rank == best.rank && head < best.entry) { continue }
            if fits(lanes[index], head) { best = (index, rank, head) }
        }
        return best.map { Found(entry: $0.entry, lane: lanes[$0.index]) }
    }

    /// Takes out a lane's greatest.
    package mutating func removeFirst(of lane: Lane) {
        guard let index = indices[lane] else { return }
        _ = heaps[index].popMax()
        heads[index] = heaps[index].max
    }

    /// What comes first, in that order; it stays.
    ///
    /// - Parameters:
    ///   - rank: as for `first`.
    ///   - isGone: entries that are only still here; those that are come upon leave.
    package mutating func look(
        most: Int, isGone: (Entry) -> Bool = { _ in false }, _ rank: (Lane, Entry) -> Int?
    ) -> [Entry] {
        var seen: [Found] = []
        while seen.count < most, let found = first(rank) {
            removeFirst(of: found.lane)
            if !isGone(found.entry) { seen.append(found) }
        }
        for found in seen { insert(found.entry, in: found.lane) }
        return seen.map(\.entry)
    }

    /// The most urgent of all.
    package var greatest: Entry? { heads.lazy.compactMap { $0 }.max() }

    /// A lane's greatest.
    package func first(of lane: Lane) -> Entry? { indices[lane].flatMap { heads[$0] } }
}

extension ReadyQueue: Sendable where Entry: Sendable, Lane: Sendable {}
extension ReadyQueue.Found: Sendable where Entry: Sendable, Lane: Sendable {}
