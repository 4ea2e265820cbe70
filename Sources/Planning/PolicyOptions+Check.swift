package import Artifact

/// A command that says something against policies which cannot be.
package enum PolicyOptionError: Error, Hashable, Sendable {
    /// The option's name, its text, and what of it is no rule.
    case noSuchRule(option: String, rule: String, nearest: [String])
    /// A rule that was named and has no settle policy.
    case settlesNot(rule: String, Place)
    /// No rule of what was asked for has one.
    case nobodySettles
    /// No rule of what was asked for has a policy of what exists.
    case nobodyMinds
    case skipAndForce(action: String)
    /// A source, which no action makes.
    case skipsSource(option: String, Path)
}

extension PolicyOptions {
    /// Refuses what cannot be meant.
    ///
    /// While the plan is not whole, what it does not have may still come.
    ///
    /// - Parameter selection: what was named.
    package func check(_ plan: Plan, _ selection: Selection) throws {
        // Nearly every command says nothing of the kind, and a plan may be large.
        guard self != PolicyOptions() else { return }
        let isWhole = plan.isWhole
        let request = selection.request(plan)
        let concerned = Set(request.actions.map { plan.ruleID(of: $0).index } + request.unlisted.map(\.rule.index))
        func someRule(_ holds: (Policy) -> Bool) -> Bool {
            !isWhole || concerned.contains { holds(plan.rules[$0].policy) }
        }

        for override in minAge {
            for rule in try plan.numbers(of: override.rules, option: "--min-age-hours")
            where plan.rules[rule].policy.settle == nil {
                throw PolicyOptionError.settlesNot(
                    rule: printable(plan.rules[rule].name), plan.rules[rule].place)
            }
            if override.rules.isEmpty, !someRule({ $0.settle != nil }) { throw PolicyOptionError.nobodySettles }
        }
        for override in rebuildsExisting {
            _ = try plan.numbers(of: override.rules, option: "--retrain-if-exists")
            if override.rules.isEmpty, !someRule({ $0.existence != nil }) { throw PolicyOptionError.nobodyMinds }
        }
        for (option, selectors) in [("--skip", skip), ("--from", from)] {
            for selector in selectors { try plan.checkActions(selector, option: option) }
        }
        let circumstances = circumstances(plan, selection, nowNanoseconds: 0)
        if let both = circumstances.forced.intersection(circumstances.skipped).min() {
            throw PolicyOptionError.skipAndForce(action: plan.name(of: both))
        }
    }
}

extension Plan {
    /// Whether everything that the rules wanted to read while planning was there.
    fileprivate var isWhole: Bool { questions.allSatisfy { $0.answer != nil } }

    fileprivate func numbers(of names: [String], option: String) throws(PolicyOptionError) -> [Int] {
        var numbers: [Int] = []
        for name in names {
            if let number = rules.firstIndex(where: { $0.name == Array(name.utf8) }) {
                numbers.append(number)
            } else if isWhole {
                throw .noSuchRule(option: option, rule: name, nearest: rulesNearest(to: name))
            }
        }
        return numbers
    }

    private func rulesNearest(to name: String) -> [String] {
        let limit = max(2, name.utf8.count / 3)
        return rules.map { (distance: editDistance($0.name, Array(name.utf8)), name: printable($0.name)) }
            .filter { $0.distance <= limit }.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .prefix(3).map(\.name)
    }

    /// - Throws: `TargetError`, `PolicyOptionError`.
    fileprivate func checkActions(_ selector: String, option: String) throws {
        do {
            let named = try select([selector])
            if let source = named.sources.first {
                throw PolicyOptionError.skipsSource(option: option, path(of: source))
            }
        } catch let error as TargetError {
            if case .unknown = error, !isWhole { return }
            throw error
        }
    }
}
