import Artifact
import Planning

extension Plan {
    /// `features[JFK-LAX]`, `forecast[JFK-LAX, 14 days]`, `total`: what of its rule is meant, axis by axis.
    func inWords(_ family: RootCauses.Family) -> String {
        let rule = rules[family.rule.index]
        guard !rule.axes.isEmpty else { return printable(rule.name) }
        var values = rule.axes.map { _ in Set<[UInt8]>() }
        for action in family.actions {
            for (place, coordinate) in cell(of: action).enumerated() where place < values.count {
                values[place].insert(coordinate.value)
            }
        }
        let said = zip(rule.axes, values).map { axis, values -> String in
            values.count == 1
                ? printable(values.first ?? []) : counted(values.count, printable(axes[axis].name))
        }
        return "\(printable(rule.name))[\(said.joined(separator: ", "))]"
    }

    /// From the cause to the target; a tree's member between two families is named.
    func inWords(_ families: [RootCauses.Family]) -> [String] {
        families.enumerated().flatMap { index, family -> [String] in
            let arrow = index == 0 ? "" : "-> "
            guard let artifact = family.handsOn, tree(of: artifact) != nil else { return [arrow + inWords(family)] }
            return [arrow + inWords(family), "-> \(path(of: artifact))"]
        }
    }

    func inWords(_ chain: [RootCauses.Step]) -> [String] {
        chain.enumerated().flatMap { index, step -> [String] in
            let arrow = index == 0 ? "" : "-> "
            guard let artifact = step.handsOn, tree(of: artifact) != nil else { return [arrow + name(of: step.action)] }
            return [arrow + name(of: step.action), "-> \(path(of: artifact))"]
        }
    }

    /// `3 train, 1 total`, the rules in their order.
    func byRule(_ actions: [ActionID]) -> [(rule: RuleID, count: Int)] {
        var counts: [RuleID: Int] = [:]
        for action in actions { counts[ruleID(of: action), default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { (rule: $0.key, count: $0.value) }
    }

    func inWords(_ counts: [(rule: RuleID, count: Int)]) -> [String] {
        counts.map { "\(grouped($0.count)) \(printable(rules[$0.rule.index].name))" }
    }
}
