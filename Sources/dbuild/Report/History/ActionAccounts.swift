/// What became of each action that a run started, in the order in which they started.
struct ActionAccounts: Sendable {
    struct Account: Sendable {
        enum Ending: String, Sendable { case built, failed, retried, cancelled, unknown }

        var action: String
        var attempt: Int
        var lane: Int
        /// Nanoseconds since the run's time began.
        var started: UInt64
        /// When its process was over.
        var ran: UInt64?
        /// When it was published, or had failed.
        var ended: UInt64?
        var ending = Ending.unknown
        var estimate: Event.Estimate
        var seconds = 0.0
        var cpuSeconds = 0.0
        var peakBytes: UInt64 = 0
        /// What was wrong.
        var what: String?
        /// Of its last verdict.
        var decision: Event.Decision?

        var rule: String { ruleName(ofAction: action) }
    }

    /// Memory that all that ran held at a time.
    struct Memory: Sendable {
        let nanoseconds: UInt64
        let bytes: UInt64
    }

    private(set) var accounts: [Account] = []
    private(set) var memory: [Memory] = []
    private(set) var warnings: [String] = []
    private(set) var failures: [Event.ActionFailure] = []
    private var open: [String: Int] = [:]
    private var decisions: [String: Event.Decision] = [:]

    init(_ lines: [EventLine]) { for line in lines { take(line) } }

    private mutating func take(_ line: EventLine) {
        switch line.event {
        case .verdict(let decision): decisions[decision.action] = decision
        case .actionStarted(let action, let attempt, let estimate):
            open[action] = accounts.count
            accounts.append(
                Account(
                    action: action, attempt: attempt, lane: line.lane ?? 0, started: line.nanoseconds,
                    estimate: estimate, decision: decisions[action]))
        case .actionRan(let action): if let index = open[action] { accounts[index].ran = line.nanoseconds }
        case .actionFinished(let action, let seconds, let cpuSeconds, let peakBytes, _):
            end(action, line.nanoseconds, .built) { account in
                (account.seconds, account.cpuSeconds, account.peakBytes) = (seconds, cpuSeconds, peakBytes)
            }
        case .actionFailed(let failure):
            failures.append(failure)
            end(failure.action, line.nanoseconds, .failed) { account in
                (account.seconds, account.what, account.peakBytes) = (failure.seconds, failure.what, failure.peakBytes)
            }
        case .actionRetried(let retry):
            end(retry.action, line.nanoseconds, .retried) { account in
                (account.seconds, account.what) = (retry.seconds, retry.what)
            }
        case .actionCancelled(let action): end(action, line.nanoseconds, .cancelled) { _ in }
        case .sample(let samples):
            let known = samples.compactMap(\.bytes)
            guard !known.isEmpty else { return }
            let sum = known.reduce(0 as UInt64) { $0.addingReportingOverflow($1).overflow ? .max : $0 &+ $1 }
            memory.append(Memory(nanoseconds: line.nanoseconds, bytes: sum))
        case .warning(let text): warnings.append(text)
        default: break
        }
    }

    private mutating func end(
        _ action: String, _ nanoseconds: UInt64, _ ending: Account.Ending, _ change: (inout Account) -> Void
    ) {
        guard let index = open.removeValue(forKey: action) else { return }
        (accounts[index].ended, accounts[index].ending) = (nanoseconds, ending)
        change(&accounts[index])
    }

    /// What the actions of a rule took.
    struct RuleAccount: Sendable, Encodable {
        let rule: String
        var actions = 0
        var failed = 0
        /// In sum.
        var seconds = 0.0
        var mostSeconds = 0.0
        var peakBytes: UInt64 = 0
        /// Of the actions that had an estimate.
        var estimated = 0
        var estimatedBytes: UInt64 = 0
        /// How many of them held more than they were thought to.
        var aboveEstimate = 0
    }

    /// Those that took most, first.
    var rules: [RuleAccount] {
        var found: [String: RuleAccount] = [:]
        for account in accounts where account.ending == .built || account.ending == .failed {
            var rule = found[account.rule] ?? RuleAccount(rule: account.rule)
            rule.actions += 1
            rule.failed += account.ending == .failed ? 1 : 0
            rule.seconds += account.seconds
            rule.mostSeconds = max(rule.mostSeconds, account.seconds)
            rule.peakBytes = max(rule.peakBytes, account.peakBytes)
            if let bytes = account.estimate.bytes, account.ending == .built {
                rule.estimated += 1
                rule.estimatedBytes = max(rule.estimatedBytes, bytes)
                rule.aboveEstimate += account.peakBytes > bytes ? 1 : 0
            }
            found[account.rule] = rule
        }
        return found.values.sorted { ($1.seconds, $0.rule) < ($0.seconds, $1.rule) }
    }
}
