import Artifact
import Planning

/// Why actions are not current, by rule: the answer first, causes before lists, counts before names.
struct Explanation {
    private let assessment: Assessment
    private let request: Request
    private static let mostNames = 5
    /// Of a rule: thousands of outputs that are gone are thousands of reasons.
    private static let mostReasons = 20

    init(_ assessment: Assessment, _ request: Request) {
        self.assessment = assessment
        self.request = request
    }

    /// - Parameters:
    ///   - listsReasons: whether each action's reasons are said, or only how many actions there are.
    ///   - jobs: how many run at once, for the price.
    func text(listsReasons: Bool, jobs: Int) -> String {
        let outlook = assessment.outlook(request)
        var lines = [headline(outlook)]
        for rule in assessment.plan.rules.indices {
            let actions = request.actions.filter { assessment.plan.ruleID(of: $0).index == rule }
            let open = actions.filter { assessment.verdicts[$0.index] != .current }
            guard !open.isEmpty else { continue }
            lines.append("")
            lines.append(ruleLine(RuleID(rule), open))
            if listsReasons { lines += reasonLines(open) }
        }
        for entry in request.unlisted {
            lines.append("")
            lines.append(
                "\(printable(assessment.plan.rules[entry.rule.index].name)): unknown before `\(entry.awaits)` is current"
            )
        }
        lines += Self.staleReads(assessment).map { "\n" + $0 }
        if outlook.open > 0 { lines += ["", price(jobs: jobs)] }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What the rules read while planning and is not current: the view shows the actions as it listed them the last time.
    static func staleReads(_ assessment: Assessment) -> [String] {
        assessment.plan.questions.compactMap { question in
            guard question.answer != nil, let artifact = assessment.plan.artifact(at: question.path) else { return nil }
            if case .content = assessment.states[artifact.index] { return nil }
            return "`\(question.path)` is not current: which actions there are is as it said the last time"
        }
    }

    private func headline(_ outlook: Event.Outlook) -> String {
        var parts = ["\(grouped(outlook.current)) current"]
        if outlook.certain > 0 { parts.append("\(grouped(outlook.certain)) to build") }
        if outlook.undecided > 0 {
            parts.append("\(grouped(outlook.undecided)) undecided (they depend on what those give)")
        }
        if outlook.blocked > 0 { parts.append("\(grouped(outlook.blocked)) blocked") }
        return "\(grouped(outlook.actions)) actions: " + parts.joined(separator: ", ")
    }

    private func ruleLine(_ rule: RuleID, _ open: [ActionID]) -> String {
        let counts = Dictionary(grouping: open) { assessment.verdicts[$0.index]?.line ?? 0 }.mapValues(\.count)
        let words = [3: "forced", 9: "to repair", 12: "to build", 0: "undecided", 2: "blocked"]
        let said = [3, 9, 12, 0, 2].compactMap { line in
            counts[line].map { "\(grouped($0)) \(words[line] ?? "") (line \(line))" }
        }
        return "\(printable(assessment.plan.rules[rule.index].name)): " + said.joined(separator: ", ")
    }

    /// Actions with the same reasons stand together.
    private func reasonLines(_ open: [ActionID]) -> [String] {
        var names: [String: [String]] = [:]
        for action in open {
            for reason in reasons(action) { names[reason, default: []].append(assessment.plan.name(of: action)) }
        }
        return names.sorted { $0.value.count == $1.value.count ? $0.key < $1.key : $0.value.count > $1.value.count }
            .enumerated().compactMap { index, entry -> String? in
                let (reason, actions) = entry
                if index == Self.mostReasons { return "  and \(grouped(names.count - Self.mostReasons)) more reasons" }
                guard index < Self.mostReasons else { return nil }
                let shown = actions.prefix(Self.mostNames).joined(separator: ", ")
                let more = actions.count > Self.mostNames ? " and \(grouped(actions.count - Self.mostNames)) more" : ""
                return "  \(reason)\n    \(shown)\(more)"
            }
    }

    private func reasons(_ action: ActionID) -> [String] {
        switch assessment.verdicts[action.index] {
        case .build(_, let reasons)?: reasons.map(\.inWords)
        case .blocked(let blockers)?: blockers.prefix(3).map(\.inWords)
        case .undecided?: ["waits for " + rootCauses(action).joined(separator: ", ")]
        case .keep(let reasons)?, .restore(let reasons)?, .wait(_, let reasons)?: reasons.map(\.inWords)
        case .keepEdited(let paths)?: paths.map { "`\($0)` was edited, and stays so" }
        case .current?, .skip?, nil: []
        }
    }

    /// The definite builds upstream that an undecided action waits for, by rule.
    private func rootCauses(_ action: ActionID) -> [String] {
        var seen: Set<ActionID> = []
        var roots: Set<String> = []
        var open = [action]
        while let next = open.popLast() {
            for input in assessment.plan.inputs(of: next) {
                guard let maker = assessment.plan.maker(of: input.artifact), seen.insert(maker).inserted else {
                    continue
                }
                switch assessment.verdicts[maker.index] {
                case .build?: roots.insert(assessment.plan.name(of: maker))
                case .undecided?: open.append(maker)
                default: break
                }
            }
        }
        let sorted = roots.sorted()
        return sorted.prefix(3) + (sorted.count > 3 ? ["\(grouped(sorted.count - 3)) more"] : [])
    }

    /// From what the actions took the last time; those that never ran cost nothing here.
    private func price(jobs: Int) -> String {
        var certain = 0.0
        var most = 0.0
        var unknown = 0
        for action in request.actions {
            let seconds = assessment.snapshot.durationSeconds[action.index]
            switch assessment.verdicts[action.index] {
            case .build?:
                certain += seconds
                most += seconds
            case .undecided?: most += seconds
            default: continue
            }
            if seconds == 0 { unknown += 1 }
        }
        let text =
            "price    certain \(duration(certain / Double(jobs))) / at most \(duration(most / Double(jobs))) with -j \(jobs)"
        return unknown == 0 ? text : text + ", and \(grouped(unknown)) actions that never ran"
    }
}
