/// How a run stands, folded from its events alone: it knows no clock and no terminal.
struct RunState: Sendable {
    /// An action that runs.
    struct Running: Sendable, Hashable {
        var action: String
        var attempt: Int
        var lane: Int
        /// Nanoseconds since the run's time began.
        var started: UInt64
        var estimate: Event.Estimate
        /// Memory that it held when it was looked at last.
        var bytes: UInt64?
    }

    private(set) var run: Event.Run?
    private(set) var families: [Event.Family] = []
    private(set) var price: Event.Price?
    /// What will have been done at the end; nil while nobody knows, as while what the rules read is built.
    private(set) var expected: Int?
    private(set) var built = 0
    private(set) var restored = 0
    private(set) var failed = 0
    private(set) var retried = 0
    private(set) var warnings = 0
    private(set) var summary: Event.Summary?
    /// Of the last event.
    private(set) var nanoseconds: UInt64 = 0
    /// Of the action that started last.
    private(set) var lastRule = ""
    private var runningByAction: [String: Running] = [:]
    private var lanes = Lanes()
    /// Learned seconds of actions that have ended.
    private var workSecondsDone = 0.0
    private var pace = Pace()

    var done: Int { built + restored + failed }
    var runningCount: Int { runningByAction.count }
    /// Those that have run longest first.
    var running: [Running] {
        runningByAction.values.sorted { ($0.started, $0.action) < ($1.started, $1.action) }
    }

    func running(_ action: String) -> Running? { runningByAction[action] }

    mutating func apply(_ line: EventLine) {
        nanoseconds = max(nanoseconds, line.nanoseconds)
        switch line.event {
        case .runStarted(let run): self.run = run
        case .planned(let families): self.families = families
        case .priced(let price): self.price = price
        case .assessed(let outlook, _): expect(outlook.open)
        case .remaining(let count): expect(count)
        case .verdict(let decision):
            // Cut off, held or blocked: expected, and not to be run.
            if decision.isLate, ![3, 4, 8, 9, 12].contains(decision.line) {
                expected = expected.map { max(0, $0 - 1) }
            }
        case .actionStarted(let action, let attempt, let estimate):
            let lane = lanes.take(line.lane)
            runningByAction[action] = Running(
                action: action, attempt: attempt, lane: lane, started: line.nanoseconds, estimate: estimate)
            lastRule = ruleName(ofAction: action)
            pace.begin(at: line.nanoseconds)
        case .sample(let samples):
            for sample in samples { runningByAction[sample.action]?.bytes = sample.bytes }
        case .actionRan(let action): end(action)
        case .actionFinished(let action, _, _, _, _):
            end(action)
            built += 1
        case .actionRestored:
            restored += 1
        case .actionRetried(let retry):
            end(retry.action, isOver: false)
            retried += 1
        case .actionFailed(let failure):
            end(failure.action)
            failed += 1
        case .actionCancelled(let action): end(action, isOver: false)
        case .warning, .displaced, .inputMoved: warnings += 1
        case .summary(let summary):
            self.summary = summary
            runningByAction = [:]
            lanes = Lanes()
        case .format, .compiling, .resolved, .unjudged, .waitingForLock, .waitingForRules, .recovered, .reading,
            .caused, .interrupted, .blocked, .degraded, .held, .left:
            break
        }
        pace.note(done, at: line.nanoseconds)
    }

    /// - Parameter more: beside what is done.
    private mutating func expect(_ more: Int) {
        let (sum, overflow) = done.addingReportingOverflow(max(0, more))
        expected = overflow ? .max : sum
    }

    private mutating func end(_ action: String, isOver: Bool = true) {
        // One that could not be started has not run.
        guard let ended = runningByAction.removeValue(forKey: action) else { return }
        lanes.give(back: ended.lane)
        if isOver { workSecondsDone += ended.estimate.seconds ?? 0 }
    }

    /// The lowest lane that is free.
    var freeLane: Int { lanes.lowestFree }
}

// MARK: - What is to come

extension RunState {
    /// Actions a second, as of late.
    func rate(at now: UInt64) -> Double { pace.rate(done, at: now) }

    /// Seconds from now to the end of the longest chain behind what runs, as learned; nil where nothing was.
    func pathSeconds(at now: UInt64) -> Double? {
        runningByAction.values.compactMap { action in
            action.estimate.remainingSeconds.map { max(0, $0 - elapsed(action, at: now)) }
        }.max()
    }

    /// How long it will take from now on; nil where nobody knows.
    ///
    /// By what was learned of the actions, where the run has a price that knows all of them; else by how fast they went
    /// of late. Never less than the longest chain.
    func secondsLeft(at now: UInt64) -> Double? {
        guard summary == nil, let expected else { return nil }
        let path = pathSeconds(at: now)
        let left = max(0, expected - done)
        if let price, price.workSeconds > 0, price.neverRan == 0 {
            let running = runningByAction.values.reduce(0) {
                $0 + min($1.estimate.seconds ?? 0, elapsed($1, at: now))
            }
            let work = max(0, price.workSeconds - workSecondsDone - running) / Double(max(1, run?.jobs ?? 1))
            return max(work, path ?? 0)
        }
        let rate = rate(at: now)
        guard rate > 0 else { return left == 0 ? path ?? 0 : nil }
        return max(Double(left) / rate, path ?? 0)
    }

    func elapsed(_ action: Running, at now: UInt64) -> Double {
        now > action.started ? Double(now - action.started) / 1e9 : 0
    }
}

/// Numbers of what runs at once, each the lowest that was free.
private struct Lanes: Sendable {
    private var taken: [Bool] = []

    var lowestFree: Int { taken.firstIndex(of: false) ?? taken.count }

    /// - Parameter lane: as it was written down, where it was.
    mutating func take(_ lane: Int?) -> Int {
        let mostLanes = 1 << 16
        let lane = lane.flatMap { (0 ..< mostLanes).contains($0) ? $0 : nil } ?? lowestFree
        while taken.count <= lane { taken.append(false) }
        taken[lane] = true
        return lane
    }

    mutating func give(back lane: Int) { taken[lane] = false }
}

/// How fast it went of late.
private struct Pace: Sendable {
    private struct Mark {
        let nanoseconds: UInt64
        let done: Int
    }
    private var marks: [Mark] = []
    /// Marks are a second apart at least.
    private static let mostMarks = 30

    mutating func begin(at now: UInt64) { if marks.isEmpty { marks.append(Mark(nanoseconds: now, done: 0)) } }

    mutating func note(_ done: Int, at now: UInt64) {
        guard let last = marks.last, now > last.nanoseconds, now - last.nanoseconds >= 1_000_000_000, done > last.done
        else { return }
        marks.append(Mark(nanoseconds: now, done: done))
        if marks.count > Self.mostMarks { marks.removeFirst() }
    }

    func rate(_ done: Int, at now: UInt64) -> Double {
        guard let first = marks.first, now > first.nanoseconds else { return 0 }
        return Double(done - first.done) / (Double(now - first.nanoseconds) / 1e9)
    }
}
