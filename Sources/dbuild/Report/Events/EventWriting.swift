import Artifact
import Planning

extension EventLine {
    /// As it is written down: one line of JSON.
    var bytes: [UInt8] {
        var line = JSONLine()
        line.add("event", event.word)
        line.add("t", nanoseconds)
        line.add("lane", lane)
        event.write(into: &line)
        return line.end()
    }
}

extension Event {
    /// What kind of event a line is of.
    fileprivate var word: String {
        switch self {
        case .format: "format"
        case .runStarted: "run"
        case .compiling: "compiling"
        case .resolved: "resolved"
        case .unjudged: "unjudged"
        case .waitingForLock, .waitingForRules: "waiting"
        case .recovered: "recovered"
        case .planned: "plan"
        case .reading: "reading"
        case .assessed: "assessed"
        case .priced: "price"
        case .caused: "cause"
        case .remaining: "remaining"
        case .verdict: "verdict"
        case .actionStarted: "start"
        case .actionRan: "ran"
        case .sample: "sample"
        case .actionFinished: "finish"
        case .actionRestored: "restore"
        case .actionRetried: "retry"
        case .actionFailed: "failure"
        case .actionCancelled: "cancel"
        case .inputMoved: "moved"
        case .displaced: "displaced"
        case .warning: "warning"
        case .blocked: "blocked"
        case .degraded: "degraded"
        case .held: "held"
        case .left: "left"
        case .interrupted: "interrupted"
        case .summary: "summary"
        }
    }

    fileprivate func write(into line: inout JSONLine) {
        switch self {
        case .format(let version): line.add("version", version)
        case .runStarted(let run): run.write(into: &line)
        case .compiling: break
        case .resolved(let parameters): line.add("parameters", parameters)
        case .unjudged(let count), .remaining(let count): line.add("actions", count)
        case .waitingForLock(let holder): line.add("what", holder)
        case .waitingForRules(let holder):
            line.add("what", holder)
            line.add("forRules", true)
        case .recovered(let completed, let broken):
            line.add("paths", (completed + broken).map { "\($0)" })
            line.add("failed", broken.count)
        case .planned(let families):
            line.add("actions", families.reduce(0) { $0 + $1.actions })
            line.add("rules", families) { line, family in
                line.add("rule", family.rule)
                line.add("actions", family.actions)
            }
        case .reading(let actions): line.add("paths", actions)
        case .assessed(let outlook, let causes):
            for (name, count) in Outlook.counts { line.add(name, outlook[keyPath: count]) }
            line.add("rootCauses", causes) { $1.write(into: &$0) }
        case .priced(let price): price.write(into: &line)
        case .caused(let cause): cause.write(into: &line)
        case .verdict(let decision): decision.write(into: &line)
        case .actionStarted(let action, let attempt, let estimate):
            line.add("action", action)
            line.add("attempt", attempt)
            line.add("estimatedSeconds", seconds: estimate.seconds)
            line.add("estimatedBytes", estimate.bytes)
            line.add("remainingSeconds", seconds: estimate.remainingSeconds)
        case .sample(let samples):
            line.add("running", samples) { line, sample in
                line.add("action", sample.action)
                line.add("seconds", seconds: sample.seconds)
                line.add("bytes", sample.bytes)
            }
        case .actionFinished(let action, let seconds, let cpuSeconds, let peakBytes, let missing):
            line.add("action", action)
            line.add("seconds", seconds: seconds)
            line.add("cpuSeconds", seconds: cpuSeconds)
            line.add("peakBytes", peakBytes)
            line.add("missing", missing)
        case .actionRan(let action), .actionRestored(let action), .actionCancelled(let action):
            line.add("action", action)
        case .actionRetried(let retry): retry.write(into: &line)
        case .actionFailed(let failure): failure.write(into: &line)
        case .inputMoved(let path): line.add("paths", ["\(path)"])
        case .displaced(let path, let target): line.add("paths", ["\(path)", "\(target)"])
        case .warning(let text), .interrupted(let text): line.add("what", text)
        case .blocked(let blocked): blocked.write(into: &line)
        case .degraded(let degraded): degraded.write(into: &line)
        case .held(let held): held.write(into: &line)
        case .left(let left): left.write(into: &line)
        case .summary(let summary): summary.write(into: &line)
        }
    }
}

