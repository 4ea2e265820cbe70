import Planning

/// Which actions that failed run again in this run, and when.
///
/// It counts within a run only: what failed in an earlier one is built as if it never had.
struct Retries {
    private var begun: [ActionID: Int] = [:]
    /// Failed, and not begun again yet.
    private var waiting: [ActionID: Finished] = [:]
    /// How the attempt before it ended, of those that were begun again.
    private var before: [ActionID: Finished] = [:]
    /// Nothing is begun from then on, nanoseconds since 1970-01-01T00:00:00Z.
    private let deadlineNanoseconds: Int64?

    init(deadlineNanoseconds: Int64?) { self.deadlineNanoseconds = deadlineNanoseconds }

    /// - Returns: the number of the attempt that begins, from 1.
    mutating func begin(_ action: ActionID) -> Int {
        before[action] = waiting.removeValue(forKey: action)
        begun[action, default: 0] += 1
        return begun[action] ?? 1
    }

    /// Whether the attempt that begins next is the action's first.
    func isFirst(_ action: ActionID) -> Bool { begun[action, default: 0] == 0 }

    /// The attempt that was to begin has not: what stands is the one before it.
    mutating func cameBack(_ action: ActionID) {
        waiting[action] = before.removeValue(forKey: action)
        begun[action, default: 1] -= 1
    }

    /// What a failed attempt is followed by: another one after so many nanoseconds, or nothing, which is nil.
    ///
    /// - Parameters:
    ///   - finished: it is kept until the next attempt begins, since it is what stands if none does.
    ///   - now: nanoseconds since 1970-01-01T00:00:00Z.
    mutating func pause(after finished: Finished, of action: ActionID, _ running: Running, now: Int64) -> Int64? {
        let attempts = begun[action] ?? 1
        guard let retries = running.retries, attempts <= retries.most,
            finished.report.ending.canRetry(ofTimeouts: retries.ofTimeouts)
        else { return nil }
        let pause = retries.pauseNanoseconds.doubled(attempts - 1)
        if let deadlineNanoseconds {
            let (due, overflows) = now.addingReportingOverflow(pause)
            guard !overflows, due < deadlineNanoseconds else { return nil }
        }
        waiting[action] = finished
        return pause
    }

    /// Those that were to run again, and will not.
    mutating func giveUp() -> [(action: ActionID, finished: Finished)] {
        defer { waiting = [:] }
        return waiting.sorted { $0.key < $1.key }.map { (action: $0.key, finished: $0.value) }
    }
}

extension Int64 {
    /// - Precondition: it is not negative.
    fileprivate func doubled(_ times: Int) -> Int64 {
        self == 0 || times < leadingZeroBitCount ? self << times : .max
    }
}
