import Artifact
import Planning

/// What a run left behind it beside what it built: what is blocked, degraded, held back, or was not come to.
struct Aftermath {
    private let assessment: Assessment
    private let request: Request
    private let tally: RunTally
    private var plan: Plan { assessment.plan }

    init(_ assessment: Assessment, _ request: Request, _ tally: RunTally) {
        self.assessment = assessment
        self.request = request
        self.tally = tally
    }

    /// In the order in which people are told.
    var events: [Event] {
        blocked.map { .blocked($0) } + (without + existing).map { .degraded($0) } + waiting.map { .held($0) }
            + left.map { .left($0) }
    }

    /// Actions that were not started, as these events say.
    static func leftCount(_ events: [Event]) -> Int {
        events.reduce(0) { count, event in
            if case .left(let left) = event { count + left.group.actions.count } else { count }
        }
    }

    private func rule(_ action: ActionID) -> String { printable(plan.rule(of: action).name) }

    /// In the order of the rules.
    private func groups(_ actions: [ActionID]) -> [Event.Group] {
        Dictionary(grouping: actions) { plan.ruleID(of: $0) }.sorted { $0.key < $1.key }.map { rule, actions in
            Event.Group(rule: printable(plan.rules[rule.index].name), actions: actions.map { plan.name(of: $0) })
        }
    }

    private var blocked: [Event.Blocked] {
        assessment.behindFailures(request).sorted { $0.key < $1.key }.map { failed, actions in
            Event.Blocked(failed: plan.name(of: failed), groups: groups(actions))
        }
    }

    // MARK: Degraded

    /// Results of one rule that lack the same are one entry.
    private var without: [Event.Degraded] {
        var found: [Event.Degraded] = []
        var places: [Lack: Int] = [:]
        for entry in assessment.degradations(request) {
            let missing = entry.missing.map { name(of: $0, for: entry.action) }
            let way = Event.Degraded.Way.without(
                input: printable(entry.property), have: entry.have, missing: missing)
            let lack = Lack(rule: plan.ruleID(of: entry.action), way: way)
            if let place = places[lack] {
                found[place].actions.append(plan.name(of: entry.action))
            } else {
                places[lack] = found.count
                found.append(
                    Event.Degraded(rule: rule(entry.action), way: way, actions: [plan.name(of: entry.action)]))
            }
        }
        return found
    }

    private struct Lack: Hashable {
        let rule: RuleID
        let way: Event.Degraded.Way
    }

    /// What a missing input is known by: the axis values of what makes it that its reader does not have itself, else
    /// its path.
    private func name(of artifact: ArtifactID, for reader: ActionID) -> String {
        let path = "\(plan.path(of: artifact))"
        guard let maker = plan.maker(of: artifact), plan.outputs(of: maker).count == 1 else { return path }
        let own = plan.cell(of: reader)
        let cell = plan.cell(of: maker).filter { part in
            !own.contains { $0.axis == part.axis && $0.value == part.value }
        }
        return cell.isEmpty ? path : cell.map { printable($0.value) }.joined(separator: ",")
    }

    private var existing: [Event.Degraded] {
        assessment.readersOfExisting(request).flatMap { maker, readers in
            groups(readers).map { group in
                Event.Degraded(
                    rule: group.rule,
                    way: .existing(
                        maker: plan.name(of: maker),
                        builtAtNanoseconds: assessment.snapshot.builtAtNanoseconds[maker.index]),
                    actions: group.actions)
            }
        }
    }

    // MARK: Held back, and left

    private var waiting: [Event.Held] {
        var found: [Kept: [Int64]] = [:]
        for action in assessment.notCurrent(request) {
            guard let verdict = assessment.verdicts[action.index], case .wait(let wait, _) = verdict else { continue }
            found[Kept(rule: plan.ruleID(of: action), line: verdict.line), default: []].append(wait.until)
        }
        return found.sorted { ($0.key.rule, $0.key.line) < ($1.key.rule, $1.key.line) }.compactMap { held, moments in
            guard let first = moments.min(), let last = moments.max() else { return nil }
            return Event.Held(
                rule: printable(plan.rules[held.rule.index].name), line: held.line,
                policy: assessment.circumstances.policies[held.rule.index].waitInWords(line: held.line),
                actions: moments.count, first: first, last: last)
        }
    }

    private struct Kept: Hashable {
        let rule: RuleID
        let line: Int
    }

    private var left: [Event.Left] {
        guard let halt = tally.halt else { return [] }
        let actions = assessment.unstarted(request)
        return Dictionary(grouping: actions) { plan.ruleID(of: $0) }.sorted { $0.key < $1.key }.map { rule, actions in
            Event.Left(
                why: halt,
                group: Event.Group(
                    rule: printable(plan.rules[rule.index].name), actions: actions.map { plan.name(of: $0) }),
                undecided: actions.count { assessment.verdicts[$0.index]?.isUndecided == true })
        }
    }
}
