import Foundation
import GRDB
import Hashing
import TestSupport
import Testing

@testable import Artifact

/// A store with its database, and files to keep in it.
final class Shelf {
    let scratch: Scratch
    let database: StateDatabase
    private(set) var store: Store
    private let largestCopyBytes: UInt64
    private var random = SplitMix(state: 1)
    private var lastPiece = 0
    private(set) var run: Int64 = 1

    init(largestCopyBytes: UInt64 = 1 << 30) throws {
        scratch = try Scratch()
        self.largestCopyBytes = largestCopyBytes
        database = try #require(try StateDatabase(path: scratch.root + "/state.db", readOnly: false, boot: "one"))
        run = try database.beginRun(atLeast: 1, nowNanoseconds: 0, parameters: [], targets: [])
        store = Store(database: database, disk: scratch.disk, run: run, largestCopyBytes: largestCopyBytes)
    }

    /// Another run, after this one.
    ///
    /// - Parameters:
    ///   - wasKilled: whether this one never came to its end.
    ///   - nowNanoseconds: the next one's instant.
    func nextRun(wasKilled: Bool = false, nowNanoseconds: Int64 = 0) throws {
        if !wasKilled { try database.endRun(run, exitCode: 0) }
        run = try database.beginRun(atLeast: 1, nowNanoseconds: nowNanoseconds, parameters: [], targets: [])
        store = Store(database: database, disk: scratch.disk, run: run, largestCopyBytes: largestCopyBytes)
    }

    // MARK: - Pieces

    /// A file of random bytes.
    func piece(size: Int, _ kind: Content.Kind) throws -> Store.Piece {
        lastPiece += 1
        let path = Path("staged/\(lastPiece)")
        let bytes = (0 ..< size).map { _ in UInt8.random(in: 0 ... 255, using: &random) }
        try scratch.write(bytes, path)
        if kind == .executable { try scratch.setMode(path, 0o755) }
        return Store.Piece(content: try #require(try scratch.census(path)).content, staged: path)
    }

    func link(to target: String) throws -> Store.Piece {
        lastPiece += 1
        let path = Path("staged/\(lastPiece)")
        try scratch.disk.makeDirectory("staged")
        try scratch.disk.makeLink(path, to: Array(target.utf8))
        var taker = CensusTaker(disk: scratch.disk)
        return Store.Piece(content: try #require(try taker.content(path)), staged: path)
    }

    /// As the outputs of an action that is published, known by `name`.
    func keep(
        _ pieces: [Store.Piece], _ amount: Store.Amount = .upToLimit, key: String = "key", name: String = "out",
        discovered: [Discovered] = [], seconds: Double = 0.5
    ) throws {
        try commit(
            store.keep(pieces, amount), pieces, key: key, name: name, discovered: discovered, seconds: seconds)
    }

    func commit(
        _ copies: StoreCopies?, _ pieces: [Store.Piece] = [], key: String = "key", name: String = "out",
        discovered: [Discovered] = [], seconds: Double = 0.5
    ) throws {
        let outputs = pieces.enumerated().map { Trace.Output(path: Path("\(name)/\($0)"), content: $1.content) }
        let trace = Trace(
            key: digest(key), parts: [], outputs: outputs, missing: ["gone"], discovered: discovered,
            builtAtNanoseconds: 7, run: run, durationSeconds: seconds, peakBytes: 9)
        let rows = try database.open([
            Publication(identity: digest(name), rule: [], .built(trace, copies), changes: [], run: run)
        ])
        try database.close(rows.map { ($0, []) })
    }

    func digest(_ text: String) -> Digest { XXH3.digest(Array(text.utf8)) }

    /// At `back/file` or `back/link`.
    func restore(_ content: Content) throws -> Stamp? {
        let path: Path = content.kind == .link ? "back/link" : "back/file"
        try scratch.disk.makeDirectory("back")
        try scratch.disk.remove(path)
        return try store.restore(content, to: path)
    }

    func expectBack(_ content: Content, _ bytes: [UInt8]) throws {
        let stamp = try #require(try restore(content))
        var taker = CensusTaker(disk: scratch.disk)
        let path: Path = content.kind == .link ? "back/link" : "back/file"
        #expect(try taker.content(path) == content)
        #expect(try scratch.stamp(path) == stamp)
        if content.kind != .link { #expect(try scratch.disk.read(path) == bytes) }
    }

    // MARK: - What lies in the store

    func files() throws -> [Path] {
        guard try scratch.disk.stamp(Store.root, followsLink: false) != nil else { return [] }
        return try scratch.disk.names(in: Store.root).flatMap { shard in
            try scratch.disk.names(in: Store.root / shard).map { Store.root / shard / $0 }
        }
    }

    func execute(_ sql: String) throws { try database.write { try $0.execute(sql: sql) } }

    func rowCount(_ table: String) throws -> Int {
        try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }

    /// What the running sum must be.
    func countedBytes() throws -> Int64 {
        try database.read {
            try Int64.fetchOne(
                $0,
                sql: """
                    SELECT (SELECT coalesce(sum(sizeBytes), 0) FROM object)
                    + (SELECT coalesce(sum(sizeBytes), 0) FROM entry)
                    """) ?? 0
        }
    }
}
