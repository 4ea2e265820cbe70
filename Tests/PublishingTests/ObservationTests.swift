import Artifact
import Calendar
import Foundation
import Planning
import Synchronization
import Tables
import Testing

@testable import dbuild

/// The newest observations in tables, as instants.
@Suite struct ObservationTests {
    private static let noon = "2013-12-01T11:00:00Z"

    @Test func `the same instant in any zone and spelling is the same observation`() async throws {
        let noon = try Instant.parse(Self.noon)
        for text in ["2013-12-01T06:00:00-05:00", "2013-12-01 20:00:00.000+09:00", Self.noon] {
            let bench = try Bench()
            defer { bench.remove() }
            try bench.write("id,at\n1,2013-12-01T04:00:00-05:00\n2,\(text)\n3,2013-11-30T23:59:59Z\n", to: "t.csv")
            #expect(try await bench.newest("at", "t.csv") == .newest(noon))
        }
    }

    @Test func `text is not compared`() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        // The first text is greater, the second instant later.
        try bench.write("at\n2013-12-01T12:00:00+09:00\n2013-12-01T06:00:00-05:00\n", to: "t.csv")
        #expect(try await bench.newest("at", "t.csv") == .newest(try Instant.parse(Self.noon)))
    }

    @Test func `a Parquet timestamp counts if it is UTC, and a text column if it has offsets`() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        let noon = try Instant.parse(Self.noon)
        let table = try Tables.Table(
            Schema([Field("at", .timestamp, nullable: true), Field("text", .string), Field("n", .int64)]),
            [
                .timestamp([Timestamp(microsecondsSinceEpoch: noon / 1000), nil, Timestamp(microsecondsSinceEpoch: 5)]),
                .string(["2013-12-01T20:00:00+09:00", "2013-12-01T06:00:00-05:00", "2013-11-30T00:00:00Z"]),
                .int64([1, 2, 3]),
            ])
        try ParquetWriter().write(table, to: bench.root + "/t.parquet")
        #expect(try await bench.newest("at", "t.parquet") == .newest(noon))
        #expect(try await bench.newest("text", "t.parquet") == .newest(noon))
        #expect(try await bench.newest("n", "t.parquet") == flawed("t.parquet", "n", .noInstants))
        #expect(try await bench.newest("none", "t.parquet") == flawed("t.parquet", "none", .noColumn))
    }

    @Test func `the maximum goes over all files, and nulls do not count`() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("at\n2013-12-01T11:00:00Z\n\"\"\n", to: "a.csv")
        try bench.write("n,at\n1,\n2,2013-11-01T11:00:00Z\n", to: "b.csv")
        try bench.write("at\n", to: "empty.csv")
        try bench.write("print()\n", to: "script.py")
        #expect(
            try await bench.newest("at", "empty.csv", "b.csv", "script.py", "a.csv")
                == .newest(try Instant.parse(Self.noon)))
        #expect(try await bench.newest("at", "empty.csv") == .nothing)
        #expect(try await bench.newest("at") == .nothing)
    }

    @Test func `what names no instant is a flaw and no guess`() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("at,day,n\n2013-12-01 11:00:00,2013-12-01,many\n", to: "t.csv")
        #expect(try await bench.newest("at", "t.csv") == flawed("t.csv", "at", .noZone))
        #expect(try await bench.newest("day", "t.csv") == flawed("t.csv", "day", .noZone))
        #expect(try await bench.newest("n", "t.csv") == flawed("t.csv", "n", .noInstants))
        #expect(try await bench.newest("At", "t.csv") == flawed("t.csv", "At", .noColumn))
        try bench.write("not parquet", to: "t.parquet")
        guard case .flawed("t.parquet", _, .unreadable(let why)) = try await bench.newest("at", "t.parquet") else {
            Issue.record("a damaged file was read")
            return
        }
        #expect(why.contains("t.parquet"))
    }

    @Test func `a table is read once for its content`() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("at\n2013-12-01T11:00:00Z\n", to: "t.csv")
        let first = try await bench.newest("at", "t.csv")
        let content = try #require(bench.survey.census("t.csv")?.content)
        // Another process knows it of the database; the file itself is not looked at.
        try FileManager.default.removeItem(atPath: bench.root + "/t.csv")
        #expect(bench.observations(records: false).newest(bench.column("at"), in: [("t.csv", content)]) == first)
        let other = Content(kind: .file, fingerprint: Fingerprint(digest: content.fingerprint.digest, sizeBytes: 1))
        #expect(
            bench.observations(records: false).newest(bench.column("at"), in: [("t.csv", other)]) == .away,
            "other content was believed to have the same observation")
    }

    @Test func `a file that moved since it was fingerprinted is read and not remembered`() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        try bench.write("at\n2013-12-01T11:00:00Z\n", to: "t.csv")
        try await bench.look(["t.csv"])
        let content = try #require(bench.survey.census("t.csv")?.content)
        try bench.write("at\n2014-12-01T11:00:00Z\n2014-12-01T11:00:00Z\n", to: "t.csv")
        _ = bench.observations(records: true).newest(bench.column("at"), in: [("t.csv", content)])
        try bench.write("at\n2013-12-01T11:00:00Z\n", to: "t.csv")
        #expect(
            bench.observations(records: false).newest(bench.column("at"), in: [("t.csv", content)])
                == .newest(try Instant.parse(Self.noon)))
    }

    @Test func `without a column the newest file counts, and of a directory its newest member`() async throws {
        let bench = try Bench()
        defer { bench.remove() }
        for (path, second) in [("a.csv", 100.0), ("tree/b.csv", 300), ("tree/deep/c.csv", 200)] {
            try bench.write("x", to: path)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: second)], ofItemAtPath: bench.root + "/" + path)
        }
        #expect(try await bench.newest(nil, "a.csv") == .newest(100_000_000_000))
        #expect(try await bench.newest(nil, "a.csv", "tree") == .newest(300_000_000_000))
        #expect(try await bench.newest(nil, "tree/deep/c.csv") == .newest(200_000_000_000))
        // A member of a directory that was looked at as a whole.
        let content = try #require(bench.survey.census("tree")?.members.first { $0.path == "deep/c.csv" }?.content)
        #expect(
            bench.observations(records: false).newest(nil, in: [("tree/deep/c.csv", content)])
                == .newest(200_000_000_000))
        #expect(try await bench.newest(nil) == .nothing)
    }

    private func flawed(_ path: Path, _ column: String, _ flaw: Observation.Flaw) -> Observation {
        .flawed(path: path, column: Array(column.utf8), flaw)
    }
}

/// A directory with files, a database, and what a run has seen of them.
private struct Bench {
    let root: String
    let disk: WorkspaceDisk
    let survey: Survey
    let database: StateDatabase

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "observations-\(UUID())").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        disk = try WorkspaceDisk(root: Path(root))
        survey = Survey(disk: disk, threads: Threads())
        database = try #require(try StateDatabase(path: root + "/state.db", readOnly: false, boot: "boot"))
    }

    func remove() { try? FileManager.default.removeItem(atPath: root) }

    func write(_ text: String, to path: String) throws {
        let file = URL(filePath: root + "/" + path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func look(_ paths: [Path]) async throws { try await survey.look(paths.map { ($0, nil) }) }

    func observations(records: Bool) -> Observations {
        Observations(root: root, disk: disk, survey: survey, database: database, records: records)
    }

    func column(_ name: String) -> Policy.ObservedColumn {
        Policy.ObservedColumn(property: Array("from".utf8), column: Array(name.utf8))
    }

    func newest(_ name: String?, _ paths: Path...) async throws -> Observation {
        try await look(paths)
        let inputs = try paths.map { path in (path: path, content: try #require(survey.census(path)?.content)) }
        return observations(records: true).newest(name.map { column($0) }, in: inputs)
    }
}
