import ArgumentParser
import Artifact
import Planning

/// `dbuild clean SELECTOR…`
struct Clean: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove what targets made; sources, and what was edited by hand or made by somebody else, stay.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var locking: LockArguments

    @Argument(help: "Groups, rules, paths, globs or rule[axis=value,…].")
    var targets: [String] = []

    @Flag(help: "Also all that depends on the targets; of a source, all that depends on it.")
    var downstream = false

    @Flag(help: "What was made once and no rule makes now; targets, if any, are rules, paths or globs of it.")
    var orphans = false

    @Flag(help: "What failed actions have left: records and logs; of the targets, or of all.")
    var failed = false

    @Option(
        name: .customLong("older-than"),
        help: "Only what was built so long before now, as recorded: 30d, 12h.")
    var olderThan: String?

    @Flag(help: "Also what was edited since it was built: it goes aside, into .dbuild/displaced.")
    var edited = false

    @Flag(name: [.customShort("n"), .customLong("dry-run")], help: "Say what would go, and remove nothing.")
    var dryRun = false

    @Flag(help: "Ask nothing, however much goes.")
    var yes = false

    @Flag(help: "For programs: one JSON object, as docs/json.md says.") var json = false

    @Option(help: "The instant from which --older-than counts (default: the clock, read once).")
    var now: String?

    mutating func run() async throws {
        let options = self
        try await reporting { try await options.clean() }
    }

    private func clean() async throws -> Int32 {
        let nowNanoseconds = try now.map { try Instant.parse($0) } ?? Clock.wallNanoseconds
        let wanted = try WantedCleaning(
            targets, orphans: orphans, failed: failed, downstream: downstream, includesEdited: edited,
            builtBeforeNanoseconds: try AgeLimit.instant(olderThan, before: nowNanoseconds))
        let patience = try locking.patience(isView: dryRun)
        let workspace = try common.workspace()
        guard fileExists(workspace.database) else {
            if json { write(try jsonText(CleanDocument(CleaningDecision(), isDryRun: dryRun)), toStandard: 1) }
            write(Notice.nothingBuilt, toStandard: 2)
            return ExitCode.done.rawValue
        }
        if !dryRun { try locking.refuseIfHeld(workspace) }
        // First, so that rules that do not compile touch nothing.
        let disk = try WorkspaceDisk(root: Path(workspace.root))
        try changeDirectory(workspace.root)
        _ = try common.rules(workspace, disk, waiting: patience)
        if dryRun {
            let view = try View(common, waiting: patience)
            if !json { view.sayParameters() }
            var decision = try await CleaningDecision(wanted, view.session)
            try decision.countStored(view.session)
            write(try said(decision, nil), toStandard: 1)
            return ExitCode.done.rawValue
        }
        // Nobody waits for a person's answer: the workspace is given back until there is one.
        var agreed = yes ? nil : Cleaning.Amount.unasked
        while true {
            let amount: Cleaning.Amount
            do {
                // What a crash has left half in place is put in place first, or it would come back after this.
                let owned = try OwnedWorkspace(workspace, disk, locking, say: show)
                defer { owned.close() }
                let view = try View(common, owned: owned.database, waiting: patience)
                if !json { view.sayParameters() }
                let decision = try await CleaningDecision(wanted, view.session)
                amount = decision.cleaning.amount
                if agreed.map({ amount.isWithin($0) }) ?? true {
                    return try carryOut(decision, view.session, owned.database, nowNanoseconds: nowNanoseconds)
                }
            }
            guard isTerminal(0), isTerminal(2) else { throw CleanError.unasked(amount) }
            write(CleaningText.question(amount), toStandard: 2)
            guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
                write(CleaningText.refused, toStandard: 2)
                return ExitCode.failed.rawValue
            }
            agreed = amount
        }
    }

    private func carryOut(
        _ decision: CleaningDecision, _ session: Session, _ database: StateDatabase, nowNanoseconds: Int64
    ) throws -> Int32 {
        try database.record(session.survey.takeChanged())
        // What goes aside needs a place of its own, and an age.
        let run =
            try decision.cleaning.hasEdited
            ? database.beginRun(
                atLeast: RunNumber.leastUnused(session.disk), nowNanoseconds: nowNanoseconds,
                parameters: session.settings.overrides.map { Array($0.utf8) }, targets: targets.map { Array($0.utf8) })
            : nil
        var cleaner = Cleaner(
            database, session.disk, ways: decision.ways, stamps: decision.stamps,
            aside: run.map { Displaced.directory(run: $0) })
        try cleaner.run(decision.cleaning)
        try FailureCleaner(database: database, disk: session.disk).run(
            decision.failures.map(\.identity), logs: decision.failures.flatMap(\.logs))
        let exit: ExitCode = cleaner.outcome.failures.isEmpty ? .done : .environment
        if let run { try database.endRun(run, exitCode: exit.rawValue) }
        write(try said(decision, cleaner.outcome), toStandard: 1)
        if let first = cleaner.outcome.failures.first {
            write(Diagnostic(CleanError.failed(first, count: cleaner.outcome.failures.count)).text, toStandard: 2)
        }
        return exit.rawValue
    }

    /// - Parameter outcome: nil: nothing was removed.
    private func said(_ decision: CleaningDecision, _ outcome: Cleaner.Outcome?) throws -> String {
        json
            ? try jsonText(CleanDocument(decision, outcome, isDryRun: outcome == nil))
            : CleaningText(decision, outcome).lines.map { $0 + "\n" }.joined()
    }
}

/// What a person asked to be cleaned away.
struct WantedCleaning {
    let targets: [String]
    let orphans: Bool
    let failed: Bool
    let downstream: Bool
    let terms: Cleaning.Terms

    init(
        _ targets: [String], orphans: Bool, failed: Bool, downstream: Bool, includesEdited: Bool,
        builtBeforeNanoseconds: Int64?
    ) throws(CleanError) {
        if targets.isEmpty, !orphans, !failed { throw .nothingNamed }
        if downstream, orphans { throw .downstreamOfOrphans }
        if let cell = targets.first(where: { orphans && $0.hasSuffix("]") && $0.contains("=") }) {
            throw .cellOfOrphans(cell)
        }
        (self.targets, self.orphans, self.failed, self.downstream) = (targets, orphans, failed, downstream)
        terms = Cleaning.Terms(includesEdited: includesEdited, builtBeforeNanoseconds: builtBeforeNanoseconds)
    }

    /// Whether what the targets made is to go, and not only what is left of them.
    var isOfOutputs: Bool { !orphans && !failed }
}

/// What cannot be cleaned, or not like this.
enum CleanError: Error {
    case nothingNamed
    case downstreamOfOrphans
    case cellOfOrphans(String)
    /// No rule makes it now.
    case orphan(String)
    /// More than goes without a question, and nobody is there to answer one.
    case unasked(Cleaning.Amount)
    case failed(DiskError, count: Int)
}
