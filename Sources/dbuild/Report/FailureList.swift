import Artifact
import Hashing
import Planning

/// Actions that failed and have not been built since.
struct FailureList {
    struct Entry {
        let action: String
        let rule: String
        /// Nil where no action of the plan is it any more.
        let cell: [(axis: String, value: String)]?
        let run: Int64
        /// Nil where an earlier release of dbuild has kept no more than the run.
        let record: FailureRecord?
    }

    /// Those of the plan in its order, then those that are not in it, by name.
    let entries: [Entry]

    /// - Parameters:
    ///   - runs: by identity: the run in which it failed last.
    ///   - selected: the actions that were asked for.
    ///   - showsGone: whether failures are shown of what the plan has no action for.
    init(
        _ assessment: Assessment, runs: [Digest: Int64], records: [Digest: FailureRecord], selected: Set<ActionID>,
        showsGone: Bool
    ) {
        let plan = assessment.plan
        var found = selected.sorted().compactMap { action -> Entry? in
            let identity = plan.identity(of: action)
            // As it was before it failed: there is nothing to repair.
            guard let run = runs[identity], assessment.verdicts[action.index] != .current else { return nil }
            return Entry(
                action: plan.name(of: action), rule: printable(plan.rule(of: action).name),
                cell: plan.cell(of: action).map { (axis: printable($0.axis), value: printable($0.value)) }, run: run,
                record: records[identity])
        }
        if showsGone {
            let known = Set(plan.actions.map { plan.identity(of: $0) })
            let gone = records.filter { !known.contains($0.key) }.map(\.value).map { record in
                Entry(action: record.action, rule: printable(record.rule), cell: nil, run: record.run, record: record)
            }
            found += gone.sorted { ($0.action, $0.run) < ($1.action, $1.run) }
        }
        entries = found
    }

    /// The last line.
    func summary(_ again: Again) -> String {
        let gone = entries.count { $0.cell == nil }
        let open = entries.count - gone
        var parts: [String] = []
        if open > 0 {
            parts.append(
                "\(counted(open, "action")) failed and \(open == 1 ? "was" : "were") not built since   again: \(again.command)"
            )
        }
        if gone > 0 { parts.append("\(counted(gone, "failure")) of actions that are not in the plan now") }
        return parts.isEmpty ? Notice.nothingFailed : parts.joined(separator: "\n")
    }
}

extension FailureList.Entry {
    func lines(_ again: Again) -> [String] {
        let gone = cell == nil ? ", and is not in the plan now" : ""
        guard let record else { return ["failed   \(action) in run \(run)\(gone): an earlier dbuild kept no more"] }
        let attempt = record.attempt > 1 ? ", attempt \(record.attempt)" : ""
        let pass = record.canRetry ? " (may pass)" : ""
        let what = record.reason.split(separator: "\n").map { String($0).trimmed }
        var lines = [
            "failed   \(action) in run \(run) after \(duration(record.seconds))\(attempt)\(gone): \(what.first ?? "")\(pass)"
        ]
        lines += what.dropFirst().map { "         \($0)" }
        if !record.log.bytes.isEmpty { lines.append("         log: dbuild log \(shellWord(action))") }
        return lines
    }
}
