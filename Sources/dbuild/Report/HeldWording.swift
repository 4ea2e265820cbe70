import Artifact
import Planning

/// What policies did: actions that wait, are kept, skipped or left as they were edited.
struct HeldWording {
    let assessment: Assessment
    let request: Request
    let rows: (Content) -> Int?
    private static let mostExamples = 5
    private static let mostReasons = 5

    var lines: [String] { waiting + kept + edited + skipped }

    private func held(_ choose: (Verdict) -> Bool) -> [(rule: RuleID, actions: [ActionID])] {
        let actions = assessment.notCurrent(request).filter { assessment.verdicts[$0.index].map(choose) ?? false }
        return Dictionary(grouping: actions) { assessment.plan.ruleID(of: $0) }.sorted { $0.key < $1.key }
            .map { (rule: $0.key, actions: $0.value) }
    }

    private func name(_ rule: RuleID) -> String { printable(assessment.plan.rules[rule.index].name) }

    private func examples(_ actions: [ActionID]) -> [String] {
        let shown = actions.prefix(Self.mostExamples).map { assessment.plan.name(of: $0) }
        let more = actions.count - shown.count
        let parts = shown + (more > 0 ? ["\(grouped(more)) more"] : [])
        return wrapped(parts, separator: ", ", first: "    ", indent: "    ")
    }

    // MARK: Waiting

    private var waiting: [String] {
        held(\.isWait).flatMap { rule, actions -> [String] in
            var waits: [(action: ActionID, wait: Verdict.Wait)] = []
            for action in actions {
                if case .wait(let wait, _)? = assessment.verdicts[action.index] { waits.append((action, wait)) }
            }
            let byLine = Dictionary(grouping: waits) { $0.wait.policy == .interval ? 11 : 10 }
            return byLine.sorted { $0.key < $1.key }.flatMap { line, waits in waitingLines(rule, line, waits) }
        }
    }

    private func waitingLines(
        _ rule: RuleID, _ line: Int, _ waits: [(action: ActionID, wait: Verdict.Wait)]
    ) -> [String] {
        let policy = assessment.circumstances.policies[rule.index]
        let sorted = waits.sorted { ($0.wait.until, $0.action) < ($1.wait.until, $1.action) }
        guard let first = sorted.first, let last = sorted.last else { return [] }
        let what = policy.waitInWords(line: line)
        var lines = ["", "waiting by policy, line \(line), \(what): \(grouped(waits.count)) \(name(rule))"]
        lines.append("  first due \(Instant.text(first.wait.until))  \(assessment.plan.name(of: first.action))")
        if waits.count > 1 {
            lines.append("  last due  \(Instant.text(last.wait.until))  \(assessment.plan.name(of: last.action))")
        }
        if line == 10, let latest = policy.settle?.latestAfterNanoseconds {
            let since = waits.map {
                assessment.snapshot.staleSinceNanoseconds[$0.action.index]
                    ?? assessment.circumstances.nowNanoseconds
            }
            let (end, _) = (since.max() ?? 0).addingReportingOverflow(latest)
            lines.append("  all built by \(Instant.text(end)) at the latest (\(span(latest)) after it was found stale)")
        }
        return lines + changes(waits.map(\.action))
    }

    // MARK: Kept

    private var kept: [String] {
        held { if case .keep = $0 { true } else { false } }.flatMap { rule, actions in
            ["", "kept by policy, line 7: \(grouped(actions.count)) \(name(rule)), which exist"] + changes(actions)
        }
    }

    /// What changed for actions that are held, the most frequent first.
    private func changes(_ actions: [ActionID]) -> [String] {
        var found: [String: [ActionID]] = [:]
        for action in actions {
            for reason in assessment.verdicts[action.index]?.reasons ?? [] {
                found[reason.inWords(rows: rows), default: []].append(action)
            }
        }
        let sorted = found.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        let shown = sorted.prefix(Self.mostReasons).flatMap { reason, actions in
            actions.count == 1
                ? ["  \(reason)  (\(assessment.plan.name(of: actions[0])))"]
                : ["  \(reason)  (\(grouped(actions.count)) actions)"]
        }
        let more = sorted.count - Self.mostReasons
        return shown + (more > 0 ? ["  and \(grouped(more)) more changes"] : [])
    }

    private var edited: [String] {
        held { if case .keepEdited = $0 { true } else { false } }.flatMap { rule, actions -> [String] in
            ["", "edited and kept so, line 6: \(grouped(actions.count)) \(name(rule))"] + examples(actions)
        }
    }

    private var skipped: [String] {
        held { $0 == .skip }.flatMap { rule, actions -> [String] in
            ["", "skipped, line 1: \(grouped(actions.count)) \(name(rule)), taken as they are"] + examples(actions)
        }
    }
}

extension Policy {
    /// What of it holds an action back.
    ///
    /// - Parameter line: of the table of verdicts, 10 or 11.
    func waitInWords(line: Int) -> String {
        guard line == 10 else { return "at most every \(span(interval?.nanoseconds ?? 0))" }
        let column = settle?.observation.map { "`\(printable($0.column))`" } ?? "file times"
        return "settle \(span(settle?.nanoseconds ?? 0)) of \(column)"
    }
}

/// `24 h`, `90 min`, `3 days`
func span(_ nanoseconds: Int64) -> String {
    let seconds = Double(nanoseconds) / 1e9
    func said(_ value: Double, _ unit: String) -> String {
        value == value.rounded() && abs(value) < 1e9 ? "\(grouped(Int(value))) \(unit)" : "\(oneDecimal(value)) \(unit)"
    }
    if seconds < 120 { return said(seconds, "s") }
    if seconds < 7200 { return said(seconds / 60, "min") }
    // Up to two days people count hours.
    return seconds <= 172_800 ? said(seconds / 3600, "h") : said(seconds / 86_400, "days")
}
