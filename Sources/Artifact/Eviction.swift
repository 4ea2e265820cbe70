package import Hashing

/// What must go so that the store is below its limit again: the entries that were used least recently, and the objects
/// that nothing refers to then.
struct Eviction {
    /// All that the store holds, and what the workspace refers to.
    struct Contents {
        var objectBytes: [Fingerprint: Int64] = [:]
        /// The least recently used first.
        var entries: [Entry] = []
        /// What the recorded traces have published.
        var recorded: Set<Fingerprint> = []
    }

    struct Entry {
        let id: Int64
        let objects: Set<Fingerprint>
        let usedRun: Int64
        let sizeBytes: Int64
        /// Whether a recorded trace has its key.
        let isRecorded: Bool
    }

    private(set) var entries: [Int64] = []
    private(set) var objects: [Fingerprint] = []
    /// Of what stays.
    private(set) var sizeBytes: Int64

    /// - Parameters:
    ///   - run: the present one: what it has used stays, whatever the limit.
    init(_ contents: Contents, run: Int64, limitBytes: Int64) {
        sizeBytes = contents.objectBytes.values.reduce(0, +) + contents.entries.reduce(0) { $0 + $1.sizeBytes }
        var uses: [Fingerprint: Int] = [:]
        for entry in contents.entries { for object in entry.objects { uses[object, default: 0] += 1 } }
        for (object, size) in contents.objectBytes where uses[object] == nil && !contents.recorded.contains(object) {
            objects.append(object)
            sizeBytes -= size
        }
        for entry in contents.entries where !entry.isRecorded && entry.usedRun < run {
            if sizeBytes <= limitBytes { return }
            entries.append(entry.id)
            sizeBytes -= entry.sizeBytes
            for object in entry.objects {
                let left = uses[object, default: 1] - 1
                uses[object] = left
                guard left == 0, !contents.recorded.contains(object), let size = contents.objectBytes[object] else {
                    continue
                }
                objects.append(object)
                sizeBytes -= size
            }
        }
    }
}

extension Store {
    /// What was removed.
    package struct Tidied: Hashable, Sendable {
        package var entries = 0
        package var objects = 0
        /// Files that a killed run has left, and rows whose file is gone.
        package var repaired = 0
        /// What the workspace refers to takes more than it may.
        package var bytesAboveLimit: Int64 = 0
    }

    /// Makes room after a build, and clears away what a killed run has left. Otherwise it looks at no file.
    ///
    /// - Precondition: nobody else builds in the workspace.
    /// - Parameter limitBytes: what the build has used and what the workspace refers to stays, even if it is more.
    /// - Parameter orphans: actions that no rule names any more: what they made may go.
    package func tidy(limitBytes: Int64, orphans: Set<Digest> = []) throws -> Tidied {
        var tidied = Tidied()
        if try database.wasKilled(before: run) { tidied.repaired = try repair() }
        guard try database.storeSizeBytes() > limitBytes else { return tidied }
        // Some more than needed, or each build would have to look at everything again.
        let eviction = Eviction(try database.storeContents(orphans: orphans), run: run, limitBytes: limitBytes / 10 * 9)
        // Files first: a row without its file is noticed by whoever asks for it.
        for object in eviction.objects { try disk.remove(Self.path(of: object)) }
        try database.remove(entries: eviction.entries, objects: eviction.objects)
        (tidied.entries, tidied.objects) = (eviction.entries.count, eviction.objects.count)
        tidied.bytesAboveLimit = max(0, eviction.sizeBytes - limitBytes)
        return tidied
    }

    /// - Returns: how many files nobody knew, and how many rows had lost theirs.
    private func repair() throws -> Int {
        var missing = try database.storedFiles()
        var repaired = 0
        guard try disk.stamp(Self.root, followsLink: true)?.type == .directory else { return 0 }
        for shard in try disk.names(in: Self.root) {
            let directory = Self.root / shard
            guard try disk.stamp(directory, followsLink: true)?.type == .directory else { continue }
            for name in try disk.names(in: directory) {
                if directory == Self.unfinished {
                    try disk.removeTree(directory / name)
                } else if let object = Self.object(named: name), Self.path(of: object) == directory / name {
                    if missing.remove(object) != nil { continue }
                    try disk.remove(directory / name)
                } else {
                    // Nothing of dbuild's.
                    continue
                }
                repaired += 1
            }
        }
        try database.remove(entries: [], objects: Array(missing))
        return repaired + missing.count
    }

    /// - Returns: nil for a name that no object has.
    private static func object(named name: Path) -> Fingerprint? {
        let parts = name.bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 32, let size = UInt64(String(decoding: parts[1], as: UTF8.self)),
            let high = UInt64(String(decoding: parts[0].prefix(16), as: UTF8.self), radix: 16),
            let low = UInt64(String(decoding: parts[0].suffix(16), as: UTF8.self), radix: 16)
        else { return nil }
        return Fingerprint(digest: Digest(high: high, low: low), sizeBytes: size)
    }
}
