import Artifact
import Planning

/// What a person should know at the end of a run beside its counts.
struct RunWarnings {
    private let assessment: Assessment
    private let request: Request

    init(_ assessment: Assessment, _ request: Request) {
        self.assessment = assessment
        self.request = request
    }

    var texts: [String] { blockedSources + unlisted + unreproducible + ahead + builtAhead }

    /// What stands at the beginning of what is blocked, each once.
    private var blockedSources: [String] {
        var counts: [String: Int] = [:]
        for action in assessment.notCurrent(request) {
            guard case .blocked(let blockers)? = assessment.verdicts[action.index] else { continue }
            for blocker in blockers {
                switch blocker {
                case .blocked, .failed: continue
                case .sourceAbsent(let path):
                    let place = assessment.plan.artifact(at: path).flatMap { assessment.plan.place(ofSource: $0) }
                    counts[blocker.inWords + (place.map { ", \($0.inWords)" } ?? ""), default: 0] += 1
                case .observation:
                    let rule = assessment.plan.rule(of: action)
                    counts[
                        "rule `\(printable(rule.name))` (\(rule.place.inWords)): \(blocker.inWords)", default: 0] += 1
                default: counts[blocker.inWords, default: 0] += 1
                }
            }
        }
        return counts.sorted { $0.key < $1.key }.map {
            "\($0.key) (\(counted($0.value, "action")) \($0.value == 1 ? "waits" : "wait") for it)"
        }
    }

    private var unlisted: [String] {
        request.unlisted.map { entry in
            let rule = printable(assessment.plan.rules[entry.rule.index].name)
            return "rule `\(rule)` is unknown: `\(entry.awaits)`, which says its values, is not to be had"
        }
    }

    private var unreproducible: [String] {
        assessment.unreproducible.sorted().map { action in
            "`\(assessment.plan.name(of: action))` is not reproducible: made again from the same, it gave other bytes"
        }
    }

    /// Built in the future: a clock that went back, or a wrong `--now`; by their policies they would wait for it.
    private var builtAhead: [String] {
        let now = assessment.circumstances.nowNanoseconds
        let isTimed = assessment.circumstances.policies.map { policy in
            if case .refresh? = policy.existence { true } else { policy.interval != nil }
        }
        guard isTimed.contains(true) else { return [] }
        let early = request.actions.filter { action in
            isTimed[assessment.plan.ruleID(of: action).index]
                && assessment.snapshot.builtAtNanoseconds[action.index].map { $0 > now } == true
        }
        guard let first = early.first, let built = assessment.snapshot.builtAtNanoseconds[first.index] else {
            return []
        }
        return [
            "\(counted(early.count, "action")) were built after now, as `\(assessment.plan.name(of: first))` at \(Instant.text(built)): their age counts as 0; --force builds them"
        ]
    }

    /// Observations of the future: a wrong clock, or a wrong column.
    private var ahead: [String] {
        let now = assessment.circumstances.nowNanoseconds
        let early = assessment.notCurrent(request).filter { action in
            guard case .wait(let wait, _)? = assessment.verdicts[action.index],
                case .settle(let newest, _) = wait.policy
            else { return false }
            return newest > now
        }
        guard let first = early.first, case .wait(let wait, _)? = assessment.verdicts[first.index],
            case .settle(let newest, _) = wait.policy
        else { return [] }
        return [
            "observations of \(counted(early.count, "action")) lie ahead of now, as \(Instant.text(newest)) of `\(assessment.plan.name(of: first))`: their age counts as 0"
        ]
    }
}
