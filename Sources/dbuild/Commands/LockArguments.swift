import ArgumentParser
import Artifact
import Planning

/// Options of every command that changes a workspace, which one at a time may.
struct LockArguments: ParsableArguments {
    @Option(
        help: "How long to wait for another build: 90s, 30m, 2h (default: 30m; on a terminal as long as it takes).")
    var wait: String?

    @Flag(name: .customLong("no-wait"), help: "Exit 4 if another build has the workspace, instead of waiting.")
    var noWait = false

    /// - Parameter whenHeld: told once who has it, before it is waited for.
    func lock(_ workspace: Workspace, whenHeld: (FileLock.Holder?) -> Void) throws -> FileLock {
        try FileLock(workspace.lock, try patience(), whenHeld: whenHeld)
    }

    /// For who does not wait: before rules are compiled, which takes longer than being told.
    func refuseIfHeld(_ workspace: Workspace) throws {
        if noWait { try FileLock.checkFree(workspace.lock) }
    }

    /// - Throws: `SettingsError`, also before there is anything to wait for.
    /// - Parameter isView: it holds nobody up, so that it may take as long as it takes, unless somebody has said how long.
    func patience(isView: Bool = false) throws(SettingsError) -> FileLock.Patience {
        if noWait { return .none }
        if let wait { return .seconds(try Period.seconds(wait)) }
        // Off a terminal nobody can end it.
        return isView || isTerminal(2) ? .forever : .seconds(30 * 60)
    }
}
