import Artifact
import Planning
import Settled

/// A workspace that this command alone may change, as every command that writes opens it: what a run that was killed has
/// left is ended and put in order before anything is looked at.
struct OwnedWorkspace {
    let database: StateDatabase
    /// What the database was confirmed by; out of the way until `close` has it written anew.
    let snapshot: SnapshotFile.Confirmed?
    /// What the program that was started before this one has found out about the workspace's files, where it still holds.
    let found: Found?
    private let lock: FileLock
    private let state: SettledState

    /// - Parameters:
    ///   - handover: of this command.
    ///   - say: told what a person should hear of it.
    init(
        _ workspace: Workspace, _ disk: WorkspaceDisk, _ locking: LockArguments,
        handover: (Handover, Invocation)? = nil, say: (Event) -> Void
    ) throws {
        try disk.makeDirectory(Path(".dbuild"))
        let devices = try [Path(".dbuild"), Path(".")].map { try disk.stamp($0, followsLink: true)?.device }
        guard devices[0] == devices[1] else {
            throw Workspace.Failure.stateOnOtherFileSystem(directory: workspace.root)
        }
        lock = try locking.lock(workspace) { say(.waitingForLock(holder: Notice.holder($0))) }
        do {
            found = handover.flatMap { Found($0, in: workspace.root, name: $1.name) }
            state = try SettledState(takenFrom: workspace, disk)
            // Before anything that they might still write is looked at.
            let leftovers = try RunMarker.clearUp(behind: workspace)
            if leftovers > 0 { say(.warning(Wording.leftovers(leftovers))) }
            // Before the database is opened, which may change it.
            snapshot = try SnapshotFile(disk).take()
            database = try Self.open(workspace)
        } catch {
            lock.release()
            throw error
        }
        do {
            for event in try Recovery.run(database, disk).events { say(event) }
        } catch {
            close()
            throw error
        }
    }

    private static func open(_ workspace: Workspace) throws -> StateDatabase {
        guard
            let database = try StateDatabase(path: workspace.database, readOnly: false, boot: Machine.bootIdentity)
        else { throw StateDatabase.Failure.failed("`\(workspace.database)` was not made") }
        return database
    }

    func close() {
        database.close()
        lock.release()
    }

    /// As `close()`, after a run of which is known what it left.
    ///
    /// - Parameters:
    ///   - ending: nil for one that did not come to its end.
    ///   - settle: makes what is to be remembered of it.
    func close(_ ending: BuildRun.Ending, _ session: Session, settle: () throws -> Settlement?) {
        defer { lock.release() }
        let changes = Result { try database.changeCount() }
        let settlement = Result { try settle() }
        let concluded = Result { try session.conclude(ending.assessment, ending.request) }
        database.close()
        do {
            try concluded.get()
            try session.keepSnapshot()
        } catch { write(Wording.noSnapshot(error) + "\n", toStandard: 2) }
        // Nothing depends on it: without it the next build looks for itself.
        _ = Result {
            try state.keep(
                try settlement.get(), run: ending.run.run, session.settings.overrides,
                hasChanged: try changes.get() > Self.changesOfARun
            )
        }
    }

    /// Rows that a run changes in which nothing happens: its own, at its beginning and its end.
    private static let changesOfARun = 2
}
