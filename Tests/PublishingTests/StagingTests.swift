import Artifact
import Foundation
import Testing

@testable import dbuild

/// Places for actions: each is as if it were new, however the one before left it.
struct StagingTests {
    private static func tree(_ stage: Stage, _ place: Path) throws -> [String] {
        func below(_ directory: Path) throws -> [Path] {
            try stage.disk.names(in: directory).flatMap { name -> [Path] in
                let path = directory / name
                let isDirectory = try stage.disk.stamp(path, followsLink: false)?.type == .directory
                return [path] + (isDirectory ? try below(path) : [])
            }
        }
        return try below(place).compactMap { $0.below(place).map { "\($0)" } }
    }

    @Test("a place holds exactly the directories that were asked for, and those above them")
    func prepared() throws {
        let stage = try Stage(files: ["x"])
        let staging = Staging(run: 7, stage.disk)
        let place = staging.take(["a/b", "c", "", "a"])
        try staging.prepare(place)
        #expect(try Self.tree(stage, place.path) == ["a", "a/b", "c"])
        #expect(staging.take().path != place.path)
        staging.giveBack(place)
        let again = staging.take(["c", "a/b"])
        #expect(again.path == place.path)
        try staging.prepare(again)
        #expect(try Self.tree(stage, place.path) == ["a", "a/b", "c"])
    }

