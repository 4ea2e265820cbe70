/// When the last actions of each pool started: what one part of a run hands on to the next, so that both together stay
/// within what a pool allows. Another run knows nothing of it.
package struct PoolStarts: Hashable, Sendable {
    /// By the pool's name, the oldest first, nanoseconds by the clock that schedules are asked with.
    var instants: [[UInt8]: [UInt64]] = [:]

    package init() {}
}

/// How much of a pool is in use.
struct PoolUse: Sendable {
    let atOnce: Int
    let perMinute: Int?
    private var inUse = 0
    /// When the last ones started, at most as many as may in a minute; nanoseconds by the caller's clock.
    private(set) var starts: [UInt64]
    /// A second more than a minute: between the decision to start and the start itself there is always a little time,
    /// and not always the same.
    static let windowNanoseconds: UInt64 = 61_000_000_000

    /// - Parameter earlier: when the last ones started before, the oldest first.
    init(_ pool: Plan.Pool, _ earlier: [UInt64] = []) {
        atOnce = max(1, pool.atOnce ?? .max)
        perMinute = pool.perMinute.map { max(1, $0) }
        starts = perMinute.map { earlier.suffix($0) } ?? []
    }

    func admits(at now: UInt64) -> Bool {
        guard inUse < atOnce else { return false }
        return opensAt.map { $0 <= now } ?? true
    }

    /// When the next one may start, where only time is in the way; nil: nothing has to be waited for, or nobody knows.
    var opensAt: UInt64? {
        guard let perMinute, inUse < atOnce, starts.count >= perMinute, let oldest = starts.first else { return nil }
        return oldest &+ Self.windowNanoseconds
    }

    mutating func start(at now: UInt64) {
        inUse += 1
        guard let perMinute else { return }
        if starts.count >= perMinute { starts.removeFirst() }
        starts.append(now)
    }

    mutating func finish() { inUse -= 1 }
}
