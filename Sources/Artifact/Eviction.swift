package import Hashing

/// What must go so that the store is below its limit again: entries in some order, and the objects that nothing refers to
/// then.
struct Eviction {
    /// Which entries go first.
    enum Order {
        /// After a build: what it takes to say that is known already.
        case leastRecentlyUsed
        /// What costs the fewest seconds to make again for each byte that its loss gives back.
        case cheapestToMake
    }

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
        /// The instant of that run, nanoseconds since 1970-01-01T00:00:00Z; nil where nobody knows it any more.
        var usedAtNanoseconds: Int64?
        let sizeBytes: Int64
        /// How long its action took.
        var seconds: Double = 0
        /// Whether a recorded trace has its key.
        let isRecorded: Bool
    }

    private(set) var entries: [Int64] = []
    private(set) var objects: [Fingerprint] = []
    /// Of what stays.
    private(set) var sizeBytes: Int64
    /// How long it took to make what goes.
    private(set) var seconds = 0.0

    private let contents: Contents
    private var uses: [Fingerprint: Int] = [:]

    /// - Parameters:
    ///   - run: the present one: what it has used stays, whatever the limit.
    ///   - unusedSinceNanoseconds: an instant: what was used last before it goes, also below the limit.
    init(
        _ contents: Contents, run: Int64, limitBytes: Int64, order: Order = .leastRecentlyUsed,
        unusedSinceNanoseconds: Int64? = nil
    ) {
        self.contents = contents
        sizeBytes = contents.objectBytes.values.reduce(0, +) + contents.entries.reduce(0) { $0 + $1.sizeBytes }
        for entry in contents.entries { for object in entry.objects { uses[object, default: 0] += 1 } }
        for (object, size) in contents.objectBytes where uses[object] == nil && !contents.recorded.contains(object) {
            objects.append(object)
            sizeBytes -= size
        }
        var mayGo = contents.entries.filter { !$0.isRecorded && $0.usedRun < run }
        if let instant = unusedSinceNanoseconds {
            for entry in mayGo where entry.isUnused(since: instant) { remove(entry) }
            mayGo.removeAll { $0.isUnused(since: instant) }
        }
        if case .cheapestToMake = order, sizeBytes > limitBytes { mayGo = cheapestFirst(mayGo) }
        for entry in mayGo {
            if sizeBytes <= limitBytes { return }
            remove(entry)
        }
    }

    private mutating func remove(_ entry: Entry) {
        entries.append(entry.id)
        sizeBytes -= entry.sizeBytes
        seconds += entry.seconds
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

    /// By seconds for each byte; of the same price the one that was used least recently.
    private func cheapestFirst(_ entries: [Entry]) -> [Entry] {
        let priced = entries.map { entry in
            // An object that several refer to is shared among them; what the workspace refers to gives nothing back.
            let given = entry.objects.reduce(Double(entry.sizeBytes)) { sum, object in
                guard !contents.recorded.contains(object), let size = contents.objectBytes[object] else { return sum }
                return sum + Double(size) / Double(max(1, uses[object, default: 1]))
            }
            return (entry: entry, secondsPerByte: entry.seconds / max(1, given))
        }
        return priced.enumerated().sorted {
            ($0.element.secondsPerByte, $0.offset) < ($1.element.secondsPerByte, $1.offset)
        }.map(\.element.entry)
    }
}

extension Eviction.Entry {
    fileprivate func isUnused(since instant: Int64) -> Bool { usedAtNanoseconds.map { $0 < instant } ?? false }
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

    /// What the store gives up for room, and what it keeps.
    package struct Collected: Hashable, Sendable {
        package var droppedEntries = 0
        package var droppedBytes: Int64 = 0
        /// What it took to make that.
        package var droppedSeconds = 0.0
        package var keptEntries = 0
        package var keptBytes: Int64 = 0
        package var keptSeconds = 0.0
        /// Files that nobody knew, and rows whose file is gone.
        package var repaired = 0
        /// What the workspace refers to takes more than it may.
        package var bytesAboveLimit: Int64 = 0

        package init() {}
    }

    /// Makes room when somebody asks for it: what costs least to make again for each byte goes first.
    ///
    /// Killed at any moment it leaves rows without files, which are noticed by whoever asks for them, and which the next
    /// call removes.
    ///
    /// - Precondition: nobody else builds in the workspace, unless it is a dry run.
    /// - Parameters:
    ///   - limitBytes: what the workspace refers to stays, even if it is more.
    ///   - unusedSinceNanoseconds: an instant: what no run since then has used goes in any case.
    ///   - orphans: actions that no rule names any more: what they made may go.
    package func collect(
        limitBytes: Int64, unusedSinceNanoseconds: Int64?, orphans: Set<Digest>, isDryRun: Bool,
        afterRemoval: () -> Void = {}
    ) throws -> Collected {
        var collected = Collected()
        if !isDryRun { collected.repaired = try repair() }
        let before = try database.storeSizeBytes()
        let contents = try database.storeContents(orphans: orphans)
        let eviction = Eviction(
            contents, run: run, limitBytes: limitBytes, order: .cheapestToMake,
            unusedSinceNanoseconds: unusedSinceNanoseconds)
        if !isDryRun {
            for object in eviction.objects {
                try disk.remove(Self.path(of: object))
                afterRemoval()
            }
            try database.remove(entries: eviction.entries, objects: eviction.objects)
        }
        collected.droppedEntries = eviction.entries.count
        collected.droppedBytes = before - eviction.sizeBytes
        collected.droppedSeconds = eviction.seconds
        collected.keptEntries = contents.entries.count - eviction.entries.count
        collected.keptBytes = eviction.sizeBytes
        collected.keptSeconds = max(0, contents.entries.reduce(-eviction.seconds) { $0 + $1.seconds })
        collected.bytesAboveLimit = max(0, eviction.sizeBytes - limitBytes)
        return collected
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
