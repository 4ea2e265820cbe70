/// A request on its way, and who waits for the answer.
struct Job {
    typealias Waiter = CheckedContinuation<ProcessReport, any Error>

    let id: UInt64
    let frame: [UInt8]
    let waiter: Waiter
}

/// What a caller is to hear, once the lock is released.
struct JobResult {
    let waiter: Job.Waiter
    let result: Result<ProcessReport, any Error>

    func deliver() { waiter.resume(with: result) }
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
