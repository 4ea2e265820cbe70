import Artifact
import Planning
import Synchronization

/// What lies at artifacts' paths in this run: each is looked at once, so that there is one view of the sources.
final class Survey: Sendable {
    private struct State {
        var seen: [Path: Assessment.Sight] = [:]
        var census: [Path: Census] = [:]
        var counts = Counts()
        var changed: [(path: Path, census: Census?)] = []

        /// What is known of a path; of one in a tree, by the tree.
        func known(_ path: Path) -> Census? {
            if let census = census[path] { return census }
            var tree = path.directory
            while !tree.bytes.isEmpty {
                if let census = census[tree], let name = path.below(tree), let member = census.member(name),
                    member.content.kind != .tree
                {
                    return Census(content: member.content, stamp: member.stamp)
                }
                tree = tree.directory
            }
            return nil
        }

        func sight(_ path: Path) -> Assessment.Sight? { seen[path] ?? known(path).map { .content($0.content) } }
    }

    /// What looking cost.
    struct Counts: Hashable, Sendable {
        var pathsStamped = 0
        var filesHashed = 0
        var bytesHashed: UInt64 = 0
    }

    private let state = Mutex(State())
    let disk: any Disk
    private let threads: Threads

    init(disk: any Disk, threads: Threads) {
        self.disk = disk
        self.threads = threads
    }

    /// Looks at everything that a request touches, and has not been looked at.
    ///
    /// - Returns: by artifact.
    func look(_ plan: Plan, _ request: Request, _ snapshot: Snapshot) async throws -> [Assessment.Sight] {
        var wanted: [(path: Path, known: Census?)] = []
        for artifact in request.artifacts
        where plan.tree(of: artifact) == nil && plan.probe(ofSource: artifact) == nil {
            wanted.append((plan.path(of: artifact), snapshot.census[artifact.index]))
        }
        try await look(wanted)
        return state.withLock { state in
            (0 ..< plan.artifactCount).map { index in
                let artifact = ArtifactID(index)
                guard request.holds(artifact), plan.tree(of: artifact) == nil else { return .nothing }
                return state.seen[plan.path(of: artifact)] ?? .nothing
            }
        }
    }

    /// Looks at files that are no artifacts: tools and libraries.
    func look(_ wanted: [(path: Path, known: Census?)]) async throws {
        let open = state.withLock { state in wanted.filter { state.seen[$0.path] == nil } }
        guard !open.isEmpty else { return }
        let (disk, queue) = (disk, LookQueue(count: open.count))
        // Whoever is free takes the next ones: where much must be hashed, two hash, however large each file is.
        async let rest = open.count > 1 ? threads.run { Self.look(open, queue, disk) } : Findings()
        let found = try await threads.run { Self.look(open, queue, disk) }
        merge(found)
        merge(try await rest)
    }

    private struct Findings: Sendable {
        var sights: [(path: Path, sight: Assessment.Sight)] = []
        var census: [(path: Path, census: Census)] = []
        var changed: [(path: Path, census: Census?)] = []
        var counts = Counts()
    }

    private static func look(
        _ wanted: [(path: Path, known: Census?)], _ queue: LookQueue, _ disk: any Disk
    ) -> Findings {
        var taker = CensusTaker(disk: disk)
        var found = Findings()
        while let part = queue.next() {
            for (path, known) in wanted[part] {
                do throws(CensusError) {
                    let census = try taker.take(path, known: known)
                    if census != known { found.changed.append((path, census)) }
                    if let census { found.census.append((path, census)) }
                    found.sights.append((path, census.map { .content($0.content) } ?? .nothing))
                } catch {
                    found.sights.append((path, .unreadable("\(error.inWords)")))
                }
            }
        }
        found.counts = Counts(
            pathsStamped: found.sights.count, filesHashed: taker.filesHashed, bytesHashed: taker.bytesHashed)
        return found
    }

