import Artifact
import Foundation
import Glibc
import Hashing
import Planning
import Testing

@testable import dbuild

/// A workspace with outputs of an earlier run in place, a person's own changes among them, and an action's new outputs
/// in staging: ready to be published.
final class Stage {
    let root: String
    let disk: WorkspaceDisk
    /// A file, or a directory's link, as a test writes it down.
    enum Entry: Hashable {
        case file(String)
        case script(String)
        case link(String)
        case directory
    }
    typealias Entries = [Path: Entry]

    /// What the set is of.
    let files: [Path]
    let trees: [Path]
    private let plan: Plan
    private var lastRun: Int64 = 0
    /// Whose workspace it is, if that is another one's.
    private let host: Stage?

    init(files: [Path], trees: [Path] = [], policy: Policy = Policy()) throws {
        root = Self.memory.appending(path: "publishing-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        disk = try WorkspaceDisk(root: Path(root))
        self.files = files
        self.trees = trees
        plan = try Self.plan(files, trees, policy)
        host = nil
    }

    /// Another action in the same workspace.
    init(beside host: Stage, files: [Path]) throws {
        (root, disk, self.host) = (host.root, host.disk, host)
        (self.files, trees) = (files, [])
        plan = try Self.plan(files, [], Policy())
        lastRun = host.lastRun + 1000
    }

    deinit { if host == nil { try? FileManager.default.removeItem(atPath: root) } }

    /// Where nothing waits for a platter: thousands of stages are made.
    private static var memory: URL {
        let shared = URL(filePath: "/dev/shm")
        return FileManager.default.isWritableFile(atPath: shared.path())
            ? shared : FileManager.default.temporaryDirectory
    }

    /// One action with these outputs.
    private static func plan(_ files: [Path], _ trees: [Path], _ policy: Policy) throws -> Plan {
        var builder = PlanBuilder()
        var rule = Plan.Rule(
            name: Array("make".utf8), type: [], shortType: [], isCommand: false, place: Place(file: [], line: 1),
            axes: [], awaits: nil)
        rule.policy = policy
        try builder.add(rule)
        var wiring = PlanBuilder.Wiring()
        wiring.outputs = (files.map { ($0, false) } + trees.map { ($0, true) }).enumerated().map { index, output in
            PlanBuilder.Wiring.Reference(
                path: output.0, isTree: output.1, aspect: .bytes, property: Array("out".utf8), index: index)
        }
        try builder.addAction(rule: 0, cell: [], recipe: .object([]), wiring: wiring)
        return try builder.finish(isWhole: true)
    }

    // MARK: - Files

    func write(_ entries: Entries, below directory: Path = Path([UInt8]())) throws {
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
            let path = directory / name
            try disk.makeDirectory(path.directory)
            switch entry {
            case .file(let text): try disk.write(Array(text.utf8), to: path)
            case .script(let text):
                try disk.write(Array(text.utf8), to: path)
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: root + "/\(path)")
            case .link(let target): try disk.makeLink(path, to: Array(target.utf8))
            case .directory: try disk.makeDirectory(path)
            }
        }
    }

    func makeFIFO(_ path: Path) throws { try #require(unsafe mkfifo(root + "/\(path)", 0o666) == 0) }

    func setMode(_ mode: UInt32, of path: Path) throws { try #require(unsafe chmod(root + "/\(path)", mode) == 0) }

    /// Everything that lies in a directory or at a file's path.
    func entries(_ path: Path) throws -> Entries {
        guard let stamp = try disk.stamp(path, followsLink: false) else { return [:] }
        switch stamp.type {
        case .file:
            let text = String(decoding: try disk.read(path), as: UTF8.self)
            return [path: stamp.isExecutable ? .script(text) : .file(text)]
        case .link: return [path: .link(String(decoding: try disk.linkTarget(path), as: UTF8.self))]
        case .directory:
            return try disk.names(in: path).reduce(into: [path: .directory]) { all, name in
                all.merge(try entries(path / name)) { first, _ in first }
            }
        case .other: return [:]
        }
    }

    func has(_ path: Path) throws -> Bool { try disk.stamp(path, followsLink: false) != nil }

    // MARK: - Database

    func database() throws -> StateDatabase {
        try #require(try StateDatabase(path: root + "/state.db", readOnly: false, boot: "one"))
    }

    var identity: Digest { Trace.identity(of: files + trees) }

    func trace(in database: StateDatabase) throws -> StateDatabase.TraceHead? {
        var found: StateDatabase.TraceHead?
        try database.forEachTrace { if $0.identity == self.identity { found = $0 } }
        return found
    }

    // MARK: - Publishing

    /// What an action has left in staging, as a set to be published.
    ///
    /// - Parameter published: what the recorded trace put in place.
    func publication(
        _ outputs: Entries, published: [Trace.Output] = [], keptIn store: Store? = nil
    ) throws -> Publication {
        let staging = nextStaging()
        for tree in trees { try disk.makeDirectory(staging / tree) }
        try write(outputs, below: staging)
        let collected = try collect(staging)
        let trace = Trace(
            key: XXH3.digest(Array("run \(lastRun)".utf8)), parts: [], outputs: collected.traced, missing: [],
            builtAtNanoseconds: 0, run: lastRun, durationSeconds: 0, peakBytes: 0)
        let copies = store.flatMap { collected.keep(in: $0, Policy()) }
        return try publication(of: collected, published, .built(trace, copies))
    }

    /// What the store holds of outputs, as a set to be put back.
    ///
    /// - Parameter trace: nil: the recorded one stays.
    func restoration(
        _ outputs: [Trace.Output], as trace: Trace?, published: [Trace.Output], from store: Store
    ) throws -> Publication {
        let staging = nextStaging()
        try disk.makeDirectory(staging)
        let collected = try Restoration(store: store, disk: disk, staging: staging).collect(outputs) {
            try? self.census($0)
        }
        return try publication(of: collected, published, trace.map { .restored($0) } ?? .putBack(outputs))
    }

    private func nextStaging() -> Path {
        lastRun += 1
        return Path(".dbuild/staging/\(lastRun)-0")
    }

    private func publication(
        of collected: Collected, _ published: [Trace.Output], _ record: Publication.Record
    ) throws -> Publication {
        let aside = Displaced.directory(run: lastRun)
        let changes = try collected.changes(
            present: { try? self.census($0) }, unreadable: { self.isUnreadable($0) },
            published: { path in published.first { $0.path == path } },
            displaced: { path throws(DiskError) in try self.disk.freeTarget(of: path, below: aside) })
        return Publication(
            identity: identity, rule: Array("make".utf8), record, changes: changes,
            seen: collected.seen { try? self.census($0) }, run: lastRun)
    }

    func collect(_ staging: Path) throws(Collected.Failure) -> Collected {
        try Collected(plan, ActionID(0), staging: staging, disk)
    }

    func checkPlaces() throws { try Collected.checkPlaces(plan, ActionID(0), staging: ".", disk) }

    private func isUnreadable(_ path: Path) -> Bool {
        do {
            _ = try census(path)
            return false
        } catch { return true }
    }

    func census(_ path: Path) throws -> Census? {
        var taker = CensusTaker(disk: disk, waitsForTick: false)
        return try taker.take(path, known: nil)
    }

    @discardableResult
    func publish(_ publication: Publication, _ database: StateDatabase, _ disk: any Disk) throws -> [Displaced] {
        let result = try #require(Publisher.publish([publication], database, disk).first)
        _ = try result.census.get()
        return result.displaced
    }

    /// Publishes as an earlier run has.
    func publishWell(_ outputs: Entries) throws -> [Trace.Output] {
        let database = try database()
        let set = try publication(outputs)
        try publish(set, database, FaultyDisk(disk))
        try disk.removeTree(".dbuild/staging")
        return set.outputs
    }
}
