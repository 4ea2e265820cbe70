import Artifact

/// An action failed where there was no room: that says nothing about the action, and is not recorded as its failure.
struct Shortage: Error, Sendable {
    let action: String
    /// How it failed, in words.
    let what: String
    /// Its own last words.
    let logLines: [String]
    let room: Room

    /// What programs print of ENOSPC and EDQUOT.
    private static let words = ["No space left on device", "Disk quota exceeded"]

    /// Nil where there is room on the workspace's disk: then it is another one that is full, as one speaks of it, and the
    /// failure is the action's own.
    init?(action: String, what: String, logLines: [String], staging: Path, _ disk: any Disk) {
        guard let room = try? disk.room(in: staging) else { return nil }
        let saysSo = ([what] + logLines).contains { line in Self.words.contains { line.contains($0) } }
        guard room.isShort || (saysSo && room.isLow) else { return nil }
        (self.action, self.what, self.logLines, self.room) = (action, what, logLines, room)
    }
}

extension Room {
    /// So little that one who speaks of the want of it is believed: others write meanwhile, and who fails may have removed
    /// what it had written.
    fileprivate var isLow: Bool { bytes < 64 << 20 || files.map { $0 < 1024 } == true }
}