    private func merge(_ found: Findings) {
        state.withLock { state in
            for entry in found.sights { state.seen[entry.path] = entry.sight }
            for entry in found.census { state.census[entry.path] = entry.census }
            state.changed += found.changed
            state.counts.pathsStamped += found.counts.pathsStamped
            state.counts.filesHashed += found.counts.filesHashed
            state.counts.bytesHashed += found.counts.bytesHashed
        }
    }

    /// What this run has put at a path itself.
    func note(_ path: Path, _ census: Census?) {
        state.withLock { state in
            state.seen[path] = census.map { .content($0.content) } ?? .nothing
            state.census[path] = census
        }
    }

    /// What the database is to know.
    func note(changed path: Path, _ census: Census?) { state.withLock { $0.changed.append((path, census)) } }

    /// Looks at paths again, for a new view of them.
    func lookAgain(_ paths: Set<Path>) async throws {
        let known = state.withLock { state in
            for path in paths {
                // A tree's member is looked at with its tree.
                for known in Array(state.seen.keys) where known == path || path.below(known) != nil {
                    state.seen[known] = nil
                }
            }
            return paths.sorted().map { (path: $0, known: state.census[$0]) }
        }
        // Also those that no request holds: what an action has only now discovered.
        try await look(known)
    }

    /// What lies at a path that is looked at now if it has not been before.
    func sight(_ path: Path, known: Census?) -> Assessment.Sight {
        if let seen = state.withLock({ $0.seen[path] }) { return seen }
        merge(Self.look([(path, known)], LookQueue(count: 1), disk))
        return state.withLock { $0.seen[path] } ?? .nothing
    }

    /// What lies at a path that an action has looked at, now that it has ended.
    ///
    /// - Parameters:
    ///   - start: when the action began, by the clock that stamps come from.
    ///   - absenceIsSaid: whether somebody says that there was nothing; else what is gone may have been there.
    /// - Returns: nil where it is not sure to be what the action saw; inside, nil where there is nothing.
    func revisit(_ path: Path, since start: Int64, absenceIsSaid: Bool) throws(CensusError) -> Census?? {
        let (before, known) = state.withLock { ($0.sight(path), $0.known(path)) }
        var taker = CensusTaker(disk: disk)
        let census = try taker.take(path, known: known)
        var found = Findings()
        found.counts = Counts(pathsStamped: 1, filesHashed: taker.filesHashed, bytesHashed: taker.bytesHashed)
        defer { merge(found) }
        let sight = census.map { Assessment.Sight.content($0.content) } ?? .nothing
        if let before, before != sight { return nil }
        if let known, census?.isRewritten(since: known) == true { return nil }
        if before == nil {
            var changed = census?.newestChangeNanoseconds
            if census == nil, !absenceIsSaid { changed = try directoryChange(of: path) }
            if let changed, changed >= start { return nil }
        }
        if census != known { found.changed.append((path, census)) }
        if let census { found.census.append((path, census)) }
        found.sights.append((path, sight))
        return .some(census)
    }

    /// When names came or went last where a path would be.
    private func directoryChange(of path: Path) throws(CensusError) -> Int64? {
        do throws(DiskError) { return try disk.nearest(path.directory)?.stamp.changedNanoseconds } catch {
            throw .disk(error)
        }
    }

    /// A file, also as a member of a tree; nil where nobody has looked.
    func file(_ path: Path) -> Census? { state.withLock { $0.known(path) } }

    /// Whether a file was seen with this stamp and this content.
    func holds(_ path: Path, _ stamp: Stamp, _ content: Content) -> Bool {
        file(path).map { $0.stamp == stamp && $0.content == content } ?? false
    }

    func census(_ path: Path) -> Census? { state.withLock { $0.census[path] } }
    func sight(_ path: Path) -> Assessment.Sight? { state.withLock { $0.seen[path] } }
    /// All that was looked at, by path.
    var looked: [Path: Assessment.Sight] { state.withLock { $0.seen } }
    var counts: Counts { state.withLock { $0.counts } }

    /// What was found changed since it was last asked, for the database.
    func takeChanged() -> [(path: Path, census: Census?)] {
        state.withLock { state in
            defer { state.changed = [] }
            return state.changed
        }
    }
}
