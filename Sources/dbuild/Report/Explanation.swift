import Artifact
import Planning

/// Why things are not current, by what a person can do something about: the answer first, causes before lists, counts
/// before names.
struct Explanation {
    let assessment: Assessment
    let request: Request
    let causes: RootCauses
    private let pricing: Pricing
    var price: Event.Price { pricing.price }
    private let rows: (Content) -> Int?
    private static let mostCauses = 20
    private static let mostBlockers = 10

    enum Form { case short, full, all }

    /// - Parameter rows: how many rows a table with this content has, where that is known.
    init(_ assessment: Assessment, _ request: Request, _ budget: Budget, rows: @escaping (Content) -> Int?) {
        self.assessment = assessment
        self.request = request
        self.rows = rows
        // First: it goes on while causes are followed.
        pricing = Pricing(assessment, request, budget)
        causes = RootCauses(assessment, request)
    }

    private var plan: Plan { assessment.plan }

    /// The causes as a person wants them: those from which most may follow first.
    var sortedCauses: [RootCauses.Group] {
        causes.groups.enumerated().sorted { left, right in
            let (a, b) = (left.element, right.element)
            let sizes = (a.certain.count + a.undecidedCount, b.certain.count + b.undecidedCount)
            return sizes.0 == sizes.1 ? left.offset < right.offset : sizes.0 > sizes.1
        }.map(\.element)
    }

    func text(_ form: Form) -> String {
        let outlook = assessment.outlook(request)
        var lines = headline(outlook)
        let table = StatusTable(assessment, request, onlyOpen: true).lines
        if !table.isEmpty { lines += [""] + table }
        lines += form == .short ? shortCauses : fullCauses
        if form != .short { lines += undecided }
        lines += HeldWording(assessment: assessment, request: request, rows: rows).lines
        lines += recalled + blocked + unlisted
        lines += Self.staleReads(assessment).flatMap { ["", $0] }
        if form == .all { lines += everyAction }
        if outlook.open > 0 { lines += ["", Price.line(price)] }
        return lines.joined(separator: "\n") + "\n"
    }

    private func headline(_ outlook: Event.Outlook) -> [String] {
        var parts = ["\(grouped(outlook.current)) current"]
        for (count, what) in [
            (outlook.certain, "to build"), (outlook.restorable, "to restore"), (outlook.undecided, "undecided"),
            (outlook.waiting, "waiting by policy"), (outlook.kept, "kept"), (outlook.skipped, "skipped"),
            (outlook.blocked, "blocked"),
        ] where count > 0 {
            parts.append("\(grouped(count)) \(what)")
        }
        return wrapped(parts, separator: ", ", first: "\(counted(outlook.actions, "action")): ", indent: "  ")
    }

    /// Current ones whose bytes are away and needed: by a target, or by what will run.
    private var recalled: [String] {
        let actions = assessment.recalls(request)
        guard let first = actions.first else { return [] }
        let more = actions.count > 1 ? " and \(grouped(actions.count - 1)) more" : ""
        let name = assessment.plan.name(of: first) + more
        return ["", "\(counted(actions.count, "current action")) to bring its bytes back: \(name)"]
    }

    // MARK: Causes

    private var shortCauses: [String] {
        let shown = sortedCauses.prefix(Self.mostCauses)
        guard !shown.isEmpty else { return [] }
        return [""] + shown.flatMap { title($0) } + rest
    }

    private var fullCauses: [String] { sortedCauses.prefix(Self.mostCauses).flatMap { [""] + lines($0) } + rest }

    private func title(_ group: RootCauses.Group) -> [String] {
        let what = group.inWords(rows: rows)
        let whole = "\(what): \(group.extent)"
        return whole.count <= 80 ? [whole] : [what + ":", "  \(group.extent)"]
    }

    private func lines(_ group: RootCauses.Group) -> [String] {
        var lines = title(group)
        func list(_ title: String, _ counts: [(rule: RuleID, count: Int)]) {
            guard !counts.isEmpty else { return }
            lines += wrapped(plan.inWords(counts), separator: ", ", first: "  \(title)", indent: "           ")
        }
        list("certain  ", plan.byRule(group.certain))
        list("held     ", plan.byRule(group.held))
        let undecided = (group.undecidedByRule ?? [:]).sorted { $0.key < $1.key }.map {
            (rule: $0.key, count: $0.value)
        }
        list("at most  ", undecided)
        lines += wrapped(plan.inWords(causes.families(of: group)), separator: " ", first: "  ", indent: "    ")
        return lines
    }

