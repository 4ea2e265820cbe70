import Artifact
import Hashing
import Planning

/// What is recorded of actions, and what lies in their outputs' places.
struct CleaningFacts {
    private(set) var made: [Cleaning.Made] = []
    /// Of every file that was found: the stamp under which its content is known.
    private(set) var stamps: [Path: Stamp] = [:]
    let ways: [Path: Way]

    private let disk: any Disk
    private let survey: Survey
    private var passage: Passage

    init(_ session: Session) throws {
        ways = try session.database?.ways() ?? [:]
        disk = session.disk
        survey = session.survey
        passage = Passage(ways, session.disk)
    }

    /// - Parameter actions: each once.
    mutating func add(_ actions: [ActionID], _ plan: Plan, _ snapshot: Snapshot) async throws {
        let outputs = actions.map { action in plan.outputs(of: action).map(\.artifact) }
        try await look(outputs.joined().map { (plan.path(of: $0), snapshot.census(of: $0)) })
        for (action, outputs) in zip(actions, outputs) {
            let isRecorded = snapshot.keys[action.index] != nil
            made.append(
                Cleaning.Made(
                    identity: plan.identity(of: action), rule: plan.rule(of: action).name,
                    action: plan.name(of: action),
                    outputs: outputs.map { output in
                        let path = plan.path(of: output)
                        let published = isRecorded ? snapshot.published[output.index] : nil
                        return Cleaning.Output(
                            path: path,
                            recorded: published.map {
                                Trace.Output(
                                    path: path, content: $0, members: snapshot.publishedMembers[output] ?? [])
                            }, found: find(path))
                    },
                    isAdopted: snapshot.adopted.contains(action),
                    builtAtNanoseconds: snapshot.builtAtNanoseconds[action.index],
                    durationSeconds: snapshot.durationSeconds[action.index]))
        }
    }

    /// - Parameter known: what was seen last at their paths.
    mutating func add(_ orphans: [Orphan], known: [Path: Census]) async throws {
        try await look(orphans.flatMap(\.outputs).map { ($0.path, known[$0.path]) })
        // What two of them have made at one path is the later one's.
        var latest: [Path: Int64] = [:]
        for orphan in orphans {
            for output in orphan.outputs { latest[output.path] = max(latest[output.path] ?? .min, orphan.run) }
        }
        for orphan in orphans {
            let outputs = orphan.outputs.filter { latest[$0.path] == orphan.run }.map {
                Cleaning.Output(path: $0.path, recorded: $0, found: find($0.path))
            }
            made.append(
                Cleaning.Made(
                    identity: orphan.identity, rule: orphan.rule, action: nil, outputs: outputs,
                    isAdopted: orphan.isAdopted, builtAtNanoseconds: orphan.builtAtNanoseconds,
                    durationSeconds: orphan.durationSeconds, recordsMore: orphan.recordsMore))
        }
    }

    // MARK: - Looking

    private mutating func look(_ wanted: [(path: Path, known: Census?)]) async throws {
        var reachable: [(path: Path, known: Census?)] = []
        for entry in wanted where isReachable(entry.path) { reachable.append(entry) }
        try await survey.look(reachable)
    }

    /// Neither behind a link that nobody knows, nor one, nor where nobody may look: `find` says which.
    private mutating func isReachable(_ path: Path) -> Bool {
        do throws(DiskError) {
            if try passage.obstacle(above: path) != nil { return false }
            return try disk.stamp(path, followsLink: false)?.type != .link || passage.isKnown(link: path)
        } catch { return false }
    }

    private mutating func find(_ path: Path) -> Cleaning.Found {
        do {
            if let link = try passage.obstacle(above: path) { return .behind(link: link) }
            guard let stamp = try disk.stamp(path, followsLink: false) else { return .nothing }
            if stamp.type == .link, !passage.isKnown(link: path) {
                var taker = CensusTaker(disk: disk)
                stamps[path] = stamp
                return try taker.content(path).map { .content($0, []) } ?? .nothing
            }
        } catch { return .unreadable }
        switch survey.sight(path) {
        case .content(let content)?:
            let census = survey.census(path)
            stamps[path] = census?.stamp
            for member in census?.members ?? [] { stamps[path / member.path] = member.stamp }
            return .content(content, census?.output ?? [])
        case .nothing?: return .nothing
        case .unreadable?, nil: return .unreadable
        }
    }
}
