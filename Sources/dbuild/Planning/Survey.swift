import Artifact
import Planning
import Settled
import Synchronization

/// What lies at artifacts' paths in this run: each is looked at once, so that there is one view of the sources.
///
/// Files that are as they were seen last are known by their numbers in a plan (`SurveyedPlan`); what is not, and what is
/// no artifact, by its path.
final class Survey: Sendable {
    private struct State {
        var seen: [Path: Assessment.Sight] = [:]
        var census: [Path: Census] = [:]
        var plans: [SurveyedPlan] = []
        var counts = Counts()
        var changed: [(path: Path, census: Census?)] = []
        /// What has been looked at before this process began to; nil once something is to be looked at again.
        var found: Found?

        /// Whether nothing has been looked at.
        var isEmpty: Bool { seen.isEmpty && plans.isEmpty }

        func sight(_ path: Path) -> Assessment.Sight? {
            seen[path] ?? census(asSeen: path).map { .content($0.content) }
        }

        func census(_ path: Path) -> Census? { census[path] ?? census(asSeen: path) }

        private func census(asSeen path: Path) -> Census? {
            for plan in plans { if let census = plan.census(asSeen: path) { return census } }
            return nil
        }

        /// What is known of a path; of one in a tree, by the tree.
        func known(_ path: Path) -> Census? {
            if let census = census(path) { return census }
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

        mutating func note(_ path: Path, _ sight: Assessment.Sight, _ census: Census?) {
            seen[path] = sight
            self.census[path] = census
            for index in plans.indices { plans[index].note(byPath: path) }
        }
    }

    /// What looking cost.
    struct Counts: Hashable, Sendable {
        var pathsStamped = 0
        var filesHashed = 0
        var bytesHashed: UInt64 = 0
    }

    private let state: Mutex<State>
    /// Held from asking for a path's sight to noting it.
    private let sighting = Mutex(())
    let disk: any Disk
    private let threads: Threads

    /// - Parameter found: what has been looked at before this process began to.
    init(disk: any Disk, threads: Threads, found: Found? = nil) {
        self.disk = disk
        self.threads = threads
        state = Mutex(State(found: found))
    }

    /// Looks at everything that a request touches, and has not been looked at.
    ///
    /// - Returns: by artifact.
    func look(_ plan: Plan, _ request: Request, _ snapshot: Snapshot) async throws -> Sights {
        var (surveyed, found) = state.withLock { state in
            (
                state.plans.first { $0.plan === plan }
                    ?? SurveyedPlan(plan, snapshot, besides: !state.isEmpty) { state.sight($0) != nil },
                state.found
            )
        }
        let wanted = surveyed.unseen(request)
        let takenUp = found.map { surveyed.note($0, in: request) } ?? 0
        let (before, disk) = (surveyed.before, disk)
        let stamped = surveyed.stamped(takenUp == 0 ? wanted : surveyed.unseen(request))
        if !stamped.isEmpty {
            surveyed.note(asSeen: try await threads.run { before.unchanged(stamped, disk) })
        }
        let open = surveyed.unseen(request)
        try await look(open.map { (plan.path(of: $0), snapshot.census(of: $0)) }, isCounted: true)
        surveyed.note(byPath: open)
        return state.withLock { state in
            state.counts.pathsStamped += wanted.count - takenUp
            state.plans.removeAll { $0.plan === plan }
            state.plans.append(surveyed)
            return surveyed.sights(by: snapshot) { state.sight($0) ?? .nothing }
        }
    }

    /// Looks at files that are no artifacts: tools and libraries.
    func look(_ wanted: [(path: Path, known: Census?)]) async throws { try await look(wanted, isCounted: false) }

    private func look(_ wanted: [(path: Path, known: Census?)], isCounted: Bool) async throws {
        let open = state.withLock { state in wanted.filter { state.sight($0.path) == nil } }
        guard !open.isEmpty else { return }
        let (disk, queue) = (disk, LookQueue(count: open.count))
        // Whoever is free takes the next ones: where much must be hashed, two hash, however large each file is.
        async let rest = open.count > 1 ? threads.run { Self.look(open, queue, disk) } : Findings()
        let found = try await threads.run { Self.look(open, queue, disk) }
        merge(found, isCounted: isCounted)
        merge(try await rest, isCounted: isCounted)
    }

