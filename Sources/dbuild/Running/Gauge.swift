import Planning

/// How the machine stands, looked at now and then.
struct Gauge {
    /// By the monotonic clock.
    private var lookedAt: UInt64 = 0
    private var conditions = Conditions()
    /// Cpus of what has started since, which the machine did not show yet.
    private var startedCPUs = 0
    private let countsThreads: Bool
    private static let nanosecondsBetween: UInt64 = 250_000_000

    init(_ budget: Budget) { countsThreads = budget.mostRunnable != nil }

    /// - Parameter now: nanoseconds by the monotonic clock.
    mutating func read(at now: UInt64) -> Conditions {
        if lookedAt == 0 || now - lookedAt >= Self.nanosecondsBetween {
            conditions.heldBytes = ProcessTree.heldBytes
            conditions.availableBytes = Machine.memory?.availableBytes ?? Budget.unlimitedBytes
            conditions.runnable = countsThreads ? Machine.runnableCount ?? 0 : 0
            (lookedAt, startedCPUs) = (now, 0)
        }
        var conditions = conditions
        conditions.runnable += startedCPUs
        return conditions
    }

    mutating func started(cpus: Int) { startedCPUs += cpus }
}
