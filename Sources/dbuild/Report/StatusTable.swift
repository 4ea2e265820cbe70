import Artifact
import Planning

/// How the actions of each rule stand, and the groups that there are.
struct StatusTable {
    /// A column: which verdicts it counts, and whether it is there where it counts none.
    private struct Column: Sendable {
        let title: String
        var isAlwaysThere = false
        let counts: @Sendable (Verdict) -> Bool
    }

    struct Row {
        let rule: String
        /// Nobody can list its actions yet.
        let isUnknown: Bool
        let verdicts: [Verdict]
    }

    private static let columns: [Column] = [
        Column(title: "current", isAlwaysThere: true) { $0 == .current },
        Column(title: "to build", isAlwaysThere: true) { $0.isBuild },
        Column(title: "undecided", isAlwaysThere: true) { $0.isUndecided },
        Column(title: "blocked", isAlwaysThere: true) { $0.isBlocked },
        Column(title: "restorable") { $0.isRestore },
        Column(title: "waiting") { $0.isWait },
        Column(title: "kept") { if case .keep = $0 { true } else { false } },
        Column(title: "edited") { if case .keepEdited = $0 { true } else { false } },
        Column(title: "skipped") { $0 == .skip },
    ]

    let rows: [Row]

    /// - Parameter onlyOpen: leaves out rules of which everything is current.
    init(_ assessment: Assessment, _ request: Request, onlyOpen: Bool = false) {
        let plan = assessment.plan
        var verdicts = [[Verdict]](repeating: [], count: plan.rules.count)
        for action in request.actions {
            if let verdict = assessment.verdicts[action.index] {
                verdicts[plan.ruleID(of: action).index].append(verdict)
            }
        }
        let unlisted = Set(request.unlisted.map(\.rule.index))
        rows = plan.rules.indices.compactMap { rule -> Row? in
            let isUnknown = plan.rules[rule].awaits != nil && (!onlyOpen || unlisted.contains(rule))
            let isOpen = verdicts[rule].contains { $0 != .current }
            guard isUnknown || (onlyOpen ? isOpen : !verdicts[rule].isEmpty) else { return nil }
            return Row(rule: printable(plan.rules[rule].name), isUnknown: isUnknown, verdicts: verdicts[rule])
        }
    }

    var lines: [String] {
        guard !rows.isEmpty else { return [] }
        let columns = Self.columns.filter { column in
            column.isAlwaysThere || rows.contains { $0.verdicts.contains(where: column.counts) }
        }
        let cells =
            [["rule", "actions"] + columns.map(\.title)]
            + rows.map { row in
                guard !row.isUnknown else { return [row.rule, "unknown"] + columns.map { _ in "" } }
                return [row.rule, grouped(row.verdicts.count)]
                    + columns.map { column in grouped(row.verdicts.count(where: column.counts)) }
            }
        return aligned(cells)
    }

    /// The first column to the left, the others to the right.
    private func aligned(_ rows: [[String]]) -> [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { index, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 0 ? cell.0 + padding : padding + cell.0
            }.joined(separator: "  ").trimmed
        }
    }

    /// All rules, and the groups.
    static func text(_ assessment: Assessment, _ request: Request) -> String {
        let groups = assessment.plan.groups.map { printable($0.name) }
        let lines = StatusTable(assessment, request).lines
        return (lines + (groups.isEmpty ? [] : wrapped(groups, separator: ", ", first: "groups: ", indent: "        ")))
            .joined(separator: "\n") + "\n"
    }

    /// Of a rule, by the names of the columns.
    static func counts(_ verdicts: [Verdict]) -> [String: Int] {
        var counts: [String: Int] = [:]
        for column in columns { counts[column.title.replacing(" ", with: "-")] = verdicts.count(where: column.counts) }
        return counts
    }
}
