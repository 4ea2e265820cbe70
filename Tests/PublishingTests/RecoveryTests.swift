import Artifact
import Testing

@testable import dbuild

struct RecoveryTests {
    /// Killed when the set was recorded and no file was in place yet.
    private func crashed(
        _ stage: Stage, _ outputs: Stage.Entries, published: [Trace.Output] = [], after calls: Int = 0
    ) throws -> Publication {
        let set = try stage.publication(outputs, published: published)
        #expect(throws: DiskError.self) {
            try stage.publish(set, stage.database(), FaultyDisk(stage.disk, .stops(after: calls)))
        }
        return set
    }

    private func recover(_ stage: Stage) throws -> Recovery.Outcome {
        try Recovery.run(stage.database(), FaultyDisk(stage.disk))
    }

    /// A set that cannot be completed: nothing of it is believed, and the next start finds nothing to do.
    private func expectBroken(_ stage: Stage) throws {
        let outcome = try recover(stage)
        #expect(Set(outcome.broken) == Set(stage.files + stage.trees))
        #expect(outcome.completed.isEmpty)
        let database = try stage.database()
        #expect(try stage.trace(in: database) == nil)
        #expect(try database.openPublications().isEmpty)
        #expect(try !stage.has(".dbuild/staging"))
        try stage.expectTrueCensus(database, "broken")
        let again = try recover(stage)
        #expect(again.broken.isEmpty && again.completed.isEmpty)
    }

    @Test("what lies where a directory is needed goes aside at the next start, too")
    func inTheWay() throws {
        let stage = try Stage(files: ["out/m/a"], trees: ["out/n/t"])
        try stage.write(["out/m": .file("somebody's"), "out/n": .file("another's")])
        let outputs: Stage.Entries = ["out/m/a": .file("new"), "out/n/t/x": .file("new")]
        let set = try crashed(stage, outputs)
        #expect(try recover(stage).broken.isEmpty)
        try stage.expectWhole(set, outputs, stage.database(), "in the way")
        for text in ["somebody's", "another's"] { try stage.expectKept(text, "in the way") }
    }

    @Test("a crash before the set is recorded leaves the old set as it was, and clears staging")
    func beforeTransaction() throws {
        let stage = try Stage(files: ["f"], trees: ["t"])
        let old: Stage.Entries = ["f": .file("old"), "t/a": .file("old")]
        let published = try stage.publishWell(old)
        let key = try stage.trace(in: stage.database())?.key
        _ = try stage.publication(["f": .file("new"), "t/b": .file("new")], published: published)
        let outcome = try recover(stage)
        #expect(outcome.completed.isEmpty && outcome.broken.isEmpty)
        #expect(try stage.trace(in: stage.database())?.key == key)
        #expect(try stage.entries("f") == ["f": .file("old")])
        #expect(try stage.entries("t") == ["t": .directory, "t/a": .file("old")])
        #expect(try !stage.has(".dbuild/staging"))
    }

    @Test("staged files that a crash of the machine has lost or damaged break the set", arguments: [0, 2, 4])
    func lost(calls: Int) throws {
        for damage in ["lost", "empty", "other"] {
            let stage = try Stage(files: ["f", "g"], trees: ["t"])
            let published = try stage.publishWell(["f": .file("old"), "g": .file("old"), "t/a": .file("old")])
            let set = try crashed(
                stage, ["f": .file("new"), "g": .file("new"), "t/a": .file("new")], published: published, after: calls)
            for case .put(_, _, _, let staged, _) in set.changes where try stage.has(staged) {
                switch damage {
                case "lost": try stage.disk.remove(staged)
                case "empty": try stage.disk.write([], to: staged)
                default: try stage.disk.write(Array("wen".utf8), to: staged)
                }
            }
            try expectBroken(stage)
        }
    }

    @Test("a set that was finished before is not touched by another's breaking")
    func otherSets() throws {
        let stage = try Stage(files: ["f"])
        _ = try crashed(stage, ["f": .file("new")])
        let database = try stage.database()
        let other = Publication(
            identity: Trace.identity(of: ["other"]), rule: [],
            .built(
                Trace(
                    key: Trace.identity(of: []), parts: [],
                    outputs: [Trace.Output(path: "other", content: try finish("other", stage, database))], missing: [],
                    builtAtNanoseconds: 0, run: 1, durationSeconds: 0, peakBytes: 0), nil),
            changes: [], run: 1)
        try stage.publish(other, database, FaultyDisk(stage.disk))
        try stage.disk.removeTree(".dbuild/staging")
        try expectBroken(stage)
        var identities: [Bool] = []
        try stage.database().forEachTrace { identities.append($0.identity == other.identity) }
        #expect(identities == [true])
    }

    private func finish(_ path: Path, _ stage: Stage, _ database: StateDatabase) throws -> Content {
        try stage.write([path: .file("finished")])
        return try #require(try stage.census(path)).content
    }

    @Test("what a person does between the crash and the next start is not destroyed", arguments: AfterCrash.allCases)
    func afterCrash(what: AfterCrash) throws {
        for calls in 0 ..< 10 {
            let stage = try Stage(files: ["f"], trees: ["t"])
            let published = try stage.publishWell([
                "f": .file("old"), "t/changed": .file("old"), "t/removed": .file("old"), "t/sub/removed": .file("old"),
            ])
            let outputs: Stage.Entries = ["f": .file("new"), "t/changed": .file("new")]
            _ = try crashed(stage, outputs, published: published, after: calls)
            try what.apply(stage)
            _ = try recover(stage)
            try stage.expectKept("somebody's", "after \(calls) calls")
            let again = try recover(stage)
            #expect(again.broken.isEmpty && again.completed.isEmpty)
            try stage.expectTrueCensus(stage.database(), "after \(calls) calls")
        }
    }

    enum AfterCrash: CaseIterable {
        case file, fileToDirectory, member, removedMember, memberBelowRemoved, newMember, memberToDirectory, treeToFile

        func apply(_ stage: Stage) throws {
            switch self {
            case .file: try stage.write(["f": .file("somebody's")])
            case .fileToDirectory: try replace("f", with: ["f/below": .file("somebody's")], stage)
            case .member: try stage.write(["t/changed": .file("somebody's")])
            case .removedMember: try stage.write(["t/removed": .file("somebody's")])
            case .memberBelowRemoved: try stage.write(["t/sub/new": .file("somebody's")])
            case .newMember: try stage.write(["t/new": .file("somebody's")])
            case .memberToDirectory: try replace("t/changed", with: ["t/changed/below": .file("somebody's")], stage)
            case .treeToFile: try replace("t", with: ["t": .file("somebody's")], stage)
            }
        }

        private func replace(_ path: Path, with entries: Stage.Entries, _ stage: Stage) throws {
            try stage.disk.removeTree(path)
            try stage.write(entries)
        }
    }

    @Test("a FIFO in an output's place does not stop the next start")
    func fifo() throws {
        let stage = try Stage(files: ["f"])
        _ = try crashed(stage, ["f": .file("new")])
        try stage.makeFIFO("f")
        _ = try recover(stage)
        #expect(try stage.database().openPublications().isEmpty)
        #expect(try !stage.has(".dbuild/staging"))
    }

    @Test("a set that leads to another file system breaks, and does not stop every later start")
    func otherFileSystem() throws {
        let stage = try Stage(files: ["out/f"])
        try stage.disk.makeLink("out", to: Array("/proc".utf8))
        let set = try stage.publication(["out/f": .file("new")])
        #expect(throws: DiskError.self) { try stage.publish(set, stage.database(), FaultyDisk(stage.disk)) }
        try expectBroken(stage)
    }

    /// - Source: errno(3): EXDEV, ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP.
    @Test("an error that no retry cures breaks its set", arguments: [18, 20, 21, 36, 40] as [Int32])
    func lastingErrors(errno: Int32) throws {
        let stage = try Stage(files: ["f"])
        _ = try crashed(stage, ["f": .file("new")])
        let outcome = try Recovery.run(
            stage.database(), FaultyDisk(stage.disk, .fails(call: 1, errno: errno)))
        #expect(outcome.broken == ["f"])
        #expect(try stage.database().openPublications().isEmpty)
    }

    /// - Source: errno(3): EIO, EACCES, ENOSPC, EROFS.
    @Test("an error that may pass leaves its set to the next start", arguments: [5, 13, 28, 30] as [Int32])
    func passingErrors(errno: Int32) throws {
        let stage = try Stage(files: ["f"])
        _ = try crashed(stage, ["f": .file("new")])
        #expect(throws: DiskError.self) {
            try Recovery.run(stage.database(), FaultyDisk(stage.disk, .fails(call: 1, errno: errno)))
        }
        #expect(try recover(stage).completed == ["f"])
    }

    @Test("what a dying process writes into staging does not stop a start")
    func dyingWriter() throws {
        let first = try littered()
        let counting = FaultyDisk(first.disk)
        _ = try Recovery.run(first.database(), counting)
        for call in 1 ... counting.calls {
            let stage = try littered()
            let disk = stage.disk
            // It knows its directory, wherever that is moved.
            let writer = FaultyDisk(disk) { number in
                guard number >= call else { return }
                for place: Path in [".dbuild/staging/9-0", ".dbuild/discarded/1/9-0"] {
                    try? disk.write(Array("late".utf8), to: place / Path("late-\(number)"))
                }
            }
            _ = try Recovery.run(stage.database(), writer)
            #expect(try !stage.has(".dbuild/staging"), "from call \(call)")
            _ = try recover(stage)
            #expect(try stage.disk.names(in: ".dbuild").isEmpty, "from call \(call)")
        }
    }

    /// With what an action has left in staging.
    private func littered() throws -> Stage {
        let stage = try Stage(files: ["f"])
        try stage.write([".dbuild/staging/9-0/a": .file("a"), ".dbuild/staging/9-0/sub/b": .file("b")])
        return stage
    }
}
