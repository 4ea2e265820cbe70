/// What a run says beside how far it is: a few lines for events that a person should know of, none for the many.
enum Messages {
    /// - Parameter isQuiet: only failures and warnings.
    static func lines(_ event: Event, isQuiet: Bool = false) -> [String] {
        if let lines = troubles(event) { return lines }
        return isQuiet ? [] : news(event)
    }

    private static func troubles(_ event: Event) -> [String]? {
        switch event {
        case .actionFailed(let failure): report(failure)
        case .recovered(_, let broken) where !broken.isEmpty:
            broken.map { "warning: `\($0)` was left half in place and is built again" }
        case .inputMoved(let path): ["warning: `\(path)` changed while it was read; what read it is repeated"]
        case .displaced(let path, let target):
            ["warning: `\(path)` was not what belongs there; it now lies at `\(target)`"]
        case .warning(let text): ["warning: \(text)"]
        case .interrupted(let signal): ["dbuild: \(signal): stopping; again to stop at once"]
        default: nil
        }
    }

    private static func news(_ event: Event) -> [String] {
        switch event {
        case .compiling: ["rules    compiling"]
        case .resolved(let parameters): [Notice.resolved(parameters)]
        case .unjudged(let count): [Notice.unjudged(count)]
        case .waitingForLock(let holder): ["waiting  another build has the workspace (\(holder))"]
        case .waitingForRules(let holder): ["waiting  another dbuild compiles the rules (\(holder))"]
        case .recovered(let completed, _) where !completed.isEmpty:
            ["resumed  \(completed.count) outputs of an interrupted run put in place"]
        case .planned(let families): [plan(families)]
        case .reading(let actions): ["reads    \(actions.joined(separator: ", ")) first: the plan depends on it"]
        case .assessed(let outlook, let causes): StaleLines.lines(outlook, causes)
        case .priced(let price): [Price.line(price)]
        case .actionRetried(let retry):
            [
                "retry    \(retry.action) after \(duration(retry.seconds)), attempt \(retry.attempt) of \(retry.mostAttempts): \(firstLine(retry.what)); again in \(duration(retry.pauseSeconds))"
            ]
        default: []
        }
    }

    private static func plan(_ families: [Event.Family]) -> String {
        let actions = families.reduce(0) { $0 + $1.actions }
        let counts = families.map { "\(grouped($0.actions)) \($0.rule)" }.joined(separator: ", ")
        return "plan     \(grouped(actions)) actions" + (counts.isEmpty ? "" : ": \(counts)")
    }

    /// A line as it happens; the end of the run says all of it.
    private static func report(_ failure: Event.ActionFailure) -> [String] {
        let attempt = failure.mostAttempts > 1 ? ", attempt \(failure.attempt) of \(failure.mostAttempts)" : ""
        return ["failure  \(failure.action) after \(duration(failure.seconds))\(attempt): \(firstLine(failure.what))"]
    }

    private static func firstLine(_ text: String) -> Substring { text.split(separator: "\n").first ?? "" }

    /// Where much goes wrong only the first are told as they happen.
    static func isTold(_ event: Event, _ run: RunState) -> Bool {
        switch event {
        case .actionFailed: run.failed < mostTold
        case .actionRetried: run.retried < mostTold
        default: true
        }
    }

    private static let mostTold = 10
}

/// Says what happened to whoever called for it: a command that is no run has no other account of it.
func show(_ event: Event) { for line in Messages.lines(event) { write(line + "\n", toStandard: 2) } }
