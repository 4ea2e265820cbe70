import Artifact
import Planning

extension Plan {
    /// `features[JFK-LAX]`, `forecast[JFK-LAX, 14 days]`, `total`: what of its rule is meant, axis by axis.
    func inWords(_ family: RootCauses.Family) -> String {
        let rule = rules[family.rule.index]
        guard !rule.axes.isEmpty else { return printable(rule.name) }
        let said = rule.axes.enumerated().map { place, axis -> String in
            var positions: Set<UInt32> = []
            for action in family.actions {
                if let position = cellPosition(of: action, axis: place) { positions.insert(position) }
            }
            guard positions.count == 1, let only = positions.first else {
                return counted(positions.count, printable(axes[axis].name))
            }
            return printable(axes[axis].values[Int(only)])
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