    private var rest: [String] {
        let rest = sortedCauses.dropFirst(Self.mostCauses)
        guard !rest.isEmpty else { return [] }
        let certain = rest.reduce(0) { $0 + $1.certain.count }
        let kinds = Dictionary(grouping: rest) { $0.cause.kind }.sorted { $0.key < $1.key }
            .map { "\(grouped($0.value.count)) \($0.key.rawValue)" }
        return [
            "",
            "and \(counted(rest.count, "cause")) more (\(kinds.joined(separator: ", "))): "
                + "\(counted(certain, "action")) for certain",
        ]
    }

    // MARK: What depends on others

    private var undecided: [String] {
        let actions = assessment.undecided
        guard !actions.isEmpty else { return [] }
        var begins = [Bool](repeating: false, count: plan.actionCount)
        for action in actions { begins[causes.beginning(of: action).index] = true }
        return [""]
            + wrapped(
                plan.inWords(plan.byRule(actions)), separator: ", ", first: "undecided: ", indent: "  ")
            + wrapped(
                plan.inWords(plan.byRule(plan.actions.filter { begins[$0.index] })), separator: ", ",
                first: "  they depend on what these give: ",
                indent: "    ")
    }

    private var blocked: [String] {
        var counts: [String: Int] = [:]
        var followers = 0
        for action in assessment.notCurrent(request) {
            guard case .blocked(let blockers)? = assessment.verdicts[action.index] else { continue }
            let roots = blockers.filter { if case .blocked = $0 { false } else { true } }
            if roots.isEmpty { followers += 1 }
            for blocker in Set(roots.map { $0.inWords }) { counts[blocker, default: 0] += 1 }
        }
        guard !counts.isEmpty || followers > 0 else { return [] }
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        var lines = ["", "blocked, line 2:"]
        lines += sorted.prefix(Self.mostBlockers).map { "  \($0.key): \(counted($0.value, "action"))" }
        if sorted.count > Self.mostBlockers { lines.append("  and \(grouped(sorted.count - Self.mostBlockers)) more") }
        if followers > 0 { lines.append("  below those: \(counted(followers, "action"))") }
        return lines
    }

    private var unlisted: [String] {
        request.unlisted.flatMap { entry in
            ["", "\(printable(plan.rules[entry.rule.index].name)): unknown before `\(entry.awaits)` is current"]
        }
    }

    /// What the rules read while planning and is not current: the view shows the actions as it listed them the last time.
    static func staleReads(_ assessment: Assessment) -> [String] {
        assessment.plan.questions.compactMap { question in
            guard question.answer != nil, let artifact = assessment.plan.artifact(at: question.path) else { return nil }
            if case .content = assessment.states[artifact.index] { return nil }
            return "`\(question.path)` is not current: actions are listed as it said the last time"
        }
    }

    // MARK: Every action

    private var everyAction: [String] {
        request.actions.flatMap { action -> [String] in
            guard let verdict = assessment.verdicts[action.index], verdict != .current else { return [] }
            var lines = ["", "\(plan.name(of: action))  line \(verdict.line), \(verdict.inWords)"]
            lines += verdict.reasons.map { "  \($0.inWords(rows: rows))" }
            if case .blocked(let blockers) = verdict {
                lines += blockers.prefix(Self.mostBlockers).map { "  \($0.inWords)" }
            }
            let chain = causes.chain(to: action)
            if chain.count > 1 { lines += wrapped(plan.inWords(chain), separator: " ", first: "  ", indent: "    ") }
            return lines
        }
    }
}

extension Verdict {
    /// What will become of an action.
    var inWords: String {
        switch self {
        case .undecided: "undecided"
        case .skip: "skipped"
        case .blocked: "blocked"
        case .build(.forced, _): "build: forced"
        case .build(.refreshDue, _): "build: refresh due"
        case .build(.repair, _): "build: repair"
        case .build(.stale, _): "build"
        case .current: "current"
        case .keepEdited: "kept as edited"
        case .keep: "kept, since it exists"
        case .restore: "restore"
        case .wait(let wait, _): "waits until \(Instant.text(wait.until))"
        }
    }
}
