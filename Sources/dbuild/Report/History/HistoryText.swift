import Artifact

/// The runs of a workspace, and one of them, as people read them.
enum HistoryText {
    private static let mostSlowest = 10
    private static let mostFailures = 20

    /// A line for each run, the last one last, where a terminal shows it.
    static func list(_ runs: [RunAccount]) -> String {
        var rows = [["run", "started", "took", "built", "failed", "exit", "targets"]]
        for run in runs {
            let exit =
                switch run.state {
                case .ended: run.summary.map { "\($0.exitCode)" } ?? "?"
                case .running, .killed, .unknown: run.state.rawValue
                }
            rows.append([
                "\(run.run)", run.told.map { Instant.text($0.startedNanoseconds) } ?? "?", duration(run.seconds),
                run.summary.map { grouped($0.built) } ?? "", run.summary.map { grouped($0.failed) } ?? "", exit,
                run.told.map { targets($0) } ?? "",
            ])
        }
        return table(rows, rightAligned: [0, 2, 3, 4])
    }

    static func detail(_ run: RunAccount, _ actions: ActionAccounts) -> String {
        var lines: [String] = []
        if let told = run.told {
            lines.append("run      \(run.run), \(Instant.text(told.startedNanoseconds)), -j \(told.jobs)")
            lines.append("targets  \(targets(told))")
            if !told.parameters.isEmpty { lines.append("params   \(told.parameters.joined(separator: " "))") }
        }
        for failure in actions.failures.prefix(mostFailures) {
            lines.append("failed   \(failure.action) after \(duration(failure.seconds)): \(failure.what)")
        }
        if actions.failures.count > mostFailures {
            lines.append("         and \(grouped(actions.failures.count - mostFailures)) more")
        }
        for warning in actions.warnings { lines.append("warning: \(warning)") }
        var text = lines.map { $0 + "\n" }.joined()
        let rules = actions.rules
        if !rules.isEmpty {
            text +=
                "\n"
                + table(
                    [["rule", "actions", "failed", "in sum", "slowest", "peak"]]
                        + rules.map {
                            [
                                $0.rule, grouped($0.actions), grouped($0.failed), duration($0.seconds),
                                duration($0.mostSeconds), byteCount($0.peakBytes),
                            ]
                        }, rightAligned: [1, 2, 3, 4, 5])
        }
        let slowest = actions.accounts.filter { $0.ending == .built }.sorted { $0.seconds > $1.seconds }
            .prefix(mostSlowest)
        if !slowest.isEmpty {
            text +=
                "\n"
                + table(
                    [["slowest", "took", "cpu", "peak"]]
                        + slowest.map {
                            [$0.action, duration($0.seconds), duration($0.cpuSeconds), byteCount($0.peakBytes)]
                        }, rightAligned: [1, 2, 3])
        }
        let end =
            run.summary.map { SummaryLine.text($0) }
            ?? "\(run.state.rawValue.padded(to: 9))\(duration(run.seconds)) after its start"
        return text + (text.isEmpty ? "" : "\n") + end + "\n"
    }

    /// What was thought of the memory of actions, and what they held, by rule.
    static func memory(_ actions: ActionAccounts) -> String {
        let rules = actions.rules.sorted { $0.peakBytes > $1.peakBytes }
        guard !rules.isEmpty else { return "nothing ran\n" }
        return table(
            [["rule", "actions", "estimated at most", "used at most", "above estimate"]]
                + rules.map { rule in
                    [
                        rule.rule, grouped(rule.actions), rule.estimated > 0 ? byteCount(rule.estimatedBytes) : "-",
                        byteCount(rule.peakBytes),
                        rule.estimated > 0 ? "\(grouped(rule.aboveEstimate)) of \(grouped(rule.estimated))" : "-",
                    ]
                }, rightAligned: [1, 2, 3, 4])
    }

    private static func targets(_ run: Event.Run) -> String {
        let words = (run.isOfFailed ? ["--failed"] : []) + run.targets.map { printable($0.utf8) }
        return words.isEmpty ? "defaults" : words.joined(separator: " ")
    }

    private static func table(_ rows: [[String]], rightAligned: Set<Int>) -> String {
        let widths = rows[0].indices.map { column in rows.map { columnCount($0[column]) }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, text in
                if column == row.count - 1, !rightAligned.contains(column) { return text }
                let space = String(repeating: " ", count: widths[column] - columnCount(text))
                return rightAligned.contains(column) ? space + text : text + space
            }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }
}

extension String {
    fileprivate func padded(to length: Int) -> String { self + String(repeating: " ", count: max(0, length - count)) }
}
