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
            ["warning: `\(path)` was not as dbuild made it; it now lies at `\(target)`"]
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
        case .recovered(let completed, _) where !completed.isEmpty:
            ["resumed  \(completed.count) outputs of an interrupted run put in place"]
        case .planned(let families): [plan(families)]
        case .reading(let actions): ["reads    \(actions.joined(separator: ", ")) first: the plan depends on it"]
        case .assessed(let outlook, let causes): StaleLines.lines(outlook, causes)
        case .actionRetried(let retry):
            [
                "retry    \(retry.action) after \(duration(retry.seconds)), attempt \(retry.attempt) of \(retry.mostAttempts): \(retry.what)"
            ]
        default: []
        }
    }

    private static func plan(_ families: [Event.Family]) -> String {
        let actions = families.reduce(0) { $0 + $1.actions }
        let counts = families.map { "\(grouped($0.actions)) \($0.rule)" }.joined(separator: ", ")
        return "plan     \(grouped(actions)) actions" + (counts.isEmpty ? "" : ": \(counts)")
    }

    private static func report(_ failure: Event.ActionFailure) -> [String] {
        ["failed   \(failure.action) after \(duration(failure.seconds)): \(failure.what)"]
            + failure.outputs.prefix(3).map { "         output \($0)" }
            + failure.logLines.map { "         | \($0)" }
            + (failure.log.map { ["         log: \($0)"] } ?? [])
    }
}

/// Says what happened to whoever called for it: a command that is no run has no other account of it.
func show(_ event: Event) { for line in Messages.lines(event) { write(line + "\n", toStandard: 2) } }
