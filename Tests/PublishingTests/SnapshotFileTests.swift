import Artifact
import Foundation
import Hashing
import Planning
import Testing

@testable import dbuild

/// The file that stands in for the database's rows: believed where it says the same, and nowhere else.
@Suite struct SnapshotFileTests {
    private let stage: Stage
    private let plan: Plan
    private var file: SnapshotFile { SnapshotFile(stage.disk) }
    private static let place = Path(".dbuild/snapshot")
    private static let seen = Census(
        content: Content(kind: .file, fingerprint: Fingerprint(digest: Digest(high: 1, low: 2), sizeBytes: 3)),
        stamp: {
            var stamp = Stamp()
            (stamp.inode, stamp.mode, stamp.changedNanoseconds) = (7, 0o100644, 9)
            return stamp
        }())

    init() throws {
        stage = try Stage(files: ["out"])
        try stage.disk.makeDirectory(".dbuild")
        var builder = PlanBuilder()
        try builder.addSource("a", mayBeAbsent: false, place: Place(file: [], line: 1))
        try builder.addSource("b/c", mayBeAbsent: false, place: Place(file: [], line: 2))
        plan = try builder.finish(isWhole: true)
    }

    /// Does something with the database, and closes it.
    private func withDatabase<Result>(_ body: (StateDatabase) throws -> Result) throws -> Result {
        let database = try #require(
            try StateDatabase(path: stage.root + "/.dbuild/state.db", readOnly: false, boot: Machine.bootIdentity))
        defer { database.close() }
        return try body(database)
    }

    /// A file of what the database says.
    private func write() throws {
        let remembered = try withDatabase { database in
            try database.record([("a", Self.seen)])
            return try Remembered(plan, from: database)
        }
        try file.write(remembered, of: plan, taken: nil, isUnchanged: false)
    }

    private var artifact: ArtifactID { get throws { try #require(plan.artifact(at: "a")) } }

    @Test func `it says what the rows say`() throws {
        try write()
        let found = try #require(file.find()?.remembered(of: plan))
        #expect(found.snapshot.census(of: try artifact) == Self.seen)
        #expect(found.snapshot.census(of: try #require(plan.artifact(at: "b/c"))) == nil)
        let rows = try withDatabase { try Remembered(plan, from: $0) }
        #expect(found.rest == rows.rest)
    }

    @Test func `whoever takes it leaves none, until it is written again`() throws {
        try write()
        let taken = try #require(try file.take())
        #expect(file.find() == nil)
        #expect(try file.take() == nil)
        let remembered = try #require(taken.remembered(of: plan))
        try file.write(remembered, of: plan, taken: taken, isUnchanged: true)
        #expect(file.find()?.remembered(of: plan) != nil)
    }

    @Test func `it is not believed when the database has changed since`() throws {
        try write()
        try withDatabase { try $0.record([("a", nil)]) }
        #expect(file.find() == nil)
    }

    @Test func `it is of no use to another plan`() throws {
        try write()
        var builder = PlanBuilder()
        try builder.addSource("a", mayBeAbsent: true, place: Place(file: [], line: 1))
        try builder.addSource("b/c", mayBeAbsent: false, place: Place(file: [], line: 2))
        let other = try builder.finish(isWhole: true)
        let confirmed = try #require(file.find())
        #expect(confirmed.remembered(of: other) == nil)
        #expect(confirmed.remembered(of: plan) != nil)
    }

    @Test func `no byte of it can be another one, and none can be missing`() throws {
        try write()
        let bytes = try stage.disk.read(Self.place)
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x41
            try stage.disk.write(damaged, to: Self.place)
            #expect(file.find()?.remembered(of: plan) == nil, "byte \(index)")
        }
        for count in stride(from: 0, to: bytes.count, by: 7) {
            try stage.disk.write(Array(bytes[..<count]), to: Self.place)
            #expect(file.find()?.remembered(of: plan) == nil, "\(count) bytes")
        }
        try stage.disk.write(bytes, to: Self.place)
        #expect(file.find()?.remembered(of: plan) != nil)
    }

    @Test func `rows that were written since are read again, and no others`() throws {
        var remembered = try withDatabase { database in
            try database.record([("a", Self.seen)])
            return try Remembered(plan, from: database)
        }
        try withDatabase { database in
            try database.record([("b/c", Self.seen)])
            let journal = database.takeJournal()
            #expect(journal.paths == ["b/c"])
            #expect(database.takeJournal().isEmpty)
            try remembered.refresh(journal, plan, database)
        }
        #expect(remembered.snapshot.census(of: try #require(plan.artifact(at: "b/c"))) == Self.seen)
        #expect(remembered.snapshot.census(of: try artifact) == Self.seen)
    }

    /// Takes the file, has the database say something of another artifact, and writes what that comes to.
    ///
    /// - Returns: what the rows say.
    private func change() throws -> Remembered {
        let taken = try #require(try file.take())
        var remembered = try #require(taken.remembered(of: plan))
        let before = remembered
        let rows = try withDatabase { database in
            try database.record([("b/c", Self.seen)])
            try remembered.refresh(database.takeJournal(), plan, database)
            return try Remembered(plan, from: database)
        }
        // Who had it before does not see what was changed.
        #expect(before.snapshot.census(of: try #require(plan.artifact(at: "b/c"))) == nil)
        try file.write(remembered, of: plan, taken: taken, isUnchanged: false)
        return rows
    }

    private var inode: UInt64 {
        get throws { try #require(try stage.disk.stamp(Self.place, followsLink: false)).inode }
    }

    @Test func `where little has changed only that is written`() throws {
        try write()
        let before = try inode
        let rows = try change()
        #expect(try inode == before)
        let found = try #require(file.find()?.remembered(of: plan))
        for name in ["a", "b/c"] as [Path] {
            let artifact = try #require(plan.artifact(at: name))
            #expect(found.snapshot.census(of: artifact) == rows.snapshot.census(of: artifact))
            #expect(found.snapshot.census(of: artifact) == Self.seen)
        }
        #expect(found.rest == rows.rest)
        let patched = try stage.disk.read(Self.place)
        try stage.disk.remove(Self.place)
        try file.write(rows, of: plan, taken: nil, isUnchanged: false)
        #expect(try stage.disk.read(Self.place) == patched)
    }

    @Test func `whoever reads it goes on reading what it said`() throws {
        try write()
        let reader = try #require(file.find())
        let before = try inode
        _ = try change()
        #expect(try inode != before)
        let read = try #require(reader.remembered(of: plan))
        #expect(read.snapshot.census(of: try #require(plan.artifact(at: "b/c"))) == nil)
        #expect(read.snapshot.census(of: try artifact) == Self.seen)
        #expect(file.find()?.remembered(of: plan)?.snapshot.census(of: try #require(plan.artifact(at: "b/c"))) != nil)
    }
}
