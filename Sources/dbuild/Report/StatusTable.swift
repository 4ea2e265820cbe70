import Planning

/// How the actions of each rule stand, and the groups that there are.
struct StatusTable {
    let text: String

    init(_ assessment: Assessment, _ request: Request) {
        let plan = assessment.plan
        var rows = [["rule", "actions", "current", "to build", "undecided", "blocked"]]
        for rule in plan.rules.indices {
            let verdicts = request.actions.filter { plan.ruleID(of: $0).index == rule }.map {
                assessment.verdicts[$0.index]
            }
            guard !verdicts.isEmpty || plan.rules[rule].awaits != nil else { continue }
            let name = String(decoding: plan.rules[rule].name, as: UTF8.self)
            if plan.rules[rule].awaits != nil {
                rows.append([name, "unknown", "", "", "", ""])
                continue
            }
            let counts = [
                verdicts.count, verdicts.count { $0 == .current }, verdicts.count { $0?.isBuild == true },
                verdicts.count { $0?.isUndecided == true }, verdicts.count { $0?.isBlocked == true },
            ]
            rows.append([name] + counts.map { grouped($0) })
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            zip(row, widths).enumerated().map { index, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 0 ? cell.0 + padding : padding + cell.0
            }.joined(separator: "  ")
        }
        let groups = plan.groups.map { String(decoding: $0.name, as: UTF8.self) }
        text =
            lines.joined(separator: "\n") + "\n"
            + (groups.isEmpty ? "" : "groups: \(groups.joined(separator: ", "))\n")
    }
}
