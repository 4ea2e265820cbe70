import Artifact
import Hashing
import Planning

extension BuildRun {
    /// After so many runs nobody asks for the failure of an action any more that no rule makes.
    private static let runsToRemember: Int64 = 100

    /// Forgets failures that are none any more: of actions that were found current, or put back from the store; of rules
    /// that are gone; and, after a while, of actions that are not in the plan, since other parameters may bring them back.
    func forgetFailures(_ outcome: Builder.Outcome, _ tally: RunTally, run: Int64) throws {
        let (assessment, plan) = (outcome.assessment, outcome.assessment.plan)
        let request = try request(plan)
        let restored = plan.actions(of: tally.restored).filter { action in
            request.holds(action) && assessment.snapshot.failedRun[action.index] != nil
        }
        var over = Set(assessment.recovered(request) + restored).sorted().map { plan.identity(of: $0) }
        // A null build asks for nothing more.
        if !tally.built.isEmpty || !tally.failed.isEmpty {
            let records = try database.failureRecords()
            let rules = Set(plan.rules.map(\.name))
            let known = Set(plan.actions(of: Set(records.keys)).map { plan.identity(of: $0) })
            for (identity, record) in records where !known.contains(identity) {
                if !rules.contains(record.rule) || record.run + Self.runsToRemember <= run { over.append(identity) }
            }
        }
        over.removeAll { tally.failed.contains($0) }
        try database.removeFailures(over)
    }
}
