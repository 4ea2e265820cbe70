import Artifact
import Planning

/// Shows a run as plain lines on standard error: one every 50 actions or 10 seconds, never one for each action.
struct Progress: Sendable {
    private let isQuiet: Bool
    private var expected = 0
    private var done = 0
    private var running = 0
    private var failed = 0
    private var startedAt: UInt64 = 0
    private var lastLineAt: UInt64 = 0
    private var doneAtLastLine = 0
    private var lastRule = ""
    private static let actionsPerLine = 50
    /// Small actions finish by the hundred in a second.
    private static let leastNanosecondsBetweenLines: UInt64 = 1_000_000_000
    private static let nanosecondsPerLine: UInt64 = 10_000_000_000

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    mutating func show(_ event: Event) {
        switch event {
        case .compiling: say("rules    compiling")
        case .resolved(let parameters): say(Notice.resolved(parameters))
        case .unjudged(let count): say(Notice.unjudged(count))
        case .waitingForLock(let holder): say("waiting  another build has the workspace (\(holder))")
        case .recovered(let completed, let broken): recovered(completed, broken)
        case .planned(let families):
            let actions = families.reduce(0) { $0 + $1.actions }
            let counts = families.map { "\(grouped($0.actions)) \($0.rule)" }.joined(separator: ", ")
            say("plan     \(grouped(actions)) actions" + (counts.isEmpty ? "" : ": \(counts)"))
        case .reading(let actions): say("reads    \(actions.joined(separator: ", ")) first: the plan depends on it")
        case .assessed(let outlook, let causes):
            expected = done + outlook.open
            // A cause is no detail of a failure, which is said even where little is.
            if !isQuiet { for line in StaleLines.lines(outlook, causes) { say(line) } }
        case .remaining(let count): expected = done + count
        case .actionStarted(let action):
            if startedAt == 0 {
                startedAt = Clock.monotonicNanoseconds
                lastLineAt = startedAt
            }
            running += 1
            lastRule = String(action.prefix { $0 != "[" })
        case .actionFinished:
            done += 1
            running -= 1
            lineIfDue()
        // Not started, and of no interest by itself: the summary counts it.
        case .actionRestored: done += 1
        case .actionFailed(let failure):
            done += 1
            running -= 1
            failed += 1
            report(failure)
        case .inputMoved(let path): say("warning: `\(path)` changed while it was read; what read it is repeated")
        case .displaced(let path, let target):
            say("warning: `\(path)` was not as dbuild made it; it now lies at `\(target)`")
        case .warning(let text): say("warning: \(text)")
        case .verdict(_, let line, _):
            // Cut off: expected, and not to be run.
            if line == 5 || line == 2 { expected -= 1 }
        case .runStarted, .caused, .summary: break
        }
    }

    private func recovered(_ completed: [Path], _ broken: [Path]) {
        if !completed.isEmpty { say("resumed  \(completed.count) outputs of an interrupted run put in place") }
        for path in broken { say("warning: `\(path)` was left half in place and is built again") }
    }

    /// Called about once a second.
    mutating func tick() { if running > 0 { lineIfDue() } }

    private mutating func lineIfDue() {
        let now = Clock.monotonicNanoseconds
        let since = now - lastLineAt
        let isDue = done - doneAtLastLine >= Self.actionsPerLine && since >= Self.leastNanosecondsBetweenLines
        guard isDue || since >= Self.nanosecondsPerLine else { return }
        let seconds = Double(now - startedAt) / 1e9
        let rate = seconds > 0 ? Double(done) / seconds : 0
        // While what the rules read is built nobody knows yet how much there will be.
        let whole = expected > 0 ? "/\(grouped(max(expected, done)))" : ""
        let left = expected > 0 && rate > 0 ? "\(duration(Double(max(0, expected - done)) / rate)) left  " : ""
        say(
            "\(timeOfDay())  \(grouped(done))\(whole) \(lastRule)  \(oneDecimal(rate))/s  \(left)"
                + "running \(running)  \(failed) failed")
        (lastLineAt, doneAtLastLine) = (now, done)
    }

    private func report(_ failure: Event.ActionFailure) {
        say("failed   \(failure.action) after \(duration(failure.seconds)): \(failure.what)")
        for path in failure.outputs.prefix(3) { say("         output \(path)") }
        for line in failure.logLines { say("         | \(line)") }
        if let log = failure.log { say("         log: \(log)") }
    }

    private func say(_ line: String) {
        if !isQuiet || line.hasPrefix("failed") || line.hasPrefix("warning") || line.hasPrefix("    ") {
            write(line + "\n", toStandard: 2)
        }
    }
}

/// `12,345`
func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
        text.append(digit)
    }
    return (number < 0 ? "-" : "") + text
}

/// `2.1`, of numbers that are not too large for it.
func oneDecimal(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "?" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths < 0 ? "-" : "")\(grouped(abs(tenths) / 10)).\(abs(tenths) % 10)"
}

/// `0.04 s`, `3.1 s`, `1 min 12 s`, `2 h 5 min`.
func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "?" }
    if seconds < 0.1 { return "0.0\(Int(seconds * 100)) s" }
    if seconds < 60 { return "\(oneDecimal(seconds)) s" }
    let whole = Int(seconds.rounded())
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
}

/// `84 MB`
func byteCount(_ bytes: UInt64) -> String {
    if bytes < 1_000_000 { return "\(bytes / 1000) kB" }
    if bytes < 10_000_000_000 { return "\(grouped(Int(bytes / 1_000_000))) MB" }
    return "\(grouped(Int(bytes / 1_000_000_000))) GB"
}
