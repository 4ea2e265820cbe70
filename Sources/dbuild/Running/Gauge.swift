import Planning

/// How the machine stands, looked at now and then.
struct Gauge {
    /// By the monotonic clock.
    private var lookedAt: UInt64 = 0
    private var memoryLookedAt: UInt64 = 0
    private var conditions = Conditions()
    /// Cpus of what has started since, which the machine did not show yet.
    private var startedCPUs = 0
    /// Something that the last look saw is over.
    private var hasEnded = false
    private let look: () -> Conditions
    private static let nanosecondsBetween: UInt64 = 250_000_000
    /// Between looks, each of which reads some files for every process.
    private static let leastNanosecondsBetween: UInt64 = 10_000_000

    init(_ budget: Budget) {
        let countsThreads = budget.mostRunnable != nil
        self.init {
            Conditions(
                heldBytes: ProcessTree.heldBytes,
                availableBytes: Machine.memory?.availableBytes ?? Budget.unlimitedBytes,
                runnable: countsThreads ? Machine.runnableCount ?? 0 : 0)
        }
    }

    /// - Parameter look: what looks at the machine.
    init(look: @escaping () -> Conditions) { self.look = look }

    /// - Parameter now: nanoseconds by the monotonic clock.
    mutating func read(at now: UInt64) -> Conditions {
        if lookedAt == 0 || now - lookedAt >= Self.nanosecondsBetween { lookAgain(at: now) }
        return seen
    }

    /// Where nothing may start by what `read` has given: as the machine stands without what has ended since.
    ///
    /// - Returns: nil where that is the same, as far as is known.
    mutating func readAgain(at now: UInt64) -> Conditions? {
        guard hasEnded, now - memoryLookedAt >= Self.leastNanosecondsBetween else { return nil }
        // What started a moment ago has no thread yet that could be counted.
        let runnable = conditions.runnable
        conditions = look()
        conditions.runnable = runnable
        (memoryLookedAt, hasEnded) = (now, false)
        return seen
    }

    private mutating func lookAgain(at now: UInt64) {
        conditions = look()
        (lookedAt, memoryLookedAt, startedCPUs, hasEnded) = (now, now, 0, false)
    }

    private var seen: Conditions {
        var conditions = conditions
        conditions.runnable += startedCPUs
        return conditions
    }

    mutating func started(cpus: Int) { startedCPUs += cpus }

    mutating func ended() { hasEnded = true }
}
