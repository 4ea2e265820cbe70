private import Glibc
package import Hashing

/// A settled file that is put right where it lies, after a run in which few files have changed.
///
/// For who has the workspace's lock and has taken the state's mark away: while it is being written nobody believes it.
package struct SettledPatch: Sendable {
    private let file: SettledFile
    private var changes: [(entry: Int, stamp: SeenStamp, digest: Digest)] = []

    package init(_ file: SettledFile) { self.file = file }

    /// What lies there now, of an entry for a file.
    ///
    /// - Returns: false where that cannot be said so.
    package mutating func put(_ stamp: SeenStamp, _ digest: Digest, at entry: Int) -> Bool {
        guard file.isPlainFile(entry), stamp != SeenStamp() else { return false }
        changes.append((entry, stamp, digest))
        return true
    }

    /// - Parameter path: of the file, absolute.
    /// - Returns: false where it is not the file any more that this was made of, or cannot be written.
    package func write(_ facts: SettledFacts, to path: String) -> Bool {
        let opened = unsafe open(path, O_WRONLY | O_CLOEXEC)
        guard opened >= 0 else { return false }
        defer { close(opened) }
        guard let stamp = SeenStamp(descriptor: opened), stamp.device == file.device, stamp.inode == file.inode else {
            return false
        }
        let facts = facts.bytes
        var layout = file.layout
        layout.factBytes = UInt64(facts.count)
        // By calls, which say so where there is no room: a store into a mapping would end the process.
        return changes.allSatisfy { change in
            put(
                unsafe withUnsafeBytes(of: change.stamp) { unsafe Array($0) }, at: layout.stampPlace(change.entry),
                opened)
                && put(
                    unsafe withUnsafeBytes(of: change.digest) { unsafe Array($0) },
                    at: layout.digestPlace(change.entry), opened)
        }
            && put(facts, at: layout.factsAt, opened)
            && put(layout.header(body: file.body, facts: facts), at: 0, opened)
    }

    private func put(_ bytes: [UInt8], at place: UInt64, _ opened: Int32) -> Bool {
        unsafe bytes.withUnsafeBytes { unsafe pwrite(opened, $0.baseAddress, $0.count, off_t(place)) } == bytes.count
    }
}
