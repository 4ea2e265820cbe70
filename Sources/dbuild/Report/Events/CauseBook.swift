import Artifact
import Hashing
import Planning

/// Where it began that actions are not current, followed through a run as verdicts are taken.
struct CauseBook: Sendable {
    private var words: [RootCause: String] = [:]
    private var causes: [Digest: [String]] = [:]
    private static let mostCauses = 8

    /// - Returns: the causes of a verdict, those that it takes over from what it reads with it; so many at most.
    mutating func note(_ action: ActionID, _ assessment: Assessment) -> [String] {
        let plan = assessment.plan
        var found: [String] = []
        func add(_ cause: String) {
            if found.count < Self.mostCauses, !found.contains(cause) { found.append(cause) }
        }
        for reason in assessment.verdicts[action.index]?.reasons ?? [] {
            // What an earlier part of the run has built is known here, too.
            let earlier = reason.path.flatMap { plan.artifact(at: $0) }.flatMap { plan.maker(of: $0) }
                .flatMap { $0 == action ? nil : causes[plan.identity(of: $0)] }
            if let earlier {
                earlier.forEach(add)
                continue
            }
            if case .root(let cause) = assessment.origin(of: reason, action, built: []) {
                add(word(cause, reason))
            }
        }
        if !found.isEmpty { causes[plan.identity(of: action)] = found }
        return found
    }

    private mutating func word(_ cause: RootCause, _ reason: Reason) -> String {
        if let known = words[cause] { return known }
        let said = cause.inWords(reason, paths: reason.path.map { [$0] } ?? [])
        words[cause] = said
        return said
    }
}
