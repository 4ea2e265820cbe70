import ArgumentParser
import Artifact
import Planning

/// `dbuild lock [TARGET…]`
struct Lock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write down in dbuild.lock what targets and all that they are made from hold: for git.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var locking: LockArguments
    @Argument(help: "Groups, rules, paths, globs or rule[axis=value,…]; none: the rules' defaults.")
    var targets: [String] = []

    @Flag(help: "Only compare: exit 1 if dbuild.lock would say something else.")
    var check = false

    @Flag(help: "List every member, also of families of more than 1,000.")
    var full = false

    mutating func run() async throws {
        let options = self
        try await reporting { try await options.lock() }
    }

    private func lock() async throws -> Int32 {
        let workspace = try common.workspace()
        // First, since what cannot be read needs nothing else to be known.
        let before = check ? try LockFile.read(workspace) : nil
        let disk = try WorkspaceDisk(root: Path(workspace.root))
        try changeDirectory(workspace.root)
        try locking.refuseIfHeld(workspace)
        // Before anything is touched, so that rules that do not compile touch nothing.
        let rules = try common.rules(workspace, disk, waiting: try locking.patience())
        let owned = try OwnedWorkspace(workspace, disk, locking, say: show)
        defer { owned.close() }
        var judging = RunOptions(nowNanoseconds: Clock.wallNanoseconds)
        judging.judgesByKeyAlone = true
        let taking = LockTaking(
            session: Session(
                workspace: workspace, disk: disk, rules: rules, database: owned.database,
                settings: try settings(workspace, disk, rules, owned.database, judging), options: judging,
                records: true,
                threads: Threads()),
            database: owned.database, targets: wanted(before))
        let taken = try await taking.take()
        let file = taken.file.folded(taken.plan, above: full ? .max : LockFile.mostListed, like: nil)
        guard let before else { return try record(file, workspace) }
        let comparison = LockComparison(
            locked: before, now: taken.file, taken.plan, taken.request, discovered: taken.discovered)
        let isSame = comparison.isSame && before.targets == file.targets
        write(LockText.checked(comparison, taken.plan, isSame: isSame), toStandard: isSame ? 2 : 1)
        return isSame ? 0 : ExitCode.failed.rawValue
    }

    /// A check of no targets is one of those that were locked.
    private func wanted(_ before: LockFile?) -> [String] {
        guard targets.isEmpty, let before else { return targets }
        return before.targets.map { String(decoding: $0, as: UTF8.self) }
    }

    /// What the last build set is what there is to lock.
    private func settings(
        _ workspace: Workspace, _ disk: WorkspaceDisk, _ rules: CompiledRules, _ database: StateDatabase,
        _ judging: RunOptions
    ) throws -> Settings {
        let last = common.params == nil ? try database.lastRun()?.parameters ?? [] : []
        var settings = try common.settings(workspace, last: last.map { String(decoding: $0, as: UTF8.self) })
        try settings.resolveDays(now: judging.nowNanoseconds) { try rules.parameters() }
        let leftOut = try settings.leaveOutForgotten(rules, PlanCache(workspace: workspace, disk: disk))
        if !leftOut.isEmpty { write(Notice.leftOut(leftOut) + "\n", toStandard: 2) }
        if !settings.resolved.isEmpty { write(Notice.resolved(settings.resolved) + "\n", toStandard: 2) }
        if common.set.isEmpty, !settings.overrides.isEmpty {
            write(Notice.lastParameters(settings.overrides) + "\n", toStandard: 2)
        }
        return settings
    }

    /// A file that would stay as it is is not touched.
    private func record(_ file: LockFile, _ workspace: Workspace) throws -> Int32 {
        let place = LockFile.place(in: workspace)
        let text = Array(file.text.utf8)
        let isNew = try !fileExists(place) || readFile(place) != text
        if isNew { try replaceFile(place, with: text) }
        write(LockText.written(file, isNew: isNew), toStandard: 2)
        return 0
    }
}
