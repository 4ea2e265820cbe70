import Artifact
import Planning

/// How the actions of each rule stand, and the groups that there are.
struct StatusTable {
    /// How many verdicts there are of each kind.
    struct Tally {
        fileprivate private(set) var counts = [Int](repeating: 0, count: Column.allCases.count)
        private(set) var total = 0

        mutating func add(_ verdict: Verdict) {
            counts[Column(verdict).rawValue] += 1
            total += 1
        }

        /// By the columns' names for programs.
        var byName: [String: Int] {
            Dictionary(
                uniqueKeysWithValues: Column.allCases.map { ($0.key, counts[$0.rawValue]) })
        }

        fileprivate var isAllCurrent: Bool { counts[Column.current.rawValue] == total }
    }

    fileprivate enum Column: Int, CaseIterable {
        case current, toBuild, undecided, blocked, restorable, waiting, kept, edited, skipped

        /// The one in which a verdict is counted.
        init(_ verdict: Verdict) {
            self =
                switch verdict {
                case .current: .current
                case .build: .toBuild
                case .undecided: .undecided
                case .blocked: .blocked
                case .restore: .restorable
                case .wait: .waiting
                case .keep: .kept
                case .keepEdited: .edited
                case .skip: .skipped
                }
        }

        /// For people.
        var title: String {
            switch self {
            case .current: "current"
            case .toBuild: "to build"
            case .undecided: "undecided"
            case .blocked: "blocked"
            case .restorable: "restorable"
            case .waiting: "waiting"
            case .kept: "kept"
            case .edited: "edited"
            case .skipped: "skipped"
            }
        }

        /// For programs: docs/schema has them.
        var key: String {
            switch self {
            case .toBuild: "to-build"
            case .current, .undecided, .blocked, .restorable, .waiting, .kept, .edited, .skipped: title
            }
        }

        /// Whether it is there where it counts none.
        var isAlwaysThere: Bool {
            switch self {
            case .current, .toBuild, .undecided, .blocked: true
            case .restorable, .waiting, .kept, .edited, .skipped: false
            }
        }
    }

    struct Row {
        let rule: String
        /// Nobody can list its actions yet.
        let isUnknown: Bool
        let tally: Tally
    }

    let rows: [Row]

    /// - Parameter onlyOpen: leaves out rules of which everything is current.
    init(_ assessment: Assessment, _ request: Request, onlyOpen: Bool = false) {
        let plan = assessment.plan
        var tallies = [Tally](repeating: Tally(), count: plan.rules.count)
        for action in request.actions {
            if let verdict = assessment.verdicts[action.index] { tallies[plan.ruleID(of: action).index].add(verdict) }
        }
        let unlisted = Set(request.unlisted.map(\.rule.index))
        rows = plan.rules.indices.compactMap { rule -> Row? in
            let isUnknown = plan.rules[rule].awaits != nil && (!onlyOpen || unlisted.contains(rule))
            guard isUnknown || (onlyOpen ? !tallies[rule].isAllCurrent : tallies[rule].total > 0) else { return nil }
            return Row(rule: printable(plan.rules[rule].name), isUnknown: isUnknown, tally: tallies[rule])
        }
    }

    var lines: [String] {
        guard !rows.isEmpty else { return [] }
        let columns = Column.allCases.filter { column in
            column.isAlwaysThere || rows.contains { $0.tally.counts[column.rawValue] > 0 }
        }
        let cells =
            [["rule", "actions"] + columns.map(\.title)]
            + rows.map { row in
                guard !row.isUnknown else { return [row.rule, "unknown"] + columns.map { _ in "" } }
                return [row.rule, grouped(row.tally.total)] + columns.map { grouped(row.tally.counts[$0.rawValue]) }
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
}
