import Artifact
import Planning

/// `dbuild clean --json`
struct CleanDocument: Encodable {
    let format = "dbuild.clean/1"
    let isDryRun: Bool
    let files: Int
    let sizeBytes: UInt64
    /// To make it again, one action after another.
    let seconds: Double
    /// What goes, in order; with the actions whose record goes because nothing of them is left.
    let actions: [Action]
    let failures: [Failure]
    let kept: [Kept]
    /// How many actions were built too lately for `--older-than`.
    let young: Int
    /// What could not be removed.
    let errors: [String]

    struct Action: Encodable {
        /// Absent of an orphan.
        let action: String?
        let rule: String
        let builtAt: String?
        let seconds: Double
        let sizeBytes: UInt64
        let paths: [String]
        /// Edited outputs, which go aside.
        let aside: [String]
    }

    struct Failure: Encodable {
        let action: String?
        let run: Int64
        let logs: [String]
    }

    struct Kept: Encodable {
        let path: String
        let why: String
    }

    init(_ decision: CleaningDecision, _ outcome: Cleaner.Outcome? = nil, isDryRun: Bool) {
        let steps = outcome?.done ?? decision.cleaning.steps
        let amount = Cleaning.Amount(steps)
        self.isDryRun = isDryRun
        (files, sizeBytes, seconds) = (amount.files, amount.sizeBytes, amount.seconds)
        actions = steps.map { step in
            Action(
                action: step.made.action, rule: printable(step.made.rule),
                builtAt: step.made.builtAtNanoseconds.map { Instant.text($0) }, seconds: step.durationSeconds,
                sizeBytes: step.sizeBytes,
                paths: step.pieces.filter { !$0.isEdited }.map { "\($0.path)" }.sorted(),
                aside: step.pieces.filter(\.isEdited).map { "\($0.path)" }.sorted())
        }
        failures = decision.failures.map {
            Failure(action: $0.action, run: $0.run, logs: $0.logs.map { "\($0)" }.sorted())
        }
        kept =
            (decision.cleaning.kept + (outcome?.kept ?? [])).sorted { $0.path < $1.path }
            .map { Kept(path: "\($0.path)", why: $0.obstacle.name) }
            + decision.sources.sorted().map { Kept(path: "\($0)", why: "source") }
        young = decision.cleaning.youngCount
        errors = outcome?.failures.map(\.inWords) ?? []
    }
}

extension Cleaning.Obstacle {
    /// For programs.
    fileprivate var name: String {
        switch self {
        case .edited: "edited"
        case .foreign: "foreign"
        case .adopted: "adopted"
        case .unreadable: "unreadable"
        case .behind: "behindLink"
        }
    }
}
