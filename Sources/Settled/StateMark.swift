private import Glibc
private import Hashing

/// What says that the state database is as it was when the last command that may write ended: settled files of its
/// generation hold, without the database being opened.
///
/// Such a command removes it before it changes anything and writes it when all is done, so that none is there while one
/// runs or after one was killed.
package struct StateMark: Hashable, Sendable {
    /// Another one whenever the state says something else than before; not for runs that only were.
    package var generation: UInt64
    /// The number of the last run.
    package var lastRun: UInt64
    /// The parameters that it set itself.
    package var overrides: [[UInt8]]
    /// The database's, whose writes are all in the one file.
    package var database: SeenStamp

    package init(generation: UInt64, lastRun: UInt64, overrides: [[UInt8]], database: SeenStamp) {
        (self.generation, self.lastRun) = (generation, lastRun)
        (self.overrides, self.database) = (overrides, database)
    }

    /// Relative to the workspace.
    package static let path = ".dbuild/settled/state"
    private static let magic: UInt64 = 0x6B72_616D_6473_6562
    private static let mostBytes = 1 << 20

    /// That of a workspace, if its database is still as it was.
    ///
    /// - Parameter root: absolute.
    package static func current(in root: String) -> StateMark? {
        let opened = unsafe open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { return nil }
        defer { close(opened) }
        return StateMark(in: opened).flatMap { $0.holds(in: opened) ? $0 : nil }
    }

    /// The one that is there; nil where there is none, or one that is damaged.
    ///
    /// - Parameter root: the workspace, open.
    package init?(in root: Int32) {
        let file = unsafe openat(root, Self.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard let bytes = readAll(file, mostBytes: Self.mostBytes) else { return nil }
        var reader = WordReader(bytes)
        guard let high = reader.word(), let low = reader.word(),
            XXH3.digest(Array(bytes.dropFirst(16))) == Digest(high: high, low: low), reader.word() == Self.magic,
            let generation = reader.word(), let lastRun = reader.word(), let overrides = reader.list({ $0.text() }),
            let device = reader.word(), let inode = reader.word(), let size = reader.signed(),
            let modified = reader.signed(), let changed = reader.signed(), let mode = reader.word(), reader.isAtEnd
        else { return nil }
        (self.generation, self.lastRun, self.overrides) = (generation, lastRun, overrides)
        database = SeenStamp()
        (database.device, database.inode, database.sizeBytes) = (device, inode, size)
        (database.modifiedNanoseconds, database.changedNanoseconds) = (modified, changed)
        database.mode = UInt32(truncatingIfNeeded: mode)
    }

    package var bytes: [UInt8] {
        var writer = WordWriter()
        writer.word(Self.magic)
        writer.word(generation)
        writer.word(lastRun)
        writer.list(overrides) { $0.text($1) }
        for word in [
            database.device, database.inode, UInt64(bitPattern: database.sizeBytes),
            UInt64(bitPattern: database.modifiedNanoseconds), UInt64(bitPattern: database.changedNanoseconds),
            UInt64(database.mode),
        ] {
            writer.word(word)
        }
        let digest = XXH3.digest(writer.bytes)
        var head = WordWriter()
        head.word(digest.high)
        head.word(digest.low)
        return head.bytes + writer.bytes
    }

    /// Whether the database is the one that this was written for.
    func holds(in root: Int32) -> Bool {
        guard case .found(let now) = unsafe SeenStamp.look(root, ".dbuild/state.db", follows: true) else {
            return false
        }
        guard now == database else { return false }
        // What a killed command wrote beside it is not in it yet; who only reads leaves an empty file.
        switch unsafe SeenStamp.look(root, ".dbuild/state.db-wal", follows: true) {
        case .found(let log): return log.sizeBytes == 0
        case .nothing: return true
        case .failed: return false
        }
    }

    /// Notes a run of which the database does not know. Should it be cut short, there is none.
    func write(in root: Int32) {
        let file = unsafe openat(root, Self.path, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        let bytes = bytes
        let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
        if written != bytes.count { _ = unsafe unlinkat(root, Self.path, 0) }
    }
}
