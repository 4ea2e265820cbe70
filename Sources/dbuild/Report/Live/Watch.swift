/// Follows a run from outside, by what it writes down: from its beginning, however late.
struct Watch {
    private let account: RunAccount
    private let path: String
    private let terminal: Terminal?
    private var display: Display
    private var state = RunState()
    private static let nanosecondsBetweenLooks: UInt64 = 100_000_000

    /// - Returns: nil where nothing runs.
    init?(_ history: RunHistory) throws {
        guard let last = history.runs.last else { return nil }
        account = RunAccount(last, try history.ends(of: last))
        guard [.running, .unknown].contains(account.state) else { return nil }
        path = history.events(of: last)
        terminal = Terminal(1)
        display = Display(terminal == nil ? .plain : .tty, hasColour: Terminal.hasColour)
    }

    /// Leaves a clean screen when whoever looks on has seen enough, and then the process.
    private func leaveWhenInterrupted() throws {
        let next = try Signal.listen()
        let isDrawing = terminal != nil
        try startThread {
            var number = next()
            // Nothing is to be stopped with it.
            while number == Signal.suspend {
                Signal.stopSelf()
                number = next()
            }
            if isDrawing { write("\r\u{1B}[J", toStandard: 1) }
            leave(128 + number)
        }
    }

    /// Returns when the run has ended, or whoever looks on has gone.
    mutating func follow() throws {
        try leaveWhenInterrupted()
        var file = try FollowedFile(path)
        defer { file.close() }
        var lines = EventLines()
        var isFirst = true
        while true {
            // Looked at first: what it wrote before it went is read after.
            let isAlive = [.running, .unknown].contains(account.state)
            var messages: [String] = []
            for line in lines.take(try file.read()) {
                state.apply(line)
                // What has gone by is of interest only where it went wrong.
                messages += Messages.lines(line.event, isQuiet: isFirst && !isPlan(line.event))
            }
            isFirst = false
            guard show(messages) else { return }
            if let summary = state.summary { return finish(SummaryLine.text(summary, price: state.price)) }
            guard isAlive else { return finish("killed   run \(account.run) ended without a summary") }
            if account.state == .unknown { return finish(Notice.cannotFollow(account, state)) }
            pause(nanoseconds: Self.nanosecondsBetweenLooks)
        }
    }

    private func isPlan(_ event: Event) -> Bool { if case .planned = event { true } else { false } }

    private mutating func show(_ messages: [String]) -> Bool {
        say(display.update(messages, state, at: now, columns: terminal?.columns ?? 0, timeOfDay: timeOfDay()))
    }

    private mutating func finish(_ line: String) {
        _ = say(display.clear(columns: terminal?.columns ?? 0) + line + "\n")
    }

    /// - Returns: false where nobody looks on any more.
    private func say(_ text: String) -> Bool {
        guard !text.isEmpty else { return true }
        do {
            try writeAll(Array(text.utf8), to: 1, named: "standard output")
            return true
        } catch { return false }
    }

    /// Nanoseconds since the run's time began, by the clock that both processes see.
    private var now: UInt64 {
        let began = account.told?.startedNanoseconds ?? Clock.wallNanoseconds
        let (since, overflows) = Clock.wallNanoseconds.subtractingReportingOverflow(began)
        return max(overflows ? 0 : UInt64(max(0, since)), state.nanoseconds)
    }
}
