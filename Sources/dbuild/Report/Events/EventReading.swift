import Artifact
import Planning

extension EventLine {
    /// Reads a line that any version of dbuild has written: what it did not say is as if there were none.
    ///
    /// - Returns: nil of a line that is cut short, or of a later dbuild.
    init?(_ line: ArraySlice<UInt8>) {
        guard let members = JSONReader.object(line), let word = members.text("event"),
            let event = Event(word, members)
        else { return nil }
        self.init(nanoseconds: members.integer("t") ?? 0, lane: members.integer("lane"), event)
    }
}

extension Event {
    fileprivate init?(_ word: String, _ members: [String: JSONValue]) {
        let action = members.text("action") ?? "?"
        let paths = members.texts("paths")
        switch word {
        case "format": self = .format(version: members.integer("version") ?? 0)
        case "run": self = .runStarted(Run(members))
        case "compiling": self = .compiling
        case "resolved": self = .resolved(members.texts("parameters"))
        case "unjudged": self = .unjudged(members.count("actions") ?? 0)
        case "remaining": self = .remaining(members.count("actions") ?? 0)
        case "waiting":
            let holder = members.text("what") ?? "?"
            self = members.bool("forRules") ? .waitingForRules(holder: holder) : .waitingForLock(holder: holder)
        case "recovered":
            let broken = min(paths.count, max(0, members.count("failed") ?? 0))
            self = .recovered(
                completed: paths.dropLast(broken).map { Path(unprintable($0)) },
                broken: paths.suffix(broken).map { Path(unprintable($0)) })
        case "plan":
            self = .planned(
                members.objects("rules").map {
                    Family(rule: $0.text("rule") ?? "?", actions: $0.count("actions") ?? 0)
                })
        case "reading": self = .reading(paths)
        case "assessed":
            var outlook = Outlook()
            for (name, count) in Outlook.counts { outlook[keyPath: count] = members.count("\(name)") ?? 0 }
            self = .assessed(outlook, causes: members.objects("rootCauses").map { Cause($0) })
        case "price": self = .priced(Price(members))
        case "cause": self = .caused(Cause(members))
        case "verdict": self = .verdict(Decision(members))
        case "start":
            self = .actionStarted(
                action: action, attempt: members.count("attempt") ?? 1,
                estimate: Estimate(
                    seconds: members.seconds("estimatedSeconds"), bytes: members.integer("estimatedBytes"),
                    remainingSeconds: members.seconds("remainingSeconds")))
        case "ran": self = .actionRan(action: action)
        case "sample":
            self = .sample(
                members.objects("running").map {
                    Sample(
                        action: $0.text("action") ?? "?", seconds: $0.seconds("seconds") ?? 0,
                        bytes: $0.integer("bytes"))
                })
        case "finish":
            self = .actionFinished(
                action: action, seconds: members.seconds("seconds") ?? 0,
                cpuSeconds: members.seconds("cpuSeconds") ?? 0, peakBytes: members.integer("peakBytes") ?? 0,
                missing: members.count("missing") ?? 0)
        case "restore": self = .actionRestored(action: action)
        case "retry": self = .actionRetried(Retry(members))
        case "failure": self = .actionFailed(ActionFailure(members))
        case "cancel": self = .actionCancelled(action: action)
        case "moved":
            guard let path = paths.first else { return nil }
            self = .inputMoved(Path(unprintable(path)))
        case "displaced":
            guard paths.count == 2 else { return nil }
            self = .displaced(Path(unprintable(paths[0])), to: Path(unprintable(paths[1])))
        case "warning": self = .warning(members.text("what") ?? "?")
        case "blocked": self = .blocked(Blocked(members))
        case "degraded": self = .degraded(Degraded(members))
        case "held": self = .held(Held(members))
        case "left": self = .left(Left(members))
        case "interrupted": self = .interrupted(signal: members.text("what") ?? "?")
        case "summary": self = .summary(Summary(members))
        default: return nil
        }
    }
}

