import Artifact
import Testing

@testable import dbuild

/// What people do between the look at a workspace and the end of a publication.
struct MeanwhileTests {
    private static let old: Stage.Entries = [
        "f": .file("old"), "t/changed": .file("old"), "t/removed": .file("old"), "t/sub/removed": .file("old"),
        "t/same": .file("same"),
    ]
    private static let new: Stage.Entries = [
        "f": .file("new"), "t/changed": .file("new"), "t/same": .file("same"), "t/added": .file("new"),
    ]

    /// A set that is ready, of outputs that were looked at a moment ago.
    private func ready() throws -> (Stage, Publication) {
        let stage = try Stage(files: ["f"], trees: ["t"])
        let published = try stage.publishWell(Self.old)
        return (stage, try stage.publication(Self.new, published: published))
    }

    @Test(
        "what somebody writes while the action runs goes aside",
        arguments: ["f", "t/changed", "t/removed", "t/sub/removed", "t/added", "t/foreign", "t/sub/foreign", "t/a/b"])
    func written(path: Path) throws {
        let (stage, set) = try ready()
        try stage.write([path: .file("somebody's")])
        let displaced = try stage.publish(set, stage.database(), FaultyDisk(stage.disk))
        let aside = try displaced.flatMap { try stage.entries($0.target).values.filter { $0 != .directory } }
        #expect(aside == [.file("somebody's")])
        try stage.expectWhole(set, Self.new, stage.database(), "\(path)")
        try stage.expectKept("somebody's", "\(path)")
    }

    @Test("a directory that somebody makes where a file is to be put goes aside", arguments: ["f", "t/changed"])
    func directory(path: Path) throws {
        let (stage, set) = try ready()
        try stage.disk.remove(path)
        try stage.write([path / "below": .file("somebody's")])
        try stage.publish(set, stage.database(), FaultyDisk(stage.disk))
        try stage.expectWhole(set, Self.new, stage.database(), "\(path)")
        try stage.expectKept("somebody's", "\(path)")
    }

    @Test("a file that somebody puts where a directory is to be made goes aside")
    func fileForDirectory() throws {
        let stage = try Stage(files: [], trees: ["t"])
        let outputs: Stage.Entries = ["t/sub/a": .file("new")]
        let set = try stage.publication(outputs)
        try stage.write(["t/sub": .file("somebody's")])
        try stage.publish(set, stage.database(), FaultyDisk(stage.disk))
        try stage.expectWhole(set, outputs, stage.database(), "sub")
        try stage.expectKept("somebody's", "sub")
    }

    @Test("what somebody has removed meanwhile need not be moved", arguments: ["f", "t/removed", "t/foreign"])
    func removed(path: Path) throws {
        let stage = try Stage(files: ["f"], trees: ["t"])
        let published = try stage.publishWell(Self.old)
        try stage.write(["f": .file("edited"), "t/foreign": .file("foreign")])
        let set = try stage.publication(Self.new, published: published)
        try stage.disk.remove(path)
        try stage.publish(set, stage.database(), FaultyDisk(stage.disk))
        try stage.expectWhole(set, Self.new, stage.database(), "\(path)")
    }

    @Test("a file touched meanwhile that still holds what dbuild put there does not go aside")
    func touched() throws {
        let (stage, set) = try ready()
        try stage.write(["f": .file("old"), "t/removed": .file("old"), "t/added": .file("new")])
        try stage.publish(set, stage.database(), FaultyDisk(stage.disk))
        try stage.expectWhole(set, Self.new, stage.database(), "touched")
        #expect(try !stage.has(".dbuild/displaced"))
    }

    @Test("a file that somebody adds to a tree at any moment of its publishing does not stay unseen")
    func added() throws {
        let (stage, set) = try ready()
        let counting = FaultyDisk(stage.disk)
        try stage.publish(set, stage.database(), counting)
        for call in 1 ... counting.calls {
            let (stage, set) = try ready()
            let disk = stage.disk
            // By the real clock: a tick may hide what comes behind the last look.
            let visited = FaultyDisk(disk, aheadNanoseconds: 0) { number in
                if number == call { try? disk.write(Array("somebody's".utf8), to: "t/foreign") }
            }
            try stage.publish(set, stage.database(), visited)
            try stage.expectKept("somebody's", "before call \(call)")
            try stage.expectTrueCensus(stage.database(), "before call \(call)")
        }
    }
}
