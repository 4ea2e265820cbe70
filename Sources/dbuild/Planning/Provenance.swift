import Artifact
import Hashing
import Planning

/// What is known of one path: who makes it, from what, when, and how it stands.
struct Provenance {
    let path: Path
    let subject: Subject

    enum Subject {
        case made(Made)
        case source(Source)
        /// No rule makes it any more; an earlier one did.
        case orphan(rule: [UInt8], trace: Trace?, isThere: Bool)
        /// In no plan; the nearest paths that are.
        case unknown(nearest: [Path])
        /// It belongs to a family of which nobody knows the members yet.
        case unlisted([Path])
    }

    struct Made {
        let action: ActionID
        /// The tree that it is in.
        let tree: Path?
        let trace: Trace?
        /// What `verify` has found of it as it is recorded.
        let unstable: Unstable?
        let inputs: [Input]
        /// What the inputs were not long ago and are now, where that differs.
        let code: Digest?
    }

    /// An input as the last build read it.
    struct Input {
        let property: [UInt8]
        let path: Path
        /// Nil: absent.
        let content: Content?
        let maker: ActionID?
        /// The run in which its maker was built last.
        let run: Int64?
    }

    struct Source {
        let content: Content?
        let modifiedNanoseconds: Int64?
        let readers: [ActionID]
        /// The first run that is still recorded to have used this content.
        let firstRun: Int64?
    }

    private static let mostReadersExamined = 1000

    init(_ path: Path, _ assessment: Assessment, _ session: Session) throws {
        self.path = path
        let plan = assessment.plan
        guard let artifact = plan.artifact(at: path) else {
            if let made = try Self.member(path, assessment, session) {
                subject = .made(made)
            } else {
                subject = try Self.stranger(path, plan, session)
            }
            return
        }
        if let action = plan.maker(of: artifact) {
            subject = .made(
                try Self.made(action, tree: plan.tree(of: artifact).map { plan.path(of: $0) }, plan, session))
        } else {
            subject = .source(try Self.source(artifact, plan, session))
        }
    }

    /// A file in a tree that no rule names by itself.
    private static func member(_ path: Path, _ assessment: Assessment, _ session: Session) throws -> Made? {
        let plan = assessment.plan
        var directory = path.directory
        while !directory.bytes.isEmpty {
            if let tree = plan.artifact(at: directory), plan.isTree(tree), let action = plan.maker(of: tree) {
                return try made(action, tree: directory, plan, session)
            }
            directory = directory.directory
        }
        return nil
    }

    private static func made(_ action: ActionID, tree: Path?, _ plan: Plan, _ session: Session) throws -> Made {
        let trace = try session.database?.trace(of: plan.identity(of: action))
        var runs: [ActionID: Int64?] = [:]
        var inputs: [Input] = []
        var code: Digest?
        for part in trace?.parts ?? [] {
            if part.kind == .code { code = code ?? part.codeDigest }
            guard part.kind == .input, let read = part.input else { continue }
            let maker = plan.artifact(at: read.path).flatMap { plan.maker(of: $0) }
            if let maker, runs[maker] == nil {
                runs[maker] = .some(try session.database?.trace(of: plan.identity(of: maker))?.run)
            }
            inputs.append(
                Input(
                    property: read.property, path: read.path, content: read.content, maker: maker,
                    run: maker.flatMap { runs[$0] ?? nil }))
        }
        let unstable = try session.database?.unstable(plan.identity(of: action))
        return Made(
            action: action, tree: tree, trace: trace, unstable: unstable?.key == trace?.key ? unstable : nil,
            inputs: inputs, code: code)
    }

    private static func source(_ artifact: ArtifactID, _ plan: Plan, _ session: Session) throws -> Source {
        let path = plan.path(of: artifact)
        let readers = Array(Set(plan.consumers(of: artifact))).sorted()
        let census = session.survey.census(path)
        var firstRun: Int64?
        for reader in readers.prefix(mostReadersExamined) {
            guard let trace = try session.database?.trace(of: plan.identity(of: reader)),
                trace.parts.contains(where: { part in
                    part.kind == .input && part.input.map { $0.path == path && $0.content == census?.content } == true
                })
            else { continue }
            firstRun = min(firstRun ?? trace.run, trace.run)
        }
        return Source(
            content: census?.content, modifiedNanoseconds: census?.stamp.modifiedNanoseconds, readers: readers,
            firstRun: firstRun)
    }

    private static func stranger(_ path: Path, _ plan: Plan, _ session: Session) throws -> Subject {
        for orphan in try session.orphans(plan)
        where orphan.outputs.contains(where: { $0.path == path || path.below($0.path) != nil }) {
            return .orphan(
                rule: orphan.rule, trace: try session.database?.trace(of: orphan.identity),
                isThere: try session.disk.stamp(path, followsLink: false) != nil)
        }
        let awaited = Set(plan.rules.compactMap(\.awaits)).sorted()
        let nearest = plan.nearestPaths(to: path)
        return nearest.isEmpty && !awaited.isEmpty ? .unlisted(awaited) : .unknown(nearest: nearest)
    }
}

extension Plan {
    /// Paths that differ from one in little.
    func nearestPaths(to path: Path, most: Int = 3) -> [Path] {
        let limit = max(2, path.bytes.count / 3)
        var near: [(distance: Int, path: Path)] = []
        // Each costs the product of both lengths: enough are looked at to be of help, not all of a million.
        for artifact in artifacts.prefix(20_000) {
            let other = self.path(of: artifact)
            guard abs(other.bytes.count - path.bytes.count) <= limit else { continue }
            let distance = editDistance(other.bytes, path.bytes)
            if distance <= limit { near.append((distance, other)) }
        }
        return near.sorted { ($0.distance, $0.path) < ($1.distance, $1.path) }.prefix(most).map(\.path)
    }
}
