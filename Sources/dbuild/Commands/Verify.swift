import ArgumentParser
import Artifact
import Planning

/// `dbuild verify [SELECTOR…]`
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Build again what is recorded, while what must not matter varies, and compare.",
        discussion: """
            Each action is built from the recorded inputs, beside its outputs, which stay as they are. The clock, the \
            time zone, the locale, the visible cores, the working directory, hash seeds and the order of directories are \
            others each time. Exit 5 where anything differs or is damaged.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var machine: MachineArguments
    @OptionGroup var locking: LockArguments

    @Argument(help: "Groups, rules, paths, globs or rule[axis=value,…]; none: all that the defaults need.")
    var selectors: [String] = []

    @Option(help: "Only a part of the actions, such as 5%; the same part as long as their keys are the same.")
    var sample: String?

    @Option(help: "How often each action is built.")
    var times = 2

    @Flag(help: "Check instead every stored copy of an output against its name.")
    var store = false

    @Flag(help: "Instead make everything that dbuild.lock names again, from clean, and compare: for CI.")
    var locked = false

    @Flag(help: "For programs: one JSON object on standard output, as docs/json.md says.")
    var json = false

    @Flag(name: .shortAndLong, help: "Only what differs, and the last line.")
    var quiet = false

    func validate() throws {
        if locked, store || sample != nil || !selectors.isEmpty {
            throw ValidationError("--locked goes by dbuild.lock: it takes no selectors, --sample or --store")
        }
        if store, sample != nil || !selectors.isEmpty {
            throw ValidationError("--store checks all of the store: it takes no selectors and no --sample")
        }
    }

    mutating func run() async throws {
        let options = self
        try await reporting {
            if options.locked { return try await options.verifyLocked() }
            return try await options.store ? options.verifyStore() : options.verifyActions()
        }
    }

    private func verifyLocked() async throws -> Int32 {
        try await VerifyLocked(
            common: common, machine: machine, locking: locking, isJSON: json, isQuiet: quiet
        ).run()
    }

    private func verifyActions() async throws -> Int32 {
        guard (1 ... 1000).contains(times) else { throw SettingsError.badTimes(times) }
        let share = try sample.map { try Share.parse($0) } ?? 1
        let started = Clock.monotonicNanoseconds
        let workspace = try common.workspace()
        let budget = try machine.budget()
        let disk = try WorkspaceDisk(root: Path(workspace.root))
        let events = try EventLog(ProgressOptions(ProgressMode.none, isQuiet: true, copy: nil))
        defer { events.close() }
        try changeDirectory(workspace.root)
        let interruption = Interruption(events)
        let owned = try OwnedWorkspace(workspace, disk, locking, say: show)
        defer { owned.close() }
        let view = try View(common, waiting: try locking.patience())
        if !quiet { view.sayParameters() }
        let session = view.session
        let (assessment, request) = try await session.view { try $0.select(selectors) }
        let plan = assessment.plan
        // With nothing named, everything that the targets need; what is named is meant by itself.
        let wanted = selectors.isEmpty ? Set(request.actions) : Set(try plan.select(selectors).actions)
        let choice = assessment.verifiable(wanted, share: share)
        try interruption.listen()
        let means = VariationMeans(
            programDirectory: Machine.programDirectory,
            cores: Machine.allowedCores ?? Set(0 ..< Machine.coreCount))
        let meter = VerifyMeter(isSilent: quiet || json)
        let verifier = Verifier(
            session: session, database: owned.database, assessment: assessment, request: request, budget: budget,
            means: means,
            sandbox: Sandbox.abi >= Sandbox.leastABI ? try Sandbox(workspace, session.rules, disk) : nil,
            interruption: interruption, progress: { meter.take($0) })
        let verification = try await verifier.verify(choice.actions, times: times)
        try remember(verification, choice.actions, plan, session, owned.database)
        let text = VerifyText(
            verification, notCurrent: choice.notCurrent.map { plan.name(of: $0) } + unlisted(request, plan),
            leftOut: choice.leftOut,
            withoutLibrary: means.preload == nil, withoutSandbox: Sandbox.abi < Sandbox.leastABI,
            seconds: Double(Clock.monotonicNanoseconds - started) / 1e9)
        if json { write(try jsonText(VerifyDocument(text)), toStandard: 1) } else { write(text.text, toStandard: 1) }
        return text.exitStatus
    }

    /// Rules of which nobody knows the actions yet.
    private func unlisted(_ request: Request, _ plan: Plan) -> [String] {
        request.unlisted.map {
            "\(printable(plan.rules[$0.rule.index].name)) (no actions before \($0.awaits) is current)"
        }
    }

    /// What was found unstable, and what is not any more.
    private func remember(
        _ verification: Verification, _ actions: [ActionID], _ plan: Plan, _ session: Session,
        _ database: StateDatabase
    ) throws {
        let now = session.options.nowNanoseconds
        let snapshot = try session.snapshot(plan)
        let found = verification.bad.compactMap { finding in
            snapshot.keys[finding.action.index].map { key in
                (
                    plan.identity(of: finding.action),
                    Unstable(key: key, why: VerifyText.words(finding), nowNanoseconds: now)
                )
            }
        }
        let isDoubtful = Set(verification.findings.filter { $0.isBad || $0.isUnknown }.map(\.action))
        try database.recordUnstable(
            found,
            stable: verification.signal != nil
                ? [] : actions.filter { !isDoubtful.contains($0) }.map { plan.identity(of: $0) })
    }

    private func verifyStore() async throws -> Int32 {
        let workspace = try common.workspace()
        guard fileExists(workspace.database) else {
            write("nothing was built here\n", toStandard: 2)
            return ExitCode.done.rawValue
        }
        let disk = try WorkspaceDisk(root: Path(workspace.root))
        try changeDirectory(workspace.root)
        let owned = try OwnedWorkspace(workspace, disk, locking, say: show)
        defer { owned.close() }
        let check = try StoreCheck(owned.database, disk)
        if json {
            write(try jsonText(StoreCheckDocument(check)), toStandard: 1)
        } else {
            write(check.text, toStandard: 1)
        }
        return check.damaged.isEmpty ? ExitCode.done.rawValue : ExitCode.damaged.rawValue
    }
}
