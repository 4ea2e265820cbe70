import Artifact
import Hashing
import Planning
import Rules

/// Why a target's ancestry cannot be locked.
enum LockRefusal: Error {
    /// The first, in build order, that is not current.
    case notCurrent(action: String, Verdict)
    /// Its family cannot be listed.
    case unlisted(rule: [UInt8], awaits: Path)
    case sourceAbsent(Path)
    /// Current, and its bytes are away: nobody can say what their SHA-256 is.
    case away(Path, action: String)
}

/// Takes down what a workspace's targets and all that they are made from hold.
struct LockTaking {
    let session: Session
    let database: StateDatabase
    /// As a person named them; none: the rules' defaults.
    let targets: [String]

    struct Taken {
        /// With every member listed.
        let file: LockFile
        let assessment: Assessment
        let request: Request

        var plan: Plan { assessment.plan }
        /// What actions read undeclared, as far as it counts.
        var discovered: [ActionID: [Path]] {
            assessment.snapshot.discovered.filter { request.holds($0.key) }.mapValues { $0.map(\.path) }
        }
    }

    /// - Throws: `LockRefusal` where not everything is current.
    func take() async throws -> Taken {
        let (assessment, request) = try await session.view { try $0.select(targets) }
        try database.record(session.survey.takeChanged())
        try check(assessment, request)
        var file = LockFile()
        file.targets = Set(targets).sorted().map { Array($0.utf8) }
        file.parameters = parameters(assessment.plan)
        file.facts = try assessment.plan.lockFacts(request, assessment.surroundings)
        let (sources, outputs) = pieces(assessment, request)
        let all = Array(sources.values) + Array(outputs.values)
        var known = try await LockedHashes(disk: session.disk, database: database, threads: session.threads)
            .digests(of: all.compactMap(\.place))
        known.merge(try database.sha256(of: Set(all.compactMap(\.contentAway)))) { $1 }
        file.sources = try sources.map { LockFile.Entry($0.key, try $0.value.item(known)) }
        file.outputs = try outputs.map { LockFile.Entry($0.key, try $0.value.item(known)) }
        return Taken(file: file.sorted(), assessment: assessment, request: request)
    }

    private func check(_ assessment: Assessment, _ request: Request) throws {
        let plan = assessment.plan
        if let open = request.unlisted.first {
            throw LockRefusal.unlisted(rule: plan.rules[open.rule.index].name, awaits: open.awaits)
        }
        for action in plan.inTopologicalOrder where request.holds(action) {
            guard let verdict = assessment.verdicts[action.index], verdict != .current else { continue }
            throw LockRefusal.notCurrent(action: plan.name(of: action), verdict)
        }
        for source in request.artifacts where plan.isSource(source) {
            if case .unavailable = assessment.states[source.index] {
                throw LockRefusal.sourceAbsent(plan.path(of: source))
            }
        }
    }

    private func parameters(_ plan: Plan) -> [LockFile.Parameter] {
        let settings = session.settings
        let set = Set(settings.overrides.map { setting in outsideName(of: String(setting.prefix { $0 != "=" })) })
        return plan.parameters.map { parameter in
            let name = outsideName(of: String(decoding: parameter.name, as: UTF8.self))
            let origin: LockFile.Parameter.Origin =
                set.contains(name) ? .set : settings.values[name] != nil ? .file : .standard
            return LockFile.Parameter(origin, name: Array(name.utf8), value: parameter.value)
        }
    }
}

// MARK: - What there is

extension LockTaking {
    /// What lies at a path, and where its bytes can be read.
    private enum Piece {
        case bytes(LockedHashes.Place)
        /// Known by its SHA-256 only where somebody has asked before.
        case away(Path, Content, action: String)
        case directory, absent
        case probe(Content)

        var place: LockedHashes.Place? { if case .bytes(let place) = self { place } else { nil } }

        var contentAway: Fingerprint? {
            if case .away(_, let content, _) = self { content.fingerprint } else { nil }
        }

        func item(_ known: [Fingerprint: SHA256Digest]) throws(LockRefusal) -> LockFile.Item {
            switch self {
            case .directory: return .directory
            case .absent: return .absent
            case .probe(let content):
                return .probe(Array("\(content.fingerprint.digest):\(content.fingerprint.sizeBytes)".utf8))
            case .bytes(let place):
                guard let item = Self.item(place.content, known) else { throw .sourceAbsent(place.path) }
                return item
            case .away(let path, let content, let action):
                guard let item = Self.item(content, known) else { throw .away(path, action: action) }
                return item
            }
        }

        private static func item(
            _ content: Content, _ known: [Fingerprint: SHA256Digest]
        ) -> LockFile.Item? {
            guard let digest = known[content.fingerprint] else { return nil }
            let size = content.fingerprint.sizeBytes
            return switch content.kind {
            case .file: .file(digest, sizeBytes: size, isExecutable: false)
            case .executable: .file(digest, sizeBytes: size, isExecutable: true)
            case .link: .link(digest, sizeBytes: size)
            case .tree: nil
            }
        }
    }

    private typealias Pieces = [Path: Piece]

    private func pieces(_ assessment: Assessment, _ request: Request) -> (sources: Pieces, outputs: Pieces) {
        let plan = assessment.plan
        var sources: Pieces = [:]
        var outputs: Pieces = [:]
        for artifact in request.artifacts where plan.tree(of: artifact) == nil {
            let path = plan.path(of: artifact)
            guard case .content(let content) = assessment.states[artifact.index] else {
                if assessment.states[artifact.index] == .absent { sources[path] = .absent }
                continue
            }
            if plan.probe(ofSource: artifact) != nil {
                sources[path] = .probe(content)
            } else if let maker = plan.maker(of: artifact) {
                if let census = session.survey.census(path) {
                    expand(path, census, into: &outputs)
                } else {
                    let members = assessment.snapshot.publishedMembers[artifact] ?? []
                    awayPieces(path, content, members, plan.name(of: maker), into: &outputs)
                }
            } else if let census = session.survey.census(path) {
                expand(path, census, into: &sources)
            }
        }
        for (action, parts) in assessment.snapshot.discovered where request.holds(action) {
            for part in parts where plan.maker(at: part.path) == nil && part.path.flaw == nil {
                if let census = session.survey.census(part.path) {
                    expand(part.path, census, into: &sources)
                } else if part.content == nil {
                    sources[part.path] = .absent
                }
            }
        }
        return (sources, outputs)
    }

    private func expand(_ path: Path, _ census: Census, into pieces: inout Pieces) {
        guard census.content.kind == .tree else {
            pieces[path] = .bytes(LockedHashes.Place(path: path, content: census.content))
            return
        }
        pieces[path] = .directory
        for member in census.members {
            let place = path / member.path
            pieces[place] =
                member.content.kind == .tree
                ? .directory : .bytes(LockedHashes.Place(path: place, content: member.content))
        }
    }

    /// Of outputs that are current though they are not there.
    private func awayPieces(
        _ path: Path, _ content: Content, _ members: [Trace.Member], _ action: String, into pieces: inout Pieces
    ) {
        guard content.kind == .tree else {
            pieces[path] = .away(path, content, action: action)
            return
        }
        pieces[path] = .directory
        for member in members {
            let place = path / member.path
            pieces[place] = member.content.kind == .tree ? .directory : .away(place, member.content, action: action)
        }
    }
}
