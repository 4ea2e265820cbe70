import Artifact
import Planning
import Rules

/// What `dbuild verify --locked` does with its options.
struct VerifyLocked {
    let common: CommonOptions
    let machine: MachineArguments
    let locking: LockArguments
    let isJSON: Bool
    let isQuiet: Bool

    /// - Returns: what the process ends with.
    func run() async throws -> Int32 {
        let budget = try machine.budget()
        let patience = try locking.patience()
        let now = Clock.wallNanoseconds
        let workspace = try common.workspace()
        // First, since what cannot be read needs nothing else to be known.
        let locked = try LockFile.read(workspace)
        var settings = try common.settings(workspace)
        let disk = try WorkspaceDisk(root: Path(workspace.root))
        try changeDirectory(workspace.root)
        let rules = try common.rules(workspace, disk, waiting: patience)
        try settings.resolveDays(now: now) { try rules.parameters() }
        let outcome = try await LockedVerification(
            workspace: workspace, disk: disk, rules: rules, settings: settings, locked: locked,
            options: LockedVerification.Options(
                budget: budget, patience: patience, nowNanoseconds: now,
                progress: ProgressOptions(nil, isQuiet: isQuiet),
                hasParameterFile: common.params != nil || fileExists(workspace.root + "/params.json"),
                parameterNames: Set(try rules.parameters().map(\.name)))
        ).run()
        switch outcome {
        case .notRebuilt(let exitCode): write(LockText.notRebuilt(exitCode), toStandard: 2)
        case .compared(let report):
            write(isJSON ? try jsonText(LockDocument(report)) : LockText.report(report), toStandard: 1)
        }
        return outcome.exitCode
    }
}
