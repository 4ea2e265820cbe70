/// `history --json`.
struct HistoryDocument: Encodable {
    let format = "dbuild.history/1"
    let runs: [Run]

    struct Run: Encodable {
        let run: Int64
        /// `ended`, `running`, `killed` or `unknown`.
        let state: String
        var startedNanoseconds: Int64?
        var nowNanoseconds: Int64?
        var targets: [String] = []
        /// Only what had failed was wanted.
        var onlyFailed: Bool?
        var parameters: [String] = []
        var jobs: Int?
        let seconds: Double
        var built: Int?
        var restored: Int?
        var current: Int?
        var failed: Int?
        var exit: Int?
        var peakBytes: UInt64?
        /// Of one run that was named.
        var rules: [ActionAccounts.RuleAccount]?
        var actions: [Action]?
        var failures: [Failure]?
        var warnings: [String]?

        init(_ run: RunAccount, _ actions: ActionAccounts? = nil) {
            self.run = run.run
            (state, seconds) = (run.state.rawValue, run.seconds)
            if let told = run.told {
                (startedNanoseconds, nowNanoseconds) = (told.startedNanoseconds, told.nowNanoseconds)
                (targets, parameters, jobs) = (told.targets, told.parameters, told.jobs)
                onlyFailed = told.isOfFailed
            }
            if let summary = run.summary {
                (built, restored, current) = (summary.built, summary.restored, summary.current)
                (failed, exit, peakBytes) = (summary.failed, Int(summary.exitCode), summary.peakBytes)
            }
            guard let actions else { return }
            rules = actions.rules
            self.actions = actions.accounts.map { Action($0) }
            failures = actions.failures.map { Failure(action: $0.action, what: $0.what, seconds: $0.seconds) }
            warnings = actions.warnings
        }
    }

    struct Action: Encodable {
        let action: String
        let attempt: Int
        let ending: String
        let seconds: Double
        let cpuSeconds: Double
        let peakBytes: UInt64
        let estimatedSeconds: Double?
        let estimatedBytes: UInt64?

        init(_ account: ActionAccounts.Account) {
            (action, attempt, ending) = (account.action, account.attempt, account.ending.rawValue)
            (seconds, cpuSeconds, peakBytes) = (account.seconds, account.cpuSeconds, account.peakBytes)
            (estimatedSeconds, estimatedBytes) = (account.estimate.seconds, account.estimate.bytes)
        }
    }

    struct Failure: Encodable {
        let action: String
        let what: String
        let seconds: Double
    }
}
