/// What a command says against the policies of the rules.
package struct PolicyOptions: Hashable, Sendable {
    /// `--min-age-hours`: in place of the hours of `.settle`.
    package var minAge: [Override<Int64>] = []
    /// `--retrain-if-exists`: whether what exists is built again, in place of the existence policy.
    package var rebuildsExisting: [Override<Bool>] = []
    /// `--force`: everything that was named is built.
    package var force = false
    /// `--skip`: selectors of what is taken as it is.
    package var skip: [String] = []
    /// `--only`: everything that is not named is taken as it is.
    package var only = false
    /// `--from`: selectors; what they depend on is taken as it is.
    package var from: [String] = []
    package var keepsEdited = false

    package init() {}

    /// A value for some rules.
    package struct Override<Value: Hashable & Sendable>: Hashable, Sendable {
        package var value: Value
        /// Empty: every rule that declares such a policy.
        package var rules: [String]

        package init(_ value: Value, rules: [String] = []) {
            self.value = value
            self.rules = rules
        }
    }
}

extension PolicyOptions {
    /// What a build or a view is to judge by.
    ///
    /// What names something that the plan does not have says nothing here: `check` refuses it.
    ///
    /// - Parameters:
    ///   - selection: what was named.
    ///   - now: the run's instant, nanoseconds since 1970-01-01T00:00:00Z.
    package func circumstances(_ plan: Plan, _ selection: Selection, nowNanoseconds now: Int64) -> Circumstances {
        var circumstances = Circumstances(plan, nowNanoseconds: now)
        for override in inOrder(minAge) {
            for rule in plan.concerned(override.rules) {
                circumstances.policies[rule].settle?.nanoseconds = override.value
            }
        }
        for override in inOrder(rebuildsExisting) {
            for rule in plan.concerned(override.rules) where !override.rules.isEmpty || plan.hasExistence(rule) {
                circumstances.policies[rule].existence = existence(override.value, plan.rules[rule].policy)
            }
        }
        if force { circumstances.forced = Set(selection.actions) }
        let skipped = skipped(plan)
        let unjudged = unjudged(plan, selection).subtracting(skipped)
        circumstances.skipped = skipped.union(unjudged)
        circumstances.unjudged = unjudged.count
        circumstances.keepsEdited = keepsEdited
        return circumstances
    }

    /// What is said for some rules counts more than what is said for all of them.
    private func inOrder<Value>(_ overrides: [Override<Value>]) -> [Override<Value>] {
        overrides.filter(\.rules.isEmpty) + overrides.filter { !$0.rules.isEmpty }
    }

    /// Whether files that dbuild did not make count stays as the rule says.
    private func existence(_ rebuilds: Bool, _ policy: Policy) -> Policy.Existence {
        if rebuilds { return .always }
        if case .keepExisting? = policy.existence { return policy.existence ?? .always }
        return .keepExisting(adoptsForeign: true)
    }

    /// What `--skip` names.
    private func skipped(_ plan: Plan) -> Set<ActionID> {
        skip.reduce(into: []) { skipped, selector in
            if let selection = try? plan.select([selector]) { skipped.formUnion(selection.actions) }
        }
    }

    /// What `--only` and `--from` take as it is, of all that the named actions depend on.
    private func unjudged(_ plan: Plan, _ selection: Selection) -> Set<ActionID> {
        var unjudged: Set<ActionID> = []
        if only { unjudged = plan.ancestry(of: selection) }
        if !from.isEmpty, let start = try? plan.select(from) {
            let request = selection.request(plan)
            unjudged.formUnion(plan.ancestry(of: start).filter { request.holds($0) })
        }
        return unjudged
    }
}

extension Plan {
    /// The numbers of the rules with these names; all rules where none is given.
    fileprivate func concerned(_ names: [String]) -> [Int] {
        names.isEmpty
            ? Array(rules.indices) : names.compactMap { name in rules.firstIndex { $0.name == Array(name.utf8) } }
    }

    fileprivate func hasExistence(_ rule: Int) -> Bool { rules[rule].policy.existence != nil }

    /// All that a selection depends on, and what the rules read while planning; without what it names.
    fileprivate func ancestry(of selection: Selection) -> Set<ActionID> {
        Set(selection.request(self).actions).subtracting(selection.actions)
    }
}
