import Artifact
import Hashing

/// The SHA-256 of contents that lie in the workspace: each read once, then remembered by its fingerprint.
struct LockedHashes {
    let disk: WorkspaceDisk
    let database: StateDatabase
    let threads: Threads

    /// Where a content lies; no tree.
    struct Place: Sendable {
        let path: Path
        let content: Content
    }

    enum Failure: Error {
        /// Its bytes are not there any more, or others are.
        case moved(Path)
    }

    /// What is read before it is written down: an hour of reading is not to be lost at once.
    private static let batchBytes: UInt64 = 256 << 20
    private static let batchFiles = 500

    func digests(of places: [Place]) async throws -> [Fingerprint: SHA256Digest] {
        let wanted = Set(places.map(\.content.fingerprint))
        var known = try database.sha256(of: wanted)
        var asked: Set<Fingerprint> = []
        let open = places.filter {
            known[$0.content.fingerprint] == nil && asked.insert($0.content.fingerprint).inserted
        }
        var batches = Self.batches(open)[...]
        try await withThrowingTaskGroup(of: [Fingerprint: SHA256Digest].self) { group in
            func start() {
                guard let batch = batches.popFirst() else { return }
                group.addTask { try await threads.run { try read(batch) } }
            }
            for _ in 0 ..< Machine.coreCount { start() }
            while let found = try await group.next() {
                try database.recordSHA256(found)
                known.merge(found) { $1 }
                start()
            }
        }
        return known
    }

    private static func batches(_ places: [Place]) -> [[Place]] {
        var batches: [[Place]] = []
        var bytes: UInt64 = 0
        for place in places {
            if batches.isEmpty || bytes > batchBytes || batches[batches.count - 1].count >= batchFiles {
                batches.append([])
                bytes = 0
            }
            batches[batches.count - 1].append(place)
            bytes &+= place.content.fingerprint.sizeBytes
        }
        return batches
    }

    private func read(_ places: [Place]) throws -> [Fingerprint: SHA256Digest] {
        var found: [Fingerprint: SHA256Digest] = [:]
        for place in places {
            let (digest, fingerprint) = try read(place)
            // Between its census and now somebody may have written to it.
            guard fingerprint == place.content.fingerprint else { throw Failure.moved(place.path) }
            found[fingerprint] = digest
        }
        return found
    }

    private func read(_ place: Place) throws -> (SHA256Digest, Fingerprint) {
        if place.content.kind == .link {
            let target = try disk.linkTarget(place.path)
            return (
                SHA256.hash(target), Fingerprint(digest: XXH3.digest(target), sizeBytes: UInt64(target.count))
            )
        }
        guard try disk.stamp(place.path, followsLink: true)?.type == .file else { throw Failure.moved(place.path) }
        var secure = SHA256()
        var fast = XXH3()
        var size: UInt64 = 0
        try unsafe readFile((disk.root / place.path).bytes) { chunk in
            unsafe secure.update(chunk)
            unsafe fast.update(chunk)
            size += UInt64(chunk.count)
        }
        return (secure.finish(), Fingerprint(digest: fast.finish(), sizeBytes: size))
    }
}
