import Synchronization

/// Shares a list among threads, the next few to whoever asks.
final class LookQueue: Sendable {
    private let count: Int
    private let step: Int
    private let taken = Atomic(0)

    init(count: Int) {
        self.count = count
        // One at a time of few, which may be large; of many more, since most are only looked at.
        step = max(1, min(32, count / 256))
    }

    /// The indices that nobody else has; nil when all are taken.
    func next() -> Range<Int>? {
        let start = taken.add(step, ordering: .relaxed).oldValue
        return start < count ? start ..< min(count, start + step) : nil
    }
}
