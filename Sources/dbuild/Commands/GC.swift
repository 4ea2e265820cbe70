import ArgumentParser
import Artifact
import Planning

/// `dbuild gc`
struct GC: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc",
        abstract: "Make room in .dbuild: of copies in the store those first that cost least to make again.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var locking: LockArguments

    @Option(
        name: .customLong("store-limit"),
        help: "What the store may take: 500M, 20G; copies of what is recorded as built now stay in any case.")
    var storeLimit = "20G"

    @Option(
        name: .customLong("older-than"),
        help: "Also copies that no run has used for so long, and what runs before then have left: 30d, 12h.")
    var olderThan: String?

    @Flag(name: [.customShort("n"), .customLong("dry-run")], help: "Say what would go, and remove nothing.")
    var dryRun = false

    @Flag(help: "For programs: one JSON object, as docs/json.md says.") var json = false

    @Option(help: "The instant from which --older-than counts (default: the clock, read once).")
    var now: String?

    mutating func run() async throws {
        let options = self
        try await reporting { try await options.collect() }
    }

    private func collect() async throws -> Int32 {
        let limitBytes = try ByteSize.parse(storeLimit)
        let before = try AgeLimit.instant(
            olderThan, before: try now.map { try Instant.parse($0) } ?? Clock.wallNanoseconds)
        let patience = try locking.patience(isView: dryRun)
        let workspace = try common.workspace()
        guard fileExists(workspace.database) else {
            if json { write(try jsonText(GCDocument(GCReport(isDryRun: dryRun))), toStandard: 1) }
            write(Notice.nothingBuilt, toStandard: 2)
            return ExitCode.done.rawValue
        }
        let disk = try WorkspaceDisk(root: Path(workspace.root))
        try changeDirectory(workspace.root)
        if !dryRun { try locking.refuseIfHeld(workspace) }
        _ = try common.rules(workspace, disk, waiting: patience)
        // One process writes to the database: what a build uses or makes cannot vanish while it goes on.
        let owned = dryRun ? nil : try OwnedWorkspace(workspace, disk, locking, say: show)
        defer { owned?.close() }
        let session = try View(common, owned: owned?.database, waiting: patience).session
        guard let database = session.database else { return ExitCode.done.rawValue }

        // Days that left the horizon hold nothing.
        let orphans = Set(
            try session.orphans(try await session.makePlan([:], answersFromBefore: true)).map(\.identity))
        var report = GCReport(isDryRun: dryRun)
        // No run goes on that could have used something.
        report.store = try Store(database: database, disk: disk, run: .max).collect(
            limitBytes: limitBytes, unusedSinceNanoseconds: before, orphans: orphans, isDryRun: dryRun,
            afterRemoval: TestHook.afterRemoval)
        if let before {
            let remains = try OldRemains(
                Retention(instants: database.runInstants(), referred: database.referredRuns(), before: before), disk)
            if !dryRun { try remains.remove(disk) }
            (report.oldDirectories, report.oldBytes) = (remains.directories, remains.sizeBytes)
        }
        write(json ? try jsonText(GCDocument(report)) : report.text, toStandard: 1)
        return ExitCode.done.rawValue
    }
}
