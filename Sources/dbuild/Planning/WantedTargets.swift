import Hashing
import Planning

/// What a command is to bring up to date, or to show.
struct WantedTargets: Sendable {
    /// As they were named; none: the rules' defaults.
    var words: [String]
    /// Only what failed and has not been built since, of the targets and of what they need; without targets, of all.
    var failed: Set<Digest>?

    init(_ words: [String], failed: Set<Digest>? = nil) {
        self.words = words
        self.failed = failed
    }

    func select(_ plan: Plan) throws(TargetError) -> Selection {
        guard let failed else { return try plan.select(words) }
        if words.isEmpty { return .failed(failed, in: plan) }
        return try plan.select(words).failed(failed, in: plan)
    }
}