// MARK: - Parts

extension Event.Run {
    fileprivate init(_ members: [String: JSONValue]) {
        self.init(
            run: members.integer("run") ?? 0, nowNanoseconds: members.integer("now") ?? 0,
            // Version 2 did not say: a run judges by the instant at which it starts, unless it is told another.
            startedNanoseconds: members.integer("started") ?? members.integer("now") ?? 0,
            targets: members.texts("targets"), isOfFailed: members.bool("onlyFailed"),
            parameters: members.texts("parameters"),
            jobs: members.count("jobs") ?? 1, host: members.text("host") ?? "",
            process: members.integer("process") ?? 0, processStart: members.integer("processStart") ?? 0,
            version: members.text("dbuild") ?? "")
    }
}

extension Event.Cause {
    fileprivate init(_ members: [String: JSONValue]) {
        self.init(
            kind: members.text("kind") ?? "other", what: members.text("what") ?? "?",
            certain: members.count("certain") ?? 0, followed: members.count("followed") ?? 0,
            held: members.count("held") ?? 0, examples: members.texts("examples"))
    }
}

extension Event.Price {
    fileprivate init(_ members: [String: JSONValue]) {
        self.init(
            certainSeconds: members.seconds("certainSeconds") ?? 0, mostSeconds: members.seconds("mostSeconds") ?? 0,
            workSeconds: members.seconds("workSeconds") ?? 0, peakBytes: members.integer("peakBytes"),
            diskBytes: members.integer("diskBytes"), neverRan: members.count("neverRan") ?? 0)
    }
}

extension Event.Decision {
    fileprivate init(_ members: [String: JSONValue]) {
        self.init(
            action: members.text("action") ?? "?", line: members.count("line") ?? 0,
            reasons: members.texts("reasons"), causes: members.texts("causes"), isLate: members.bool("late"))
    }
}

extension Event.Retry {
    fileprivate init(_ members: [String: JSONValue]) {
        self.init(
            action: members.text("action") ?? "?", attempt: members.count("attempt") ?? 1,
            mostAttempts: members.count("mostAttempts") ?? 1, what: members.text("what") ?? "?",
            seconds: members.seconds("seconds") ?? 0, pauseSeconds: members.seconds("pauseSeconds") ?? 0)
    }
}

extension Event.ActionFailure {
    fileprivate init(_ members: [String: JSONValue]) {
        let action = members.text("action") ?? "?"
        self.init(
            action: action, rule: members.text("rule") ?? ruleName(ofAction: action),
            place: Place(
                file: unprintable(members.text("rulesFile") ?? "?"), line: members.count("rulesLine") ?? 0),
            outputs: members.texts("paths").map { Path(unprintable($0)) }, what: members.text("what") ?? "?",
            seconds: members.seconds("seconds") ?? 0, logLines: members.texts("logLines"),
            log: members.text("log").map { Path(unprintable($0)) }, category: members.text("category"),
            canRetry: members.bool("canRetry"), attempt: members.count("attempt") ?? 1,
            mostAttempts: members.count("mostAttempts") ?? 1, peakBytes: members.integer("peakBytes") ?? 0)
    }
}

extension Event.Summary {
    fileprivate init(_ members: [String: JSONValue]) {
        self.init()
        for (name, count) in Self.counts { self[keyPath: count] = members.count("\(name)") ?? 0 }
        seconds = members.seconds("seconds") ?? 0
        cpuSeconds = members.seconds("cpuSeconds") ?? 0
        peakBytes = members.integer("peakBytes") ?? 0
        bytesHashed = members.integer("bytesHashed") ?? 0
        exitCode = members.integer("exit") ?? 0
    }
}

/// `train` of `train[entity=a]`.
func ruleName(ofAction name: String) -> String { String(name.prefix { $0 != "[" }) }