    @Test("who wants the same gets a place as it is, and one that is not is changed only where there are many")
    func fitting() throws {
        let stage = try Stage(files: ["x"])
        let staging = Staging(run: 7, stage.disk)
        let wanted: [[Path]] = (0 ..< 16).map { ["both", Path("\($0)/below")] }
        let places = wanted.map { staging.take($0) }
        #expect(Set(places.map(\.path)).count == 16)
        for place in places {
            try staging.prepare(place)
            staging.giveBack(place)
        }
        let before = try places.map { try stage.disk.stamp($0.path, followsLink: false) }
        for index in [3, 15, 0] { #expect(staging.take(wanted[index]).path == places[index].path) }
        #expect(try places.map { try stage.disk.stamp($0.path, followsLink: false) } == before)
        // Two directories to remove, where any other has two to be made as well.
        let changed = staging.take(["both"])
        #expect(places.map(\.path).contains(changed.path))
        try staging.prepare(changed)
        #expect(try Self.tree(stage, changed.path) == ["both"])
    }

    @Test(
        "whatever an action leaves is gone for the next one, and directories that it changed are new",
        arguments: [
            false, true,
        ])
    func emptied(isLookedAt: Bool) throws {
        let stage = try Stage(files: ["x"])
        let staging = Staging(run: 7, stage.disk)
        let wanted: [Path] = ["a/b", "c/d", "e", "tree/below"]
        let place = staging.take(wanted)
        try staging.prepare(place)
        try stage.disk.write([1], to: place.path / "a/b/left")
        try stage.disk.write([1], to: place.path / "out")
        try stage.disk.write([1], to: place.path / "tree/below/member")
        try stage.disk.makeDirectory(place.path / "a/more/below")
        try stage.disk.removeTree(place.path / "c")
        try stage.disk.makeLink(place.path / "c", to: Array("/nowhere".utf8))
        try stage.disk.removeTree(place.path / "e")
        if isLookedAt {
            let look = try staging.look(into: place, declared: ["out", "tree"])
            #expect(look.others == ["a/b/left", "a/more", "c", "out", "tree"])
            #expect(!staging.giveBackEmpty(place, look, without: ["out"]))
            try stage.disk.remove(place.path / "out")
            staging.giveBack(place, look, without: ["out"])
        } else {
            staging.giveBack(place)
        }
        #expect(try Self.tree(stage, place.path) == ["a", "a/b", "tree", "tree/below"])
        // What it holds is known.
        let kept = staging.take(["a/b", "tree/below"])
        #expect(kept.path == place.path)
        staging.giveBack(kept)
        for _ in 0 ..< 15 { try staging.prepare(staging.take(["other"])) }
        let again = staging.take(wanted)
        #expect(again.path == place.path)
        try staging.prepare(again)
        #expect(try Self.tree(stage, place.path) == ["a", "a/b", "c", "c/d", "e", "tree", "tree/below"])
    }

    @Test("a place from which all has been moved is given back without a look at it")
    func moved() throws {
        let stage = try Stage(files: ["x"])
        let counted = FaultyDisk(stage.disk)
        let staging = Staging(run: 7, counted)
        let place = staging.take(["a"])
        try staging.prepare(place)
        try stage.disk.write([1], to: place.path / "a/out")
        let look = try staging.look(into: place, declared: ["a/out"])
        #expect(look.others == ["a/out"])
        try stage.disk.rename(place.path / "a/out", to: "out")
        let calls = counted.calls
        #expect(staging.giveBackEmpty(place, look, without: ["a/out"]))
        let again = staging.take(["a"])
        try staging.prepare(again)
        #expect(again.path == place.path)
        #expect(counted.calls == calls)
    }

    @Test("a place that an action has made away with is not used again")
    func lost() throws {
        let stage = try Stage(files: ["x"])
        let staging = Staging(run: 7, stage.disk)
        let place = staging.take(["a"])
        try staging.prepare(place)
        try stage.disk.removeTree(place.path)
        staging.giveBack(place)
        #expect(staging.take(["a"]).path != place.path)
    }

    @Test("what was not given back outlives the run")
    func closed() throws {
        let stage = try Stage(files: ["x"])
        let staging = Staging(run: 7, stage.disk)
        let (kept, given) = (staging.take(["a"]), staging.take(["a"]))
        for place in [kept, given] { try staging.prepare(place) }
        try stage.disk.write([1], to: kept.path / "a/staged")
        staging.giveBack(given)
        staging.close()
        #expect(try stage.disk.read(kept.path / "a/staged") == [1])
        #expect(try stage.disk.stamp(given.path, followsLink: false) == nil)
        staging.giveBack(kept)
        staging.close()
        #expect(try stage.disk.stamp(".dbuild/staging/7", followsLink: false) == nil)
    }

    /// A run that has had places for these, and has ended.
    private static func keep(_ stage: Stage, run: Int64, _ wanted: [[Path]]) throws {
        let staging = Staging(run: run, stage.disk)
        let places = wanted.map { staging.take($0) }
        for place in places { try staging.prepare(place) }
        for place in places { staging.giveBack(place) }
        staging.closeKeepingPlaces()
    }

    @Test("the next run has the places of the one before, with their directories")
    func keptPlaces() throws {
        let stage = try Stage(files: ["x"])
        try Self.keep(stage, run: 7, [["a/b"], ["c"]])
        #expect(try !stage.has(".dbuild/staging"))
        #expect(try Self.tree(stage, ".dbuild/places") == ["1", "1/a", "1/a/b", "2", "2/c"])
        let before = try stage.disk.stamp(".dbuild/places/2/c", followsLink: false)
        let staging = Staging(run: 8, stage.disk)
        let place = staging.take(["c"])
        try staging.prepare(place)
        #expect(place.path == ".dbuild/staging/8/2")
        #expect(try !stage.has(".dbuild/places"))
        #expect(try stage.disk.stamp(place.path / "c", followsLink: false)?.inode == before?.inode)
        let other = staging.take(["d"])
        try staging.prepare(other)
        #expect(try Self.tree(stage, other.path) == ["d"])
        staging.giveBack(other)
        // It is not over: what it has left is for the next start to clear.
        staging.closeKeepingPlaces()
        #expect(try !stage.has(".dbuild/places"))
    }

    @Test(
        "a place in which anything but directories lies is not used again",
        arguments: ["1/file", "1/a/link", "1/closed", "junk", "0", "01/x"])
    func spoiltPlaces(what: String) throws {
        let stage = try Stage(files: ["x"])
        try Self.keep(stage, run: 7, [["a"]])
        let path = Path(".dbuild/places") / Path(what)
        switch what {
        case "1/a/link": try stage.disk.makeLink(path, to: Array("/".utf8))
        case "1/closed":
            try stage.disk.makeDirectory(path)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: stage.root + "/\(path)")
        default:
            try stage.disk.makeDirectory(path.directory)
            try stage.disk.write([1], to: path)
        }
        let staging = Staging(run: 8, stage.disk)
        let place = staging.take(["a"])
        try staging.prepare(place)
        #expect(try Self.tree(stage, place.path) == ["a"])
        #expect(try Self.tree(stage, ".dbuild/staging/8") == ["1", "1/a"])
        staging.giveBack(place)
        staging.closeKeepingPlaces()
        #expect(try Self.tree(stage, ".dbuild/places") == ["1", "1/a"])
    }

    @Test("where kept places lie that cannot be had, a run makes its own")
    func lostPlaces() throws {
        let stage = try Stage(files: ["x"])
        try stage.disk.makeDirectory(".dbuild")
        try stage.disk.makeLink(".dbuild/places", to: Array("/nonexistent".utf8))
        let staging = Staging(run: 8, stage.disk)
        let place = staging.take(["a"])
        try staging.prepare(place)
        #expect(try Self.tree(stage, place.path) == ["a"])
        staging.giveBack(place)
        staging.closeKeepingPlaces()
        #expect(try !stage.has(".dbuild/staging"))
    }
}
