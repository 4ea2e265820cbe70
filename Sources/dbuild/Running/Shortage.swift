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

    /// Nil where there is room, and nothing speaks of the want of it.
    init?(action: String, what: String, logLines: [String], staging: Path, _ disk: any Disk) {
        guard let room = try? disk.room(in: staging) else { return nil }
        let saysSo = ([what] + logLines).contains { line in Self.words.contains { line.contains($0) } }
        guard room.isShort || saysSo else { return nil }
        (self.action, self.what, self.logLines, self.room) = (action, what, logLines, room)
    }
}
