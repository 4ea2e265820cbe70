import Artifact
import Planning
import Settled

/// What holds of the state between two commands that may write: a `StateMark`, taken away while one is at work.
struct SettledState {
    private let workspace: Workspace
    private let disk: any Disk
    /// The state's generation before this command; nil where it is not known.
    private let generation: UInt64?
    /// Command lines of which one workspace remembers what they come to.
    private static let most = 16

    /// For who holds the workspace's lock, before anything is changed.
    init(takenFrom workspace: Workspace, _ disk: any Disk) throws {
        (self.workspace, self.disk) = (workspace, disk)
        generation = StateMark.current(in: workspace.root)?.generation
        try disk.remove(Path(StateMark.path))
    }

    /// Puts the mark back, for a database that is closed.
    ///
    /// - Parameters:
    ///   - settlement: what the run came to; nil where the next one is to look for itself.
    ///   - hasChanged: whether the state says something else than before.
    func keep(_ settlement: Settlement?, run: Int64, _ overrides: [String], hasChanged: Bool) throws {
        var random = SystemRandomNumberGenerator()
        let kept = hasChanged ? nil : generation
        let generation = kept ?? UInt64.random(in: .min ... .max, using: &random)
        let directory = Path(StateMark.path).directory
        try disk.makeDirectory(directory)
        try forgetOthers(in: directory, most: kept == nil ? 0 : Self.most - 1, but: settlement?.name)
        if let settlement { try settlement.write(generation) }
        guard let stamp = try disk.stamp(Path(".dbuild/state.db"), followsLink: true) else { return }
        let mark = StateMark(
            generation: generation, lastRun: UInt64(clamping: run), overrides: overrides.map { Array($0.utf8) },
            database: SeenStamp(stamp))
        try replaceFile(workspace.root + "/" + StateMark.path, with: mark.bytes)
    }

    /// Of other generations nothing can be used any more; of this one the last are kept.
    ///
    /// - Parameter own: that of this command, which is written anew or put right.
    private func forgetOthers(in directory: Path, most: Int, but own: String?) throws {
        let names = try disk.names(in: directory).filter { own == nil || $0 != own.map { Path($0) } }
        let files = try names.map { name in
            (name: name, time: try disk.stamp(directory / name, followsLink: false)?.modifiedNanoseconds ?? 0)
        }
        for file in files.sorted(by: { $0.time > $1.time }).dropFirst(most) { try disk.remove(directory / file.name) }
    }
}
