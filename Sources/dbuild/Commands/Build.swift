import ArgumentParser
import Artifact
import Planning
import Settled

extension ProgressMode: ExpressibleByArgument {}

/// `dbuild [build] [TARGET…]`
struct Build: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Bring targets up to date (the default command).")

    @OptionGroup var common: CommonOptions
    @OptionGroup var policies: PolicyArguments
    @OptionGroup var stop: StopArguments

    @Argument(help: "Groups, rules, paths, globs or rule[axis=value,…]; none: the rules' defaults.")
    var targets: [String] = []

    @OptionGroup var machine: MachineArguments

    @Flag(name: [.customShort("n"), .customLong("dry-run")], help: "Say what would be built, and build nothing.")
    var dryRun = false

    @Flag(help: "Say for each action why it is not current, and build nothing.")
    var explain = false

    @Flag(help: "As --explain, and every action that is not current, with its verdict and its chain.")
    var all = false

    @Flag(help: "As --explain, for programs: docs/json.md.")
    var json = false

    @Flag(help: "Exit 1 if anything is not current, and build nothing.")
    var check = false

    @Flag(help: "Build only what failed and was not built since, and what that needs.")
    var failed = false

    @Option(
        name: .customLong("store-limit"),
        help: "Remove the least recently used copies of outputs when the store is larger: 500M, 20G.")
    var storeLimit = "20G"

    @Flag(
        help:
            "Let each action read what it declares, its toolchain and nothing else, by Landlock; exit 3 where the kernel has none."
    )
    var sandbox = false

    @OptionGroup var locking: LockArguments

    @Option(help: "How the run is shown on standard error: plain, tty, json or none (default: as fits the terminal).")
    var progress: ProgressMode?

    @Option(
        help: "Write a copy of the run's events to this file or named pipe, or - for standard output: docs/events.md.")
    var events: String?

    @Flag(name: .shortAndLong, help: "Only failures, warnings and the summary.")
    var quiet = false

    mutating func run() async throws {
        let options = self
        try await reporting {
            if options.isView { return try await options.view() }
            return try await options.build()
        }
    }

    private var isView: Bool { dryRun || check || explains }
    private var explains: Bool { explain || all || json }

    private func wanted(_ database: StateDatabase?) throws -> WantedTargets {
        WantedTargets(
            policies.targets(targets), failed: failed ? Set(try database?.failures().keys.map(\.self) ?? []) : nil)
    }

    private func view() async throws -> Int32 {
        _ = try ByteSize.parse(storeLimit)
        if sandbox { try Sandbox.check() }
        let budget = try machine.budget()
        _ = try stop.options()
        let view = try View(common, try policies.runOptions(), waiting: try locking.patience(isView: true))
        view.sayParameters()
        let wanted = try wanted(view.session.database)
        let (assessment, request) = try await view.session.view { try wanted.select($0) }
        sayUnjudged(assessment)
        sayUnanswered(assessment)
        let outlook = assessment.outlook(request)
        let isWhole = request.unlisted.isEmpty
        if explains || dryRun {
            let rows = view.rowCounts.known(assessment)
            let explanation = Explanation(assessment, request, budget.budget, rows: rows)
            write(
                json
                    ? try jsonText(ExplanationDocument(explanation, rows: rows))
                    : explanation.text(all ? .all : explain ? .full : .short),
                toStandard: 1)
        } else if outlook.current < outlook.actions || !isWhole {
            write(
                "\(grouped(outlook.actions - outlook.current)) of \(grouped(outlook.actions)) actions are not current\n",
                toStandard: 1)
        }
        return check && (outlook.current < outlook.actions || !isWhole) ? 1 : 0
    }

    private func build() async throws -> Int32 {
        var budget = try machine.budget()
        let storeLimitBytes = try ByteSize.parse(storeLimit)
        let stop = try stop.options()
        let runOptions = try policies.runOptions()
        let patience = try locking.patience()
        // Before anything is looked at: what was asked for is never left out unseen.
        if sandbox { try Sandbox.check() }
        let workspace = try common.workspace()
        let disk = try WorkspaceDisk(root: Path(workspace.root))
        let program = try FileStamp(Machine.programDirectory + "/dbuild-full", disk)
        let parameters = try FileStamp(common.parametersFile(workspace), disk)
        var settings = try common.settings(workspace)
        let events = try EventLog(ProgressOptions(progress, isQuiet: quiet, copy: self.events))
        defer { events.close() }
        let invocation = Invocation()
        try changeDirectory(workspace.root)
        let fewer = budget.fit(openFiles: Machine.openFileLimit)
        if let fewer {
            events.say(.warning(Notice.fewerJobs(fewer, openFiles: Machine.openFileLimit)))
        }
        let interruption = Interruption(events)
        try locking.refuseIfHeld(workspace)
        // First, so that rules that do not compile touch nothing else.
        let rules = try common.rules(workspace, disk, waiting: patience) { events.say($0) }
        try settings.resolveDays(now: runOptions.nowNanoseconds) { try rules.parameters() }
        let owned = try OwnedWorkspace(
            workspace, disk, locking,
            handover: Dbuild.handover.flatMap { handover in invocation.map { (handover, $0) } }
        ) { events.say($0) }
        var isClosed = false
        defer { if !isClosed { owned.close() } }
        let database = owned.database
        let wanted = try wanted(database)
        if wanted.failed?.isEmpty == true {
            write(Notice.nothingFailed + "\n", toStandard: 2)
            return ExitCode.done.rawValue
        }
        let session = Session(
            workspace: workspace, disk: disk, rules: rules, database: database, settings: settings,
            options: runOptions, records: true, threads: Threads(), snapshot: owned.snapshot,
            found: owned.found)
        let ending = try await BuildRun(
            session: session, database: database, events: events, interruption: interruption,
            options: BuildRun.Options(
                targets: wanted, budget: budget, storeLimitBytes: storeLimitBytes, stop: stop, isSandboxed: sandbox)
        ).run()
        isClosed = true
        let saysMore = fewer != nil || !events.isText || self.events != nil || failed
        owned.close(ending, session) {
            guard ending.exitCode == 0, ending.isPlain, !saysMore, let invocation else { return nil }
            return try Settlement(
                invocation, session, ending, before: [program, parameters],
                isQuiet: quiet || progress == ProgressMode.none)
        }
        return ending.exitCode
    }
}
