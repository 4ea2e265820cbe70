import HeapModule

/// Entries that want cpus, of which the greatest is the most urgent.
///
/// A heap for each number of cpus: what does not fit is passed over as one.
package struct ReadyQueue<Entry: Comparable> {
    private var lanes: [Lane] = []

    fileprivate struct Lane {
        let cpus: Int
        var entries = Heap<Entry>()
    }

    package init() {}

    package mutating func insert(_ entry: Entry, cpus: Int) {
        let index =
            lanes.firstIndex { $0.cpus == cpus }
            ?? {
                lanes.append(Lane(cpus: cpus))
                return lanes.count - 1
            }()
        lanes[index].entries.insert(entry)
    }

    /// The most urgent of those that want no more than `free` cpus.
    package func first(within free: Int = .max) -> (entry: Entry, cpus: Int)? {
        var first: (entry: Entry, cpus: Int)?
        for lane in lanes where lane.cpus <= free {
            guard let entry = lane.entries.max else { continue }
            if let best = first, entry < best.entry { continue }
            first = (entry, lane.cpus)
        }
        return first
    }

    /// Takes out what `first(within:)` gave.
    package mutating func removeFirst(wanting cpus: Int) {
        guard let index = lanes.firstIndex(where: { $0.cpus == cpus }) else { return }
        _ = lanes[index].entries.popMax()
    }
}

extension ReadyQueue: Sendable where Entry: Sendable {}
extension ReadyQueue.Lane: Sendable where Entry: Sendable {}
