import ArgumentParser
import Artifact
import Planning

/// `dbuild adopt SELECTOR…`
struct Adopt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Record outputs that somebody else has made as if they had been built now, as they are.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var locking: LockArguments
    @Argument(help: "Groups, rules, paths, globs or rule[axis=value,…]; at least one.") var selectors: [String]

    @Option(help: "The instant at which they count as built (default: the clock, read once).")
    var now: String?

    @Flag(name: [.customShort("n"), .customLong("dry-run")], help: "Say what would be recorded, and record nothing.")
    var dryRun = false

    mutating func run() async throws {
        let options = self
        try await reporting { try await options.adopt() }
    }

    private func adopt() async throws -> Int32 {
        let runOptions = RunOptions(nowNanoseconds: try now.map { try Instant.parse($0) } ?? Clock.wallNanoseconds)
        let patience = try locking.patience(isView: dryRun)
        guard !dryRun else {
            return try await adopt(try View(common, runOptions, waiting: patience).session, recordingIn: nil)
        }
        let workspace = try common.workspace()
        let disk = try WorkspaceDisk(root: Path(workspace.root))
        try changeDirectory(workspace.root)
        // First, so that rules that do not compile touch nothing.
        let rules = try common.rules(workspace, disk, waiting: patience)
        var settings = try common.settings(workspace)
        try settings.resolveDays(now: runOptions.nowNanoseconds) { try rules.parameters() }
        let owned = try OwnedWorkspace(workspace, disk, locking, say: show)
        defer { owned.close() }
        let session = Session(
            workspace: workspace, disk: disk, rules: rules, database: owned.database, settings: settings,
            options: runOptions, records: true, threads: Threads())
        return try await adopt(session, recordingIn: owned.database)
    }

    /// - Parameter database: nil: only say what would be recorded.
    private func adopt(_ session: Session, recordingIn database: StateDatabase?) async throws -> Int32 {
        let resolved = session.settings.resolved
        if !resolved.isEmpty { write(Notice.resolved(resolved) + "\n", toStandard: 2) }
        var named = Selection()
        var (assessment, _) = try await session.view { plan in
            named = try plan.select(selectors)
            return named
        }
        let plan = assessment.plan
        if let source = named.sources.first { throw AdoptError.source(plan.path(of: source)) }
        if let awaited = named.unlisted.first {
            throw AdoptError.unlisted(rule: plan.rules[awaited.0.index].name, awaits: awaited.1)
        }
        let adoptions: [Assessment.Adoption]
        do throws(Assessment.AdoptionRefusal) { adoptions = try assessment.adopt(Set(named.actions)) } catch {
            throw AdoptError.refused(error, in: plan)
        }
        if let database { try record(adoptions, plan, session, database) }
        for adoption in adoptions { write(plan.name(of: adoption.action) + "\n", toStandard: 1) }
        write(
            Notice.adopted(adoptions.count, current: named.actions.count - adoptions.count, isDryRun: database == nil)
                + "\n", toStandard: 2)
        return 0
    }

    private func record(
        _ adoptions: [Assessment.Adoption], _ plan: Plan, _ session: Session, _ database: StateDatabase
    ) throws {
        try database.record(session.survey.takeChanged())
        guard !adoptions.isEmpty else { return }
        let run = try database.beginRun(
            atLeast: RunNumber.leastUnused(session.disk), nowNanoseconds: session.options.nowNanoseconds,
            parameters: session.settings.overrides.map { Array($0.utf8) },
            targets: selectors.map { Array($0.utf8) })
        let publications = adoptions.map { adoption in
            let inputs = Array(plan.inputs(of: adoption.action))
            let missing = adoption.missing.sorted().map { plan.path(of: inputs[$0].artifact) }
            return Publication(
                identity: plan.identity(of: adoption.action), rule: plan.rule(of: adoption.action).name,
                .built(
                    Trace(
                        key: adoption.key.digest, packedParts: adoption.key.packed, outputs: adoption.outputs,
                        missing: missing,
                        discovered: adoption.discovered, isAdopted: true,
                        builtAtNanoseconds: session.options.nowNanoseconds,
                        startedAtNanoseconds: Clock.wallNanoseconds, run: run, durationSeconds: 0, peakBytes: 0), nil),
                changes: [], run: run)
        }
        // Nothing is to be put in place: the set is open and closed at once.
        let rows = try database.open(publications)
        try database.close(rows.map { (id: $0, census: []) })
        try database.endRun(run, exitCode: 0)
    }
}

/// What cannot be recorded as if it had been built.
enum AdoptError: Error {
    case source(Path)
    case unlisted(rule: [UInt8], awaits: Path)
    case refused(Assessment.AdoptionRefusal, in: Plan)
}