// MARK: - Parts

extension Event.Run {
    fileprivate func write(into line: inout JSONLine) {
        line.add("run", run)
        line.add("now", nowNanoseconds)
        line.add("started", startedNanoseconds)
        line.add("targets", targets)
        if isOfFailed { line.add("onlyFailed", true) }
        line.add("parameters", parameters)
        line.add("jobs", jobs)
        line.add("host", host)
        line.add("process", process)
        line.add("processStart", processStart)
        line.add("dbuild", version)
    }
}

extension Event.Outlook {
    /// Counts by their names.
    static var counts: [(StaticString, WritableKeyPath<Event.Outlook, Int>)] {
        [
            ("actions", \.actions), ("current", \.current), ("certain", \.certain), ("undecided", \.undecided),
            ("blocked", \.blocked), ("restorable", \.restorable), ("kept", \.kept), ("waiting", \.waiting),
            ("skipped", \.skipped),
        ]
    }
}

extension Event.Cause {
    fileprivate func write(into line: inout JSONLine) {
        line.add("kind", kind)
        line.add("what", what)
        line.add("certain", certain)
        line.add("followed", followed)
        line.add("held", held)
        line.add("examples", examples)
    }
}

extension Event.Price {
    fileprivate func write(into line: inout JSONLine) {
        line.add("certainSeconds", seconds: certainSeconds)
        line.add("mostSeconds", seconds: mostSeconds)
        line.add("workSeconds", seconds: workSeconds)
        line.add("peakBytes", peakBytes)
        line.add("diskBytes", diskBytes)
        line.add("neverRan", neverRan)
    }
}

extension Event.Decision {
    fileprivate func write(into line: inout JSONLine) {
        line.add("action", action)
        line.add("line", self.line)
        line.add("reasons", reasons)
        line.add("causes", causes)
        if isLate { line.add("late", true) }
    }
}

extension Event.Retry {
    fileprivate func write(into line: inout JSONLine) {
        line.add("action", action)
        line.add("attempt", attempt)
        line.add("mostAttempts", mostAttempts)
        line.add("what", what)
        line.add("seconds", seconds: seconds)
        line.add("pauseSeconds", seconds: pauseSeconds)
    }
}

extension Event.ActionFailure {
    fileprivate func write(into line: inout JSONLine) {
        line.add("action", action)
        line.add("rule", rule)
        line.add("what", what)
        line.add("seconds", seconds: seconds)
        line.add("rulesFile", printable(place.file))
        line.add("rulesLine", place.line)
        line.add("paths", outputs.map { "\($0)" })
        line.add("logLines", logLines)
        line.add("log", log.map { "\($0)" })
        line.add("category", category)
        line.add("canRetry", canRetry)
        line.add("attempt", attempt)
        line.add("mostAttempts", mostAttempts)
        line.add("peakBytes", peakBytes)
    }
}

extension Event.Summary {
    /// Counts by their names.
    static var counts: [(StaticString, WritableKeyPath<Event.Summary, Int>)] {
        [
            ("built", \.built), ("cutOff", \.cutOff), ("current", \.current), ("failed", \.failed),
            ("blocked", \.blocked), ("restored", \.restored), ("skipped", \.skipped), ("kept", \.kept),
            ("waiting", \.waiting), ("degraded", \.degraded), ("cancelled", \.cancelled), ("orphans", \.orphans),
            ("left", \.left), ("retried", \.retried), ("workers", \.workersStarted), ("filesHashed", \.filesHashed),
        ]
    }

    fileprivate func write(into line: inout JSONLine) {
        for (name, count) in Self.counts { line.add(name, self[keyPath: count]) }
        line.add("seconds", seconds: seconds)
        line.add("cpuSeconds", seconds: cpuSeconds)
        line.add("peakBytes", peakBytes)
        line.add("bytesHashed", bytesHashed)
        line.add("exit", exitCode)
    }
}