    private struct Findings: Sendable {
        var sights: [(path: Path, sight: Assessment.Sight, census: Census?)] = []
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
                    found.sights.append((path, census.map { .content($0.content) } ?? .nothing, census))
                } catch {
                    found.sights.append((path, .unreadable("\(error.inWords)"), nil))
                }
            }
        }
        found.counts = Counts(
            pathsStamped: found.sights.count, filesHashed: taker.filesHashed, bytesHashed: taker.bytesHashed)
        return found
    }

    /// - Parameter isCounted: whether these paths are counted elsewhere.
    private func merge(_ found: Findings, isCounted: Bool = false) {
        state.withLock { state in
            for entry in found.sights { state.note(entry.path, entry.sight, entry.census) }
            state.changed += found.changed
            if !isCounted { state.counts.pathsStamped += found.counts.pathsStamped }
            state.counts.filesHashed += found.counts.filesHashed
            state.counts.bytesHashed += found.counts.bytesHashed
        }
    }

    /// What this run has put at a path itself.
    func note(_ path: Path, _ census: Census?) {
        state.withLock { $0.note(path, census.map { .content($0.content) } ?? .nothing, census) }
    }

    /// What the database is to know.
    func note(changed path: Path, _ census: Census?) { state.withLock { $0.changed.append((path, census)) } }

    /// Looks at paths again, and with them at all that nobody makes and that has other stamps by now: what came together is
    /// seen together, also by who has read what was there before, and ended.
    ///
    /// - Parameter plan: that has been looked at.
    func lookAgain(_ moved: Set<Path>, _ plan: Plan) async throws {
        let paths = try await threads.run { [self] in moved.union(try restamped(plan)) }
        let places = PathsAndAbove(paths)
        let known = try state.withLock { state in
            // It is of before all that.
            state.found = nil
            // Who wrote beside inputs may have named a directory of which nobody reads anything: that may hold very much.
            let known = try paths.sorted().filter { path in
                try state.sight(path) != nil || disk.stamp(path, followsLink: true)?.type != .directory
            }.map { (path: $0, known: state.census($0)) }
            // A tree's member is looked at with its tree.
            for other in state.seen.keys.filter(places.isOneOrAbove) { state.seen[other] = nil }
            for index in state.plans.indices { state.plans[index].forget(places) }
            return known
        }
        // Also those that no request holds: what an action has only now discovered.
        try await look(known)
    }

    /// Sources, and what was discovered beside them, that have not the stamps any more under which they are known. Nothing
    /// is read: who looks at them again finds out whether it is still the same.
    private func restamped(_ plan: Plan) throws -> Set<Path> {
        typealias Known = (path: Path, sight: Assessment.Sight, census: Census?)
        let (before, asSeen, byPath) = state.withLock { state -> (SeenBefore?, [ArtifactID], [Known]) in
            let surveyed = state.plans.first { $0.plan === plan }
            let asSeen = plan.artifacts.filter { plan.isSource($0) && surveyed?.isAsSeen($0) == true }
            let byPath = state.seen.filter { path, _ in
                let artifact = plan.artifact(at: path)
                return path.bytes.first != UInt8(ascii: "/") && artifact.flatMap { plan.maker(of: $0) } == nil
                    && artifact.flatMap { plan.tree(of: $0) } == nil
            }
            return (surveyed?.before, asSeen, byPath.map { ($0.key, $0.value, state.census[$0.key]) })
        }
        let same = Set(before?.unchanged(asSeen, disk) ?? [])
        var restamped = Set(asSeen.filter { !same.contains($0) }.map { plan.path(of: $0) })
        for known in byPath {
            let stamp = try disk.stamp(known.path, followsLink: true)
            let isSame =
                switch known.sight {
                case .nothing: stamp == nil
                case .unreadable: false
                // Of a directory its own stamp says too little.
                case .content(let content): content.kind != .tree && known.census?.stamp == stamp
                }
            if !isSame { restamped.insert(known.path) }
        }
        return restamped
    }

    /// What lies at a path that is looked at now if it has not been before; several threads may ask at once.
    func sight(_ path: Path, known: Census?) -> Assessment.Sight {
        // Else two would look at a file that changes meanwhile, and each go by what it has seen.
        sighting.withLock { _ in
            if let seen = state.withLock({ $0.sight(path) }) { return seen }
            merge(Self.look([(path, known)], LookQueue(count: 1), disk))
            return state.withLock { $0.sight(path) } ?? .nothing
        }
    }

    /// What lies at a path that an action has looked at, now that it has ended.
    ///
    /// - Parameters:
    ///   - start: when the action began, by the clock that stamps come from.
    ///   - absenceIsSaid: whether somebody says that there was nothing; else what is gone may have been there.
    /// - Returns: nil where it is not sure to be what the action saw; inside, nil where there is nothing.
    func revisit(_ path: Path, since start: Int64, absenceIsSaid: Bool) throws(CensusError) -> Census?? {
        let (before, known) = state.withLock { state in
            let known = state.known(path)
            return (state.sight(path) ?? known.map { .content($0.content) }, known)
        }
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
        found.sights.append((path, sight, census))
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

    /// Which of a plan's artifacts have the stamps with which they were seen last, and which are known otherwise.
    func asSeen(
        _ artifacts: some Sequence<ArtifactID>, _ plan: Plan
    ) -> (before: SeenBefore?, files: [ArtifactID], others: [ArtifactID]) {
        state.withLock { state in
            // Where it lies: a copy that lives longer would make the next change copy all marks.
            guard let index = state.plans.firstIndex(where: { $0.plan === plan }) else {
                return (nil, [], Array(artifacts))
            }
            var (files, others): ([ArtifactID], [ArtifactID]) = ([], [])
            for artifact in artifacts {
                if state.plans[index].isAsSeen(artifact) { files.append(artifact) } else { others.append(artifact) }
            }
            return (state.plans[index].before, files, others)
        }
    }

    func census(_ path: Path) -> Census? { state.withLock { $0.census(path) } }
    func sight(_ path: Path) -> Assessment.Sight? { state.withLock { $0.sight(path) } }
    /// All that was looked at: of a plan by its numbers, as far as it is as it was seen last, and what else by path.
    func looked(_ plan: Plan) -> (asSeen: SurveyedPlan?, byPath: [Path: Assessment.Sight]) {
        state.withLock { state in (state.plans.first { $0.plan === plan }, state.seen) }
    }

    var counts: Counts { state.withLock { $0.counts } }

    /// What was found changed since it was last asked, for the database.
    func takeChanged() -> [(path: Path, census: Census?)] {
        state.withLock { state in
            defer { state.changed = [] }
            return state.changed
        }
    }
}
