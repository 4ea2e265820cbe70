import Artifact
import Planning

/// What came of building actions again.
struct Verification: Sendable {
    /// Actions that were to be built again.
    var chosen: Int
    /// Those that were.
    var checked: Int { chosen - awayCount }
    var times: Int
    /// Of actions that did not give the same in every bit each time, in build order.
    var findings: [Finding] = []
    /// By program: actions whose clock, random numbers and directory order could not be varied.
    var unvaried: [String: Int] = [:]
    /// By which it was interrupted; nil: it came to its end.
    var signal: Int32?

    struct Finding: Sendable {
        enum What: Sendable {
            case differs(OutputComparison)
            case failed(String, denied: [String], logLines: [String])
            /// An input changed meanwhile.
            case moved(Path)
            /// It was not built again: an output that it reads is away.
            case away(Path)
        }

        struct Cause: Sendable, Hashable {
            let cause: CauseSearch.Cause
            /// It was found for another action of the rule.
            let isOfAnother: Bool
        }

        let action: ActionID
        let name: String
        let what: What
        var cause: Cause?

        /// - Returns: nil where it is the same in every bit, or nothing is known.
        init?(_ action: ActionID, _ outcome: Rebuild.Outcome, in plan: Plan) {
            self.action = action
            name = plan.name(of: action)
            switch outcome {
            case .made(_, let comparison):
                if comparison.sameness == .bits { return nil }
                what = .differs(comparison)
            case .failed(let why, let denied, let logLines): what = .failed(why, denied: denied, logLines: logLines)
            case .moved(let path): what = .moved(path)
            case .away(let path): what = .away(path)
            case .cancelled: return nil
            }
        }

        /// Whether it does not reproduce.
        var isBad: Bool {
            switch what {
            case .differs(let comparison): comparison.sameness == .different
            case .failed: true
            case .moved, .away: false
            }
        }

        var isFailed: Bool { if case .failed = what { true } else { false } }
        var isMoved: Bool { if case .moved = what { true } else { false } }
        var isAway: Bool { if case .away = what { true } else { false } }
        /// Whether it is neither known to reproduce nor known not to.
        var isUnknown: Bool { isMoved || isAway }

        private var rank: Int {
            switch what {
            case .moved, .away: 0
            case .differs(let comparison): comparison.sameness.rawValue
            case .failed: OutputComparison.Sameness.different.rawValue + 1
            }
        }

        func isWorse(than other: Finding?) -> Bool { other.map { rank > $0.rank } ?? true }
    }

    func count(_ sameness: OutputComparison.Sameness) -> Int {
        findings.count { finding in
            if case .differs(let comparison) = finding.what { comparison.sameness == sameness } else { false }
        }
    }

    var bad: [Finding] { findings.filter(\.isBad) }
    var movedCount: Int { findings.count(where: \.isMoved) }
    var awayCount: Int { findings.count(where: \.isAway) }
}

/// How far verifying has come.
struct VerifyProgress: Sendable {
    let number: Int
    let times: Int
    let done: Int
    let of: Int
    let differing: Int
}
