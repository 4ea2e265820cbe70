/// What changed from one run to another, by cause class: the causes of all runs after the first one.
struct RunDifference: Encodable {
    let format = "dbuild.diff/1"
    let from: Side?
    let to: Side
    let parameters: [Parameter]
    let classes: [Class]

    struct Side: Encodable {
        let run: Int64
        var nowNanoseconds: Int64?
        var targets: [String] = []
        var built: Int?
        var failed: Int?
        var exit: Int?
        fileprivate var settings: [String: String] = [:]

        enum CodingKeys: CodingKey { case run, nowNanoseconds, targets, built, failed, exit }
    }

    struct Parameter: Encodable {
        let name: String
        let from: String?
        let to: String?
    }

    struct Class: Encodable {
        let kind: String
        let causes: [Cause]
    }

    struct Cause: Encodable {
        let what: String
        var certain: Int
        var followed: Int
        var held: Int
        var examples: [String]
        var runs: [Int64]
    }

    /// - Parameter order: of the classes.
    init(_ history: RunHistory, from first: Int64?, to last: Int64, order: [String]) throws {
        var found: [String: [String: Cause]] = [:]
        for run in history.runs where run <= last && first.map({ run > $0 }) ?? (run == last) {
            for cause in Self.causes(try history.lines(of: run)) {
                let known = found[cause.kind]?[cause.what]
                var sum = known ?? Cause(what: cause.what, certain: 0, followed: 0, held: 0, examples: [], runs: [])
                sum.certain += cause.certain
                sum.followed += cause.followed
                sum.held = cause.held
                if sum.examples.isEmpty { sum.examples = cause.examples }
                sum.runs.append(run)
                found[cause.kind, default: [:]][cause.what] = sum
            }
        }
        let kinds = order + found.keys.filter { !order.contains($0) }.sorted()
        classes = kinds.compactMap { kind in
            guard let causes = found[kind], !causes.isEmpty else { return nil }
            return Class(
                kind: kind,
                causes: causes.values.sorted {
                    ($1.certain + $1.followed, $0.what) < ($0.certain + $0.followed, $1.what)
                })
        }
        let from = try first.map { Self.side($0, try history.lines(of: $0)) }
        to = Self.side(last, try history.lines(of: last))
        self.from = from
        let (before, after) = (from?.settings ?? [:], to.settings)
        parameters = Set(before.keys).union(after.keys).sorted().compactMap { name in
            from == nil || before[name] == after[name]
                ? nil : Parameter(name: name, from: before[name], to: after[name])
        }
    }

    private static func side(_ run: Int64, _ lines: [EventLine]) -> Side {
        var side = Side(run: run)
        for line in lines {
            switch line.event {
            case .runStarted(let told):
                side.nowNanoseconds = told.nowNanoseconds
                side.targets = told.targets
                for setting in told.parameters {
                    let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    if parts.count == 2 { side.settings[String(parts[0])] = String(parts[1]) }
                }
            case .summary(let summary):
                (side.built, side.failed, side.exit) = (summary.built, summary.failed, Int(summary.exitCode))
            default: continue
            }
        }
        return side
    }

    /// A run of an earlier dbuild has told reasons, and no causes.
    private static func causes(_ lines: [EventLine]) -> [Event.Cause] {
        let told = lines.compactMap { line -> Event.Cause? in
            if case .caused(let cause) = line.event { cause } else { nil }
        }
        guard told.isEmpty else { return told }
        var actions: [String: [String]] = [:]
        for case .verdict(let decision) in lines.map(\.event) where [3, 4, 8, 9, 12].contains(decision.line) {
            for reason in decision.reasons { actions[reason, default: []].append(decision.action) }
        }
        return actions.map { reason, actions in
            Event.Cause(
                kind: "reasons", what: reason, certain: actions.count, followed: 0, held: 0,
                examples: Array(actions.prefix(5)))
        }
    }
}
