package import Artifact

/// What was decided for an action, and why. The line is that of the table in `docs/design.md`, section 7.
package enum Verdict: Hashable, Sendable {
    /// Line 0, in views only: it depends on what others give. The reasons hold whatever that is.
    case undecided([Reason])
    /// Line 1: its outputs are taken as they are.
    case skip
    /// Line 2.
    case blocked([Blocker])
    /// Lines 3, 4, 9 and 12.
    case build(Cause, [Reason])
    /// Line 5.
    case current
    /// Line 6: these outputs were edited, and stay so.
    case keepEdited([Path])
    /// Line 7: it exists, whatever has changed.
    case keep([Reason])
    /// Line 8: the store has what it would give.
    case restore([Reason])
    /// Lines 10 and 11: it will be built, but not yet.
    case wait(Wait, [Reason])

    package enum Cause: Hashable, Sendable {
        case forced
        case refreshDue
        case repair
        case stale
    }

    package struct Wait: Hashable, Sendable {
        package enum Policy: Hashable, Sendable {
            /// `newest` is the newest observation; nil where a first build waits for one.
            case settle(newest: Int64, usesFileTimes: Bool)
            case interval
        }
        package var policy: Policy
        /// When the verdict will be another one, nanoseconds since 1970-01-01T00:00:00Z.
        package var until: Int64

        package init(policy: Policy, until: Int64) {
            self.policy = policy
            self.until = until
        }
    }

    package var line: Int {
        switch self {
        case .undecided: 0
        case .skip: 1
        case .blocked: 2
        case .build(.forced, _): 3
        case .build(.refreshDue, _): 4
        case .current: 5
        case .keepEdited: 6
        case .keep: 7
        case .restore: 8
        case .build(.repair, _): 9
        case .wait(let wait, _): wait.policy == .interval ? 11 : 10
        case .build(.stale, _): 12
        }
    }

    package var reasons: [Reason] {
        switch self {
        case .undecided(let reasons), .build(_, let reasons), .keep(let reasons), .restore(let reasons),
            .wait(_, let reasons):
            reasons
        case .skip, .blocked, .current, .keepEdited: []
        }
    }

    package var isBuild: Bool { if case .build = self { true } else { false } }
    package var isRestore: Bool { if case .restore = self { true } else { false } }
    package var isBlocked: Bool { if case .blocked = self { true } else { false } }
    package var isUndecided: Bool { if case .undecided = self { true } else { false } }
    package var isWait: Bool { if case .wait = self { true } else { false } }
}

/// What stands in an action's way.
package enum Blocker: Hashable, Sendable {
    case sourceAbsent(Path)
    /// The action that makes it failed in this run.
    case failed(Path, ActionID)
    /// The action that makes it is blocked itself.
    case blocked(Path, ActionID)
    /// The action that makes it waits or is skipped, and nothing complete is in place.
    case held(Path, ActionID)
    /// It is to be skipped, and not all of its outputs are there.
    case nothingToSkipTo([Path])
    /// A tree was made without this member.
    case notInTree(Path, ActionID)
    /// Nobody can list its inputs: this artifact, which says what they are, is not to be had.
    case unlisted(Path)
    /// An axis came out empty, so that nothing is gathered.
    case nothingToGather(property: String)
    /// A file that cannot be read, or is none.
    case unreadable(Path, String)
    /// What a command is known by beside its inputs could not be found out.
    case probe(Probe, String)
    /// The rules name a column of observations that is not there, or holds no instants.
    case observation(Path, column: [UInt8], Observation.Flaw)
}
