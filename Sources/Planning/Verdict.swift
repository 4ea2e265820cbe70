package import Artifact

/// What was decided for an action, and why. The line is that of the table in `docs/design.md`, section 7.
package enum Verdict: Hashable, Sendable {
    /// Line 0, in views only: it depends on what others give.
    case undecided
    /// Line 2.
    case blocked([Blocker])
    /// Lines 3, 9 and 12.
    case build(Cause, [Reason])
    /// Line 5.
    case current

    package enum Cause: Hashable, Sendable { case forced, repair, stale }

    package var line: Int {
        switch self {
        case .undecided: 0
        case .blocked: 2
        case .build(.forced, _): 3
        case .current: 5
        case .build(.repair, _): 9
        case .build(.stale, _): 12
        }
    }

    package var reasons: [Reason] { if case .build(_, let reasons) = self { reasons } else { [] } }
    package var isBuild: Bool { if case .build = self { true } else { false } }
    package var isBlocked: Bool { if case .blocked = self { true } else { false } }
}

/// What stands in an action's way.
package enum Blocker: Hashable, Sendable {
    case sourceAbsent(Path)
    /// The action that makes it failed in this run.
    case failed(Path, ActionID)
    /// The action that makes it is blocked itself.
    case blocked(Path, ActionID)
    /// A tree was made without this member.
    case notInTree(Path, ActionID)
    /// Nobody can list its inputs: this artifact, which says what they are, is not to be had.
    case unlisted(Path)
    /// An axis came out empty, so that nothing is gathered.
    case nothingToGather(property: String)
    /// A file that cannot be read, or is none.
    case unreadable(Path, String)
}
