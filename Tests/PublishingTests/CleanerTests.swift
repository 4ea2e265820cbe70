import Artifact
import Hashing
import Planning
import Testing

@testable import dbuild

/// Removing what was decided, on disks on which something goes wrong, and beside somebody who edits.
@Suite struct CleanerTests {
    private static let files: [Path] = ["out/a", "out/deep/b", "out/t/x", "out/t/d/y"]

    /// Two actions' outputs, one of them a tree, as they were published; all above them is dbuild's.
    private struct Made {
        let stage: Stage
        let database: StateDatabase
        let cleaning: Cleaning
        let stamps: [Path: Stamp]
        let identities: [Digest]

        init() throws {
            stage = try Stage(files: ["out/a", "out/deep/b"], trees: ["out/t"])
            for path in files { try stage.write([path: .file("made \(path)")]) }
            database = try #require(
                try StateDatabase(path: stage.root + "/state.db", readOnly: false, boot: "one"))
            var taker = CensusTaker(disk: FaultyDisk(stage.disk))
            var stamps: [Path: Stamp] = [:]
            var outputs: [Trace.Output] = []
            for path: Path in ["out/a", "out/deep/b", "out/t"] {
                let census = try #require(try taker.take(path, known: nil))
                stamps[path] = census.stamp
                for member in census.members { stamps[path / member.path] = member.stamp }
                outputs.append(Trace.Output(path: path, content: census.content, members: census.output))
            }
            let sets = [Array(outputs.prefix(2)), [outputs[2]]]
            let identities = sets.map { Trace.identity(of: $0.map(\.path)) }
            let publications = zip(identities, sets).map { identity, outputs in
                Publication(
                    identity: identity, rule: [],
                    .built(
                        Trace(
                            key: identity, parts: [], outputs: outputs, builtAtNanoseconds: 1, run: 1,
                            durationSeconds: 1, peakBytes: 0), nil), changes: [], run: 1)
            }
            let ways = Dictionary(uniqueKeysWithValues: ["out", "out/deep"].map { (Path($0), Way.made) })
            let rows = try database.open(publications, ways: ways)
            try database.close(rows.map { ($0, []) })
            cleaning = Cleaning(
                zip(identities, sets).map { identity, outputs in
                    Cleaning.Made(
                        identity: identity, rule: [], action: nil,
                        outputs: outputs.map {
                            Cleaning.Output(path: $0.path, recorded: $0, found: .content($0.content, $0.members))
                        }, builtAtNanoseconds: 1, durationSeconds: 1)
                }, Cleaning.Terms(), ways: ways)
            (self.stamps, self.identities) = (stamps, identities)
        }

        func clean(on disk: any Disk) throws -> Cleaner.Outcome {
            var cleaner = Cleaner(database, disk, ways: try database.ways(), stamps: stamps, aside: nil)
            try cleaner.run(cleaning)
            return cleaner.outcome
        }

        func isThere(_ path: Path) throws -> Bool { try stage.disk.stamp(path, followsLink: false) != nil }

        /// An action is forgotten where nothing of it is left, and only there.
        func expectAgreement(_ said: Comment) throws {
            let left = [
                try files.prefix(2).contains { try isThere($0) }, try files.suffix(2).contains { try isThere($0) },
            ]
            #expect(try identities.map { try database.trace(of: $0) != nil } == left, said)
        }
    }

    @Test func `all of it goes, with the directories that dbuild made`() throws {
        let made = try Made()
        let outcome = try made.clean(on: FaultyDisk(made.stage.disk))
        #expect(Set(outcome.done.flatMap(\.pieces).map(\.path)) == Set(Self.files))
        #expect(outcome.kept.isEmpty && outcome.failures.isEmpty)
        #expect(try !made.isThere("out"))
        #expect(try made.database.ways().isEmpty)
        try made.expectAgreement("whole")
    }

    @Test func `whichever call fails, it is said, what is left is known, and a second time removes it`() throws {
        let whole = try Made()
        let counting = FaultyDisk(whole.stage.disk)
        _ = try whole.clean(on: counting)
        let calls = counting.calls
        #expect(calls > 10)
        for call in 1 ... calls {
            let made = try Made()
            let disk = FaultyDisk(made.stage.disk, .fails(call: call, errno: FaultyDisk.notPermitted))
            let outcome = try made.clean(on: disk)
            #expect(outcome.failures.count == 1, "call \(call)")
            try made.expectAgreement("call \(call)")
            _ = try made.clean(on: FaultyDisk(made.stage.disk))
            for path in Self.files { #expect(try !made.isThere(path), "call \(call)") }
            #expect(try !made.isThere("out"), "call \(call)")
        }
    }

    @Test func `what is edited or replaced before it is its turn stays, with its record`() throws {
        for path in Self.files {
            for edit in [Stage.Entry.file("edited"), .link("elsewhere")] {
                let made = try Made()
                try made.stage.disk.remove(path)
                try made.stage.write([path: edit])
                let outcome = try made.clean(on: FaultyDisk(made.stage.disk))
                #expect(outcome.kept == [Cleaning.Kept(path: path, obstacle: .edited)])
                #expect(try made.isThere(path))
                try made.expectAgreement("\(path)")
            }
        }
    }

    @Test func `written again with the same bytes it is the same`() throws {
        let made = try Made()
        for path in Self.files {
            try made.stage.disk.remove(path)
            try made.stage.write([path: .file("made \(path)")])
        }
        #expect(try made.clean(on: FaultyDisk(made.stage.disk)).kept.isEmpty)
        #expect(try !made.isThere("out"))
    }

    @Test func `a directory that has become a link meanwhile is not followed`() throws {
        let made = try Made()
        try made.stage.disk.rename("out/t", to: "kept")
        try made.stage.disk.makeLink("out/t", to: Array("../kept".utf8))
        let outcome = try made.clean(on: FaultyDisk(made.stage.disk))
        #expect(outcome.kept.map(\.obstacle) == [.behind(link: "out/t"), .behind(link: "out/t")])
        #expect(try made.isThere("kept/x") && made.isThere("kept/d/y") && made.isThere("out/t"))
    }
}
