import Artifact
import Hashing
import Planning
import Synchronization

/// Where a run tells what happens: into its file, to who follows, and to who looks on.
///
/// Telling costs little and never waits: a thread writes what was told, at once where nothing was for a while, else
/// every 50 ms. So that a finish can be read 100 ms after it at the latest, and 10,000 small actions are no 30,000 writes.
final class EventLog: Sendable {
    private struct State {
        var unwritten: [UInt8] = []
        var told = Screen.Told()
        var run = RunState()
        var causes = CauseBook()
        var number: Int64 = 0
        /// Memory that running actions hold, by name.
        var measure: (@Sendable () -> [String: UInt64])?
        var lastSample: UInt64 = 0
        /// Waits for the bell; nil before there is a thread, and where there can be none.
        var isAsleep: Bool?
        var isClosing = false
        var isClosed = false

        /// It ended by an error: nobody says at the end what failed.
        var isCutShort = false

        var hasNothingToWrite: Bool { unwritten.isEmpty && told.isEmpty }
    }

    private let state = Mutex(State())
    private let pump: Mutex<EventPump>
    private let mode: ProgressMode
    private let bell = Semaphore()
    private let ended = Semaphore()
    /// Of the monotonic clock.
    private let start = Clock.monotonicNanoseconds
    private let startedNanoseconds = Clock.wallNanoseconds
    private static let nanosecondsBetweenWrites: UInt64 = 50_000_000
    private static let nanosecondsBetweenSamples: UInt64 = 1_000_000_000

    init(_ options: ProgressOptions) throws {
        mode = options.mode
        pump = Mutex(try EventPump(options))
        say(.format(version: EventLine.formatVersion))
    }

    /// Whether all is written, and only the last words to people are left.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Whether a person reads what it says.
    var isText: Bool { mode != .json }

    /// Tells what run it is, and writes from here on, with all that was told before, to `.dbuild/runs/<run>/events.jsonl`.
    ///
    /// - Returns: the run as it was told.
    func begin(_ run: Event.Run, _ workspace: Workspace, _ disk: any Disk) throws -> Event.Run {
        try disk.makeDirectory(Path(".dbuild/runs/\(run.run)"))
        let file = try openForAppending(workspace.state("runs/\(run.run)/events.jsonl"))
        state.withLock { $0.number = run.run }
        if let trouble = pump.withLock({ $0.open(file) }) { say(.warning(trouble)) }
        var run = run
        let process = ProcessIdentity.current
        (run.process, run.processStart) = (process.number, process.start)
        (run.host, run.version) = (Machine.hostName, Dbuild.version)
        run.startedNanoseconds = startedNanoseconds
        say(.runStarted(run))
        return run
    }

    /// - Parameter memory: what running actions hold, in bytes, by name; asked about once a second.
    func measure(_ memory: @escaping @Sendable () -> [String: UInt64]) { state.withLock { $0.measure = memory } }

    func say(_ event: Event) {
        state.withLock { tell(event, &$0) }
        if state.withLock({ $0.isAsleep == nil }) { startPumping() }
    }

    /// - Parameter isLate: it was open when the run began.
    func say(verdict assessment: Assessment, _ action: ActionID, isLate: Bool = false) {
        guard let verdict = assessment.verdicts[action.index] else { return }
        state.withLock { state in
            let decision = Event.Decision(
                action: assessment.plan.name(of: action), line: verdict.line,
                reasons: verdict.reasons.map { $0.inWords }, causes: state.causes.note(action, assessment),
                isLate: isLate)
            tell(.verdict(decision), &state)
        }
    }

    /// Tells the end of a run that an error has ended: what is known of it without its results.
    func endByError(exitCode: Int32) {
        state.withLock { state in
            guard state.run.run != nil, state.run.summary == nil else { return }
            var summary = Event.Summary()
            (summary.built, summary.restored) = (state.run.built, state.run.restored)
            (summary.failed, summary.retried) = (state.run.failed, state.run.retried)
            (summary.seconds, summary.exitCode) = (Double(now) / 1e9, exitCode)
            state.isCutShort = true
            tell(.summary(summary), &state)
        }
    }

    /// Writes all that was told, and leaves a clean screen. What is told later is only shown.
    func close() {
        let (isFirst, hasThread) = state.withLock { state in
            defer { state.isClosing = true }
            return (!state.isClosing, state.isAsleep != nil)
        }
        guard isFirst else { return }
        if hasThread {
            bell.signal()
            ended.wait()
        } else {
            _ = write()
        }
        let saysFailures = state.withLock { $0.isCutShort || $0.run.summary == nil }
        let (troubles, unwritten) = pump.withLock { $0.close(saysFailures: saysFailures) }
        state.withLock { $0.isClosed = true }
        // Now there is time to wait for whoever reads it.
        writeBytes(unwritten, toStandard: 2)
        for trouble in troubles { showLate("warning: \(trouble)") }
    }

