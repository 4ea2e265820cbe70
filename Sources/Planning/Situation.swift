import Artifact

/// All that the table of verdicts looks at, for one action.
///
/// - Source: `docs/design.md`, section 7.
struct Situation {
    /// How the key stands to the recorded one.
    enum Match {
        /// In views: inputs are not final. These reasons hold whatever they give; `mayRestore` is whether the store
        /// could have what it comes to.
        case unknown(certain: [Reason], mayRestore: Bool)
        case matches
        case differs([Reason])
        case unrecorded([Reason])
    }

    let match: Match
    let policy: Policy
    let isSkipped: Bool
    let isForced: Bool
    /// It is not built twice in a run because of its policy.
    let isBuiltInThisRun: Bool
    let keepsEdited: Bool
    let nowNanoseconds: Int64
    let builtAtNanoseconds: Int64?
    let staleSinceNanoseconds: Int64?
    let moments: RefreshMoments?
    let damage: OutputDamage
    let blockers: [Blocker]
    let hasLostStore: Bool

    /// The first line that applies.
    ///
    /// - Parameters:
    ///   - isRestorable: whether the store has what it would give; asked only where the table comes to it.
    ///   - observation: the newest one in its inputs; asked likewise.
    func verdict(isRestorable: () -> Bool, observation: () -> Observation) -> Verdict {
        if isSkipped {
            return damage.isComplete || damage.isForeign ? .skip : .blocked([.nothingToSkipTo(damage.missing)])
        }
        if !blockers.isEmpty { return .blocked(blockers) }
        if isForced { return .build(.forced, [.forced]) }
        if policy.existence == .always, !isBuiltInThisRun { return .build(.forced, [.always]) }
        if let due = refreshDue { return .build(.refreshDue, [.refreshDue(due)]) }
        if case .matches = match, damage.isIntact || policy.isIntermediate && damage.edited.isEmpty { return .current }
        if keepsEdited || policy.keepsEdited, damage.isEditedOnly { return .keepEdited(damage.edited) }
        if case .keepExisting(let adoptsForeign)? = policy.existence,
            damage.isComplete || adoptsForeign && damage.isForeign
        {
            return .keep(reasons)
        }
        if case .unknown(let certain, let mayRestore) = match { return foreseen(certain, mayRestore: mayRestore) }
        if policy.existence != .always, isRestorable() { return .restore(reasons + damage.reasons) }
        if case .matches = match { return .build(.repair, damage.reasons + lostStore) }
        return held(observation) ?? .build(.stale, reasons + overdue + lostStore)
    }

    /// Why it is not current, its outputs aside.
    private var reasons: [Reason] {
        switch match {
        case .unknown(let certain, _): certain
        case .matches: []
        case .differs(let reasons), .unrecorded(let reasons): reasons
        }
    }

    private var lostStore: [Reason] { hasLostStore ? [.storeObjectLost] : [] }

    /// Line 12 where nothing that the inputs give can make it another one, else line 0.
    private func foreseen(_ certain: [Reason], mayRestore: Bool) -> Verdict {
        let isHeldPossibly =
            isHoldable(certain, policy.settle?.holdsEverything) && policy.settle != nil
            || isHoldable(certain, policy.interval?.holdsEverything) && policy.interval != nil
        guard !certain.isEmpty, !mayRestore, !isHeldPossibly else { return .undecided(certain + damage.reasons) }
        return .build(.stale, certain)
    }
}

// MARK: - Line 4

extension Situation {
    /// The instant at which a refresh has been due since the last build.
    private var refreshDue: Int64? {
        guard case .refresh(let refresh)? = policy.existence, let built = builtAtNanoseconds else { return nil }
        switch refresh {
        case .every(let period):
            let due = built.addingClamped(period)
            return nowNanoseconds >= due ? due : nil
        case .calendar: return moments.flatMap { built < $0.last ? $0.last : nil }
        }
    }
}

// MARK: - Lines 10 and 11

extension Situation {
    /// The waiting that applies, or what is wrong with its observations.
    private func held(_ observation: () -> Observation) -> Verdict? {
        if let settle = policy.settle, settle.nanoseconds > 0, !isOverdue, isHoldable(reasons, settle.holdsEverything),
            damage.isComplete || settle.firstBuildWaits
        {
            switch observation() {
            case .nothing: break
            // A build has it back before it judges again.
            case .away: return .undecided(reasons)
            case .newest(let newest):
                // An observation that lies ahead counts as made now, and is older than that only when its time has come.
                if newest > nowNanoseconds.addingClamped(-settle.nanoseconds) {
                    let settled = newest.addingClamped(settle.nanoseconds)
                    let until = latestWait.map { min($0, settled) } ?? settled
                    let policy = Verdict.Wait.Policy.settle(newest: newest, usesFileTimes: settle.observation == nil)
                    return .wait(Verdict.Wait(policy: policy, until: until), reasons)
                }
            case .flawed(let path, let column, let flaw):
                return .blocked([.observation(path, column: column, flaw)])
            }
        }
        if let interval = policy.interval, let built = builtAtNanoseconds, damage.isComplete,
            isHoldable(reasons, interval.holdsEverything)
        {
            let until = built.addingClamped(interval.nanoseconds)
            if nowNanoseconds < until { return .wait(Verdict.Wait(policy: .interval, until: until), reasons) }
        }
        return nil
    }

    /// When settling is over whatever has been observed.
    private var latestWait: Int64? {
        policy.settle?.latestAfterNanoseconds.map { (staleSinceNanoseconds ?? nowNanoseconds).addingClamped($0) }
    }

    private var isOverdue: Bool { latestWait.map { nowNanoseconds >= $0 } ?? false }

    private var overdue: [Reason] {
        guard isOverdue, let settle = policy.settle, settle.nanoseconds > 0, let since = staleSinceNanoseconds,
            isHoldable(reasons, settle.holdsEverything), damage.isComplete || settle.firstBuildWaits
        else { return [] }
        return [.overdue(since: since)]
    }

    /// Whether every reason is content of an input.
    private func isHoldable(_ reasons: [Reason], _ holdsEverything: Bool?) -> Bool {
        guard let holdsEverything else { return false }
        return holdsEverything
            || reasons.allSatisfy { $0.isInputContent || $0.isFirstBuild && policy.settle?.firstBuildWaits == true }
    }
}

extension Reason {
    /// What waiting may hold back: everything else was wanted by somebody.
    var isInputContent: Bool {
        switch self {
        case .inputChanged, .inputAdded, .inputRemoved, .discovered: true
        // It tells what happened, and is no cause.
        case .failedBefore: true
        default: false
        }
    }

    fileprivate var isFirstBuild: Bool {
        switch self {
        case .neverBuilt, .foreign: true
        default: false
        }
    }
}

extension Int64 {
    /// A sum that stays at the last instant there is instead of overflowing.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? (other < 0 ? .min : .max) : sum
    }
}
