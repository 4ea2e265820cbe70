/// A request on its way, and who waits for the answer.
struct Job {
    let id: UInt64
    let frame: [UInt8]
    /// What goes along with the frame.
    let descriptors: [OwnedDescriptor]
    let waiter: any JobWaiter
}

/// Hears of an action. It is called without the pool's lock.
protocol JobWaiter: Sendable {
    /// The last word.
    func end(_ result: Result<ProcessReport, any Error>)
    /// No limit holds any more.
    func free(_ use: StayingProcess.Use)
}

/// What a caller is to hear, once the lock is released.
enum JobNews {
    case end(any JobWaiter, Result<ProcessReport, any Error>)
    case free(any JobWaiter, StayingProcess.Use)

    func deliver() {
        switch self {
        case .end(let waiter, let result): waiter.end(result)
        case .free(let waiter, let use): waiter.free(use)
        }
    }
}

/// A descriptor that is closed when nobody has it any more.
package final class OwnedDescriptor: Sendable {
    package let number: Int32
    package init(_ number: Int32) { self.number = number }
    deinit { closeDescriptor(number) }
}

/// Jobs without a helper, first come first served.
struct WaitingJobs {
    private var jobs: [Job] = []
    /// Those before it have been taken; they go in bulk.
    private var first = 0

    mutating func append(_ job: Job) { jobs.append(job) }

    mutating func popFirst() -> Job? {
        guard first < jobs.count else { return nil }
        defer {
            first += 1
            if first == jobs.count || first > 4096 {
                jobs.removeFirst(first)
                first = 0
            }
        }
        return jobs[first]
    }

    mutating func remove(id: UInt64) -> Job? {
        jobs[first...].firstIndex { $0.id == id }.map { jobs.remove(at: $0) }
    }

    mutating func removeAll() -> [Job] {
        defer {
            jobs = []
            first = 0
        }
        return Array(jobs[first...])
    }
}
