import Artifact
import Foundation
import GRDB
import TestSupport
import Testing

/// Files that no dbuild of this kind has written: they are an error or a database of whole rows, never a trap.
struct StateDatabaseDamageTests {
    private static let rows = 40

    /// A database's bytes, all in one file.
    private func sample() throws -> [UInt8] {
        let scratch = try Scratch()
        try Self.fill(scratch.root + "/state.db")
        return try scratch.disk.read("state.db")
    }

    private static func fill(_ path: String) throws {
        let database = try #require(try StateDatabase(path: path, readOnly: false, boot: "one"))
        try database.record(
            (0 ..< rows).map { (Path("d\($0 % 5)/f\($0)"), $0 % 3 == 0 ? Example.tree($0) : Example.census($0)) })
        let ways: [Path: Way] = ["out": .made, "tree": .link(target: [0x61])]
        _ = try database.open((0 ..< rows).map { Example.publication($0) }, ways: ways)
        _ = try database.open((rows ..< 2 * rows).map { Example.alike($0) })
        try database.recordFailure(Example.publication(1).identity, Example.failure(run: 1))
        try database.recordAnswer("r", [0x61], of: Example.content(1), [[0x62]])
        _ = try database.beginRun(atLeast: 1, nowNanoseconds: 9, parameters: [[0x61]], targets: [])
        try database.recordSHA256([Example.content(1).fingerprint: SHA256.hash([1])])
    }

    /// Uses a database in every way.
    ///
    /// - Returns: how many rows it gave; nil if it said that something is wrong.
    private func use(_ path: String, readOnly: Bool) -> Int? {
        do throws(StateDatabase.Failure) {
            guard let database = try StateDatabase(path: path, readOnly: readOnly, boot: "one") else { return 0 }
            var count = 0
            try database.forEachCensus { _, _ in count += 1 }
            try database.forEachTrace { _ in count += 1 }
            count += try database.openPublications().count
            count += try database.failures().count
            for seed in [1, Self.rows, Self.rows + 1, 2 * Self.rows - 1] {
                _ = try database.parts(of: Example.publication(seed).identity)
            }
            _ = try database.answer("r", [0x61])
            _ = try database.lastRun()
            _ = try database.runInstants()
            _ = try database.referredRuns()
            _ = try database.ways()
            count += try database.sha256(of: [Example.content(1).fingerprint]).count
            guard !readOnly else { return count }
            try database.record([(Path("new"), Example.census(1)), (Path("d1/f1"), nil)])
            let rows = try database.open([Example.publication(1000), Example.alike(1001), Example.alike(1002)])
            try database.close(rows.map { ($0, [(Path("out/1000"), Example.census(3))]) })
            try database.endRun(
                try database.beginRun(atLeast: 1, nowNanoseconds: 1, parameters: [], targets: []), exitCode: 0)
            return count
        } catch { return nil }
    }

    private func check(_ bytes: [UInt8], _ what: String) throws {
        let scratch = try Scratch()
        for readOnly in [true, false] {
            try scratch.write(bytes, "state.db")
            let count = use(scratch.root + "/state.db", readOnly: readOnly)
            // A page can come up twice in a damaged tree, so there is no sharp bound.
            #expect((count ?? 0) <= 20 * Self.rows, "\(what)")
            for name: Path in ["state.db-wal", "state.db-shm"] { try scratch.disk.remove(name) }
        }
    }

    @Test("a database cut short at any length is an error or smaller")
    func truncated() throws {
        let bytes = try sample()
        // Every length of the header, the borders of pages, and a sample between them.
        let isLong = ProcessInfo.processInfo.environment["DBUILD_LONG"] == "1"
        let lengths = (0 ... bytes.count).filter {
            isLong || $0 <= 128 || $0 % 4096 < 2 || $0 % 4096 == 4095 || $0 % 509 == 0
        }
        for length in lengths { try check(Array(bytes[..<length]), "\(length) of \(bytes.count) bytes") }
    }

    @Test("a database with random damage is an error or gives whole rows")
    func damaged() throws {
        let bytes = try sample()
        for seed in 0 ..< 500 as Range<UInt64> {
            var random = SplitMix(state: seed)
            var damaged = bytes
            for _ in 0 ..< Int.random(in: 1 ... 20, using: &random) {
                let at = Int.random(in: 0 ..< damaged.count, using: &random)
                damaged[at] = UInt8.random(in: 0 ... 255, using: &random)
            }
            try check(damaged, "seed \(seed)")
        }
    }

    @Test("a row whose values have other types is an error or gives whole rows")
    func otherTypes() throws {
        let bytes = try sample()
        for (table, column) in try Self.columns(of: bytes) {
            for value in ["NULL", "-7", "1.5", "9e99", "'text'", "x'FF'", "x''", "zeroblob(70000)"] {
                let scratch = try Scratch()
                try scratch.write(bytes, "state.db")
                do {
                    let queue = try DatabaseQueue(path: scratch.root + "/state.db")
                    // A copy has no constraints, as a damaged file has none.
                    try queue.write { database in
                        // Else the triggers that name a table keep it from being replaced.
                        try database.execute(
                            sql: """
                                PRAGMA legacy_alter_table = ON;
                                CREATE TABLE damaged AS SELECT * FROM \(table); DROP TABLE \(table);
                                ALTER TABLE damaged RENAME TO \(table); UPDATE \(table) SET \(column) = \(value);
                                """)
                    }
                }
                let damaged = try scratch.disk.read("state.db")
                try check(damaged, "\(table).\(column) = \(value)")
            }
        }
    }

    /// Every column of every table.
    private static func columns(of bytes: [UInt8]) throws -> [(table: String, column: String)] {
        let scratch = try Scratch()
        try scratch.write(bytes, "state.db")
        let queue = try DatabaseQueue(path: scratch.root + "/state.db")
        return try queue.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT tables.name, columns.name FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
                    WHERE tables.type = 'table'
                    """
            ).map { ($0[0], $0[1]) }
        }
    }

    @Test("a later dbuild's database is refused, and its bytes stay as they are")
    func newer() throws {
        for (hasWriteAheadLog, readOnly) in [(true, true), (true, false), (false, true), (false, false)] {
            var bytes = try sample()
            // The file format's header: user_version at 60, highest byte first; 1 at 18 and 19 says rollback journal.
            bytes.replaceSubrange(60 ..< 64, with: [0, 0, 0, UInt8(StateDatabase.schemaVersion + 1)])
            if !hasWriteAheadLog { bytes.replaceSubrange(18 ..< 20, with: [1, 1]) }
            let scratch = try Scratch()
            try scratch.write(bytes, "state.db")
            #expect(
                throws: StateDatabase.Failure.newerSchema(
                    found: StateDatabase.schemaVersion + 1, known: StateDatabase.schemaVersion)
            ) {
                try StateDatabase(path: scratch.root + "/state.db", readOnly: readOnly, boot: "one")
            }
            #expect(try scratch.disk.read("state.db") == bytes, "log \(hasWriteAheadLog), read only \(readOnly)")
        }
    }

    @Test("what is no file, and what may not be opened, is an error")
    func noFile() throws {
        let scratch = try Scratch()
        try scratch.disk.makeDirectory("state.db")
        for readOnly in [true, false] {
            #expect(throws: StateDatabase.Failure.self) {
                try StateDatabase(path: scratch.root + "/state.db", readOnly: readOnly, boot: "one")
            }
        }
    }
}
