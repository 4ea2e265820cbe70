import Artifact
import Planning

/// `--explain --json`.
struct ExplanationDocument: Encodable {
    let format = "dbuild.explain/1"
    let totals: [String: Int]
    let rules: [RuleDocument]
    let causes: [Cause]
    /// Everything that is not current.
    let actions: [Action]
    let unknownRules: [UnknownRule]
    let price: PriceDocument

    struct Cause: Encodable {
        let kind: String
        let what: String
        let path: String?
        let certain: [String]
        let held: [String]
        /// By rule; absent where there are more causes than are followed.
        let undecidedByRule: [String: Int]?
        let chain: [String]
    }

    struct Action: Encodable {
        let action: String
        let rule: String
        let line: Int
        let verdict: String
        let reasons: [String]
        let blockers: [String]
        /// Of one that waits.
        let until: String?
        /// From the cause's action to this one.
        let chain: [String]
        let causes: [String]
    }

    struct PriceDocument: Encodable {
        let certainSeconds: Double
        let mostSeconds: Double
        let workSeconds: Double
        let peakBytes: UInt64?
        let diskBytes: UInt64?
        let neverRan: Int

        init(_ price: Event.Price) {
            (certainSeconds, mostSeconds, workSeconds) = (price.certainSeconds, price.mostSeconds, price.workSeconds)
            (peakBytes, diskBytes, neverRan) = (price.peakBytes, price.diskBytes, price.neverRan)
        }
    }

    init(_ explanation: Explanation, rows: @escaping (Content) -> Int?) {
        let (assessment, request) = (explanation.assessment, explanation.request)
        let (plan, causes) = (assessment.plan, explanation.causes)
        var all = StatusTable.Tally()
        for action in request.actions { if let verdict = assessment.verdicts[action.index] { all.add(verdict) } }
        totals = all.byName
        rules = StatusTable(assessment, request).rows.map { RuleDocument($0) }
        self.causes = explanation.sortedCauses.map { group in
            Cause(
                kind: group.cause.kind.rawValue, what: group.inWords(rows: rows),
                path: group.paths.first.map { "\($0)" },
                certain: group.certain.map { plan.name(of: $0) }, held: group.held.map { plan.name(of: $0) },
                undecidedByRule: group.undecidedByRule.map { counts in
                    Dictionary(
                        uniqueKeysWithValues: counts.map { (printable(plan.rules[$0.key.index].name), $0.value) })
                },
                chain: causes.families(of: group).map { plan.inWords($0) })
        }
        let words = Dictionary(causes.groups.map { ($0.cause, $0.inWords(rows: rows)) }) { first, _ in first }
        actions = request.actions.compactMap { action -> Action? in
            guard let verdict = assessment.verdicts[action.index], verdict != .current else { return nil }
            var blocking: [String] = []
            var until: String?
            if case .blocked(let blockers) = verdict { blocking = blockers.map(\.inWords) }
            if case .wait(let wait, _) = verdict { until = Instant.text(wait.until) }
            return Action(
                action: plan.name(of: action), rule: printable(plan.rule(of: action).name), line: verdict.line,
                verdict: verdict.name, reasons: verdict.reasons.map { $0.inWords(rows: rows) }, blockers: blocking,
                until: until, chain: causes.chain(to: action).map { plan.name(of: $0.action) },
                causes: causes.causes(of: action).compactMap { words[$0] })
        }
        unknownRules = request.unlisted.map {
            UnknownRule(rule: printable(plan.rules[$0.rule.index].name), awaits: "\($0.awaits)")
        }
        price = PriceDocument(explanation.price)
    }
}

/// A rule whose actions nobody can list yet, and what says which there are.
struct UnknownRule: Encodable {
    let rule: String
    let awaits: String
}

/// How the actions of a rule stand.
struct RuleDocument: Encodable {
    let rule: String
    /// Nobody can list its actions yet.
    let isUnknown: Bool
    let actions: Int
    let counts: [String: Int]

    init(_ row: StatusTable.Row) {
        rule = row.rule
        isUnknown = row.isUnknown
        actions = row.tally.total
        counts = row.tally.byName
    }
}

/// `status --json`.
struct StatusDocument: Encodable {
    let format = "dbuild.status/1"
    let rules: [RuleDocument]
    let groups: [String]
    let staleReads: [String]
    /// Files that no rule makes any more.
    let orphans: [String]

    init(_ assessment: Assessment, _ request: Request, orphans: [Path]) {
        rules = StatusTable(assessment, request).rows.map { RuleDocument($0) }
        groups = assessment.plan.groups.map { printable($0.name) }
        staleReads = Explanation.staleReads(assessment)
        self.orphans = orphans.sorted().map { "\($0)" }
    }
}

extension Verdict {
    /// For programs.
    var name: String {
        switch self {
        case .undecided: "undecided"
        case .skip: "skip"
        case .blocked: "blocked"
        case .build: "build"
        case .current: "current"
        case .keepEdited: "keepEdited"
        case .keep: "keep"
        case .restore: "restore"
        case .wait: "wait"
        }
    }
}
