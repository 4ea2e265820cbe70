import Artifact
import Testing

@testable import dbuild

struct DisplacedTests {
    @Test("what went aside before is never replaced, whatever lies where it went")
    func neverReplaced() throws {
        let stage = try Stage(files: ["f"])
        let paths: [Path] = ["a", "a/b", "a/b/c", "a", "a/b"]
        for path in paths {
            try stage.disk.removeTree("a")
            try stage.write([path: .file("somebody's")])
            _ = try stage.disk.displace(path, below: Displaced.directory(run: 7))
        }
        let kept = try stage.entries(Displaced.root).filter { $0.value == .file("somebody's") }
        #expect(kept.count == paths.count)
    }

    @Test("a name as long as names can be finds another place too")
    func longName() throws {
        let stage = try Stage(files: ["f"])
        let path = Path([UInt8](repeating: UInt8(ascii: "x"), count: 255))
        for _ in 1 ... 2 {
            try stage.write([path: .file("somebody's")])
            _ = try stage.disk.displace(path, below: Displaced.directory(run: 7))
        }
        #expect(try stage.disk.names(in: Displaced.root) == ["7", "7~2"])
    }

    @Test("a set that is published in a directory of an earlier run replaces nothing there")
    func sameRunNumber() throws {
        let stage = try Stage(files: ["f"])
        try stage.write([".dbuild/displaced/1/f": .file("earlier"), "f": .file("somebody's")])
        let outputs: Stage.Entries = ["f": .file("new")]
        let set = try stage.publication(outputs)
        // Another one, after the set was made.
        try stage.write([".dbuild/displaced/1~2/f": .file("later")])
        try stage.publish(set, stage.database(), FaultyDisk(stage.disk))
        try stage.expectWhole(set, outputs, stage.database(), "same number")
        for text in ["earlier", "later", "somebody's"] { try stage.expectKept(text, "same number") }
    }

    @Test("what lies where a set needs a directory goes aside", arguments: zip([["out/m/a"], []], [[], ["out/m/t"]]))
    func inTheWay(files: [Path], trees: [Path]) throws {
        let stage = try Stage(files: files, trees: trees)
        try stage.write(["out/m": .file("somebody's")])
        var outputs: Stage.Entries = [:]
        for path in files { outputs[path] = .file("new") }
        for path in trees { outputs[path / "x/y"] = .file("new") }
        let set = try stage.publication(outputs)
        try stage.publish(set, stage.database(), FaultyDisk(stage.disk))
        try stage.expectWhole(set, outputs, stage.database(), "in the way")
        try stage.expectKept("somebody's", "in the way")
    }

    @Test("behind a link to a directory it goes aside as well, and the link stays")
    func inTheWayBehindALink() throws {
        let stage = try Stage(files: ["out/m/a"])
        try stage.write(["big/m": .file("somebody's")])
        try stage.disk.makeLink("out", to: Array("big".utf8))
        let set = try stage.publication(["out/m/a": .file("new")])
        try stage.publish(set, stage.database(), stage.disk)
        #expect(try stage.disk.read("big/m/a") == Array("new".utf8))
        #expect(try stage.disk.linkTarget("out") == Array("big".utf8))
        try stage.expectKept("somebody's", "behind a link")
    }

    @Test("a link where a set needs a directory stays, wherever it leads", arguments: ["f", "nowhere"])
    func linkInTheWay(target: String) throws {
        let stage = try Stage(files: ["out/new"])
        try stage.disk.makeLink("out", to: Array(target.utf8))
        try stage.write(["f": .file("another")])
        let set = try stage.publication(["out/new": .file("new")])
        #expect(throws: DiskError.self) { try stage.publish(set, stage.database(), stage.disk) }
        #expect(try stage.disk.linkTarget("out") == Array(target.utf8))
    }

    @Test("numbers of runs do not begin again where a run has left anything")
    func runNumbers() throws {
        let stage = try Stage(files: ["f"])
        #expect(try RunNumber.leastUnused(stage.disk) == 1)
        for name in ["runs/3", "runs/notes", "displaced/11~2", "displaced/recovery", "runs/9223372036854775807"] {
            try stage.disk.makeDirectory(Path(".dbuild") / Path(name))
        }
        #expect(try RunNumber.leastUnused(stage.disk) == 12)
    }
}
