import Artifact
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
}
