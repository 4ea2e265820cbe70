import Hashing
import Planning

/// Why actions ran, over all parts of a run.
struct CauseTally {
    private var certain: [RootCause: Set<Digest>] = [:]
    private var followed: [RootCause: Set<Digest>] = [:]
    private var held: [RootCause: Set<Digest>] = [:]
    private var words: [RootCause: String] = [:]
    private var examples: [RootCause: [String]] = [:]
    /// What has been built or put back so far, and why.
    private var built: [Digest: [RootCause]] = [:]
    private static let mostExamples = 5
    private static let mostEvents = 200

    /// What is to be expected, before anything runs.
    static func events(_ assessment: Assessment, _ request: Request) -> [Event.Cause] {
        let plan = assessment.plan
        return RootCauses(assessment, request).groups.filter { !$0.certain.isEmpty || $0.undecidedCount > 0 }
            .prefix(mostEvents).map { group in
                Event.Cause(
                    kind: group.cause.kind.rawValue, what: group.inWords { _ in nil }, certain: group.certain.count,
                    followed: group.undecidedCount, held: group.held.count,
                    examples: group.certain.prefix(mostExamples).map { plan.name(of: $0) })
            }
    }

    mutating func add(_ outcome: Builder.Outcome, _ request: Request) {
        let (assessment, plan) = (outcome.assessment, outcome.assessment.plan)
        let ran = outcome.built.union(outcome.restored).union(outcome.failed)
        let causes = RootCauses(assessment, request, earlier: built)
        func identities(_ actions: [ActionID]) -> Set<Digest> { Set(actions.map { plan.identity(of: $0) }) }
        for group in causes.groups {
            words[group.cause] = words[group.cause] ?? group.inWords { _ in nil }
            certain[group.cause, default: []].formUnion(identities(group.certain).intersection(ran))
            followed[group.cause, default: []].formUnion(identities(group.followed).intersection(ran))
            held[group.cause, default: []].formUnion(identities(group.held))
            let names = (group.certain.isEmpty ? group.followed : group.certain).prefix(Self.mostExamples)
            var known = examples[group.cause, default: []]
            known += names.map { plan.name(of: $0) }.filter { !known.contains($0) }
            examples[group.cause] = Array(known.prefix(Self.mostExamples))
        }
        for action in plan.actions(of: ran) where request.holds(action) {
            let found = causes.causes(of: action)
            if !found.isEmpty { built[plan.identity(of: action)] = found }
        }
    }

    /// Those from which most came, first.
    var events: [Event.Cause] {
        let causes = words.map { cause, what in
            Event.Cause(
                kind: cause.kind.rawValue, what: what, certain: certain[cause]?.count ?? 0,
                followed: (followed[cause] ?? []).subtracting(certain[cause] ?? []).count,
                held: held[cause]?.count ?? 0, examples: examples[cause] ?? [])
        }
        .filter { $0.certain + $0.followed + $0.held > 0 }
        .sorted { ($1.certain + $1.followed, $0.what) < ($0.certain + $0.followed, $1.what) }
        return Array(causes.prefix(Self.mostEvents))
    }
}