    /// The terminal's job is about to be stopped.
    func clearScreen() { pump.withLock { $0.clearScreen() } }

    private func tell(_ event: Event, _ state: inout State) {
        let messages = isText && Messages.isTold(event, state.run) ? Messages.lines(event, isQuiet: mode == .none) : []
        if state.isClosed { return messages.forEach(showLate) }
        var line = EventLine(nanoseconds: now, event)
        if case .actionStarted = event { line.lane = state.run.freeLane }
        state.run.apply(line)
        state.unwritten += line.bytes
        if case .actionFailed = event { state.told.failures += messages } else { state.told.messages += messages }
        if state.isAsleep == true {
            state.isAsleep = false
            bell.signal()
        }
    }

    private func showLate(_ message: String) { dbuild.write(message + "\n", toStandard: 2) }

    /// Nanoseconds since the run's time began.
    private var now: UInt64 { Clock.monotonicNanoseconds &- start }
}

// MARK: - Its thread

extension EventLog {
    private func startPumping() {
        let isMine = state.withLock { state in
            guard state.isAsleep == nil, !state.isClosing else { return false }
            state.isAsleep = false
            return true
        }
        guard isMine else { return }
        do {
            try startThread { [self] in serve() }
        } catch {
            // Out of threads: then who tells it writes it.
            state.withLock { $0.isAsleep = nil }
            _ = write()
        }
    }

    private func serve() {
        while true {
            let isLast = state.withLock { $0.isClosing }
            sample()
            let didWrite = write()
            if isLast { return ended.signal() }
            bell.wait(mostNanoseconds: rest(didWrite))
        }
    }

    /// How long there will be nothing to do, at most.
    private func rest(_ didWrite: Bool) -> UInt64 {
        state.withLock { state in
            if state.isClosing { return 0 }
            if didWrite || !state.hasNothingToWrite { return Self.nanosecondsBetweenWrites }
            state.isAsleep = true
            guard state.run.runningCount > 0 else { return 3_600_000_000_000 }
            return mode == .tty ? 200_000_000 : Self.nanosecondsBetweenSamples
        }
    }

    /// - Returns: whether there was anything, or still is.
    private func write() -> Bool {
        let (lines, told, run) = state.withLock { state in
            defer { (state.unwritten, state.told) = ([], Screen.Told()) }
            state.isAsleep = state.isAsleep.map { _ in false }
            return (state.unwritten, state.told, state.run)
        }
        let (troubles, isBehind) = pump.withLock { ($0.write(lines, told, run, at: now), $0.isBehind) }
        state.withLock { state in
            for trouble in troubles { tell(.warning(trouble), &state) }
        }
        return !lines.isEmpty || !told.isEmpty || isBehind
    }

    private func sample() {
        let measure = state.withLock { state -> (@Sendable () -> [String: UInt64])?? in
            let now = now
            guard state.run.runningCount > 0, !state.isClosing,
                now >= state.lastSample + Self.nanosecondsBetweenSamples
            else { return nil }
            defer { state.lastSample = now }
            // What has just begun shows nothing yet.
            return state.lastSample == 0 ? nil : .some(state.measure)
        }
        guard let measure else { return }
        let bytes = measure?() ?? [:]
        state.withLock { state in
            let now = now
            let samples = state.run.running.map {
                Event.Sample(
                    action: $0.action, seconds: state.run.elapsed($0, at: now), bytes: bytes[$0.action])
            }
            if !samples.isEmpty { tell(.sample(samples), &state) }
        }
    }
}

// MARK: - Logs of actions

extension EventLog {
    /// - Returns: relative to the workspace.
    func logPath(of action: String) -> Path { Self.logPath(of: action, run: state.withLock { $0.number }) }

    /// - Returns: relative to the workspace.
    static func logPath(of action: String, run: Int64) -> Path {
        var name = Array(action.utf8)
        func isAwkward(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") }
        // A name of a file has 255 bytes at most, and two actions must not share one. The name is one that is shown as it
        // is, so that who reads of the log finds it.
        if name.count > 200 || name.contains(where: isAwkward) {
            let plain = name.map { (0x21 ..< 0x7F).contains($0) && !isAwkward($0) ? $0 : UInt8(ascii: "_") }
            name = plain.prefix(180) + Array("-\(XXH3.digest(Array(action.utf8)))".utf8.prefix(17))
        }
        return Path(".dbuild/logs/\(run)") / Path(name + Array(".log".utf8))
    }

    /// Where an action's log goes when it runs again: its own place is that of the last attempt.
    ///
    /// - Parameter attempt: that wrote the log, from 1.
    static func logPath(ofEarlierAttempt attempt: Int, _ log: Path) -> Path {
        Path(log.bytes.dropLast(".log".utf8.count) + Array(".\(attempt).log".utf8))
    }
}
