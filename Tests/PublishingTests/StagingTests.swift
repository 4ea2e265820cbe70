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
        let place = staging.take()
        try staging.prepare(place, directories: ["a/b", "c", "", "a"])
        #expect(try Self.tree(stage, place.path) == ["a", "a/b", "c"])
        #expect(staging.take().path != place.path)
        staging.giveBack(place)
        #expect(staging.take() == place)
        try staging.prepare(place, directories: ["a", "d/e"])
        #expect(try Self.tree(stage, place.path) == ["a", "d", "d/e"])
        staging.giveBack(place)
    }

    @Test("whatever an action leaves is gone for the next one, and directories that it changed are new")
    func emptied() throws {
        let stage = try Stage(files: ["x"])
        let staging = Staging(run: 7, stage.disk)
        let place = staging.take()
        try staging.prepare(place, directories: ["a/b", "c/d", "e"])
        try stage.disk.write([1], to: place.path / "a/b/left")
        try stage.disk.makeDirectory(place.path / "a/more/below")
        try stage.disk.removeTree(place.path / "c")
        try stage.disk.makeLink(place.path / "c", to: Array("/nowhere".utf8))
        try stage.disk.removeTree(place.path / "e")
        staging.giveBack(place)
        #expect(try Self.tree(stage, place.path) == ["a", "a/b"])
        let again = staging.take()
        #expect(again == place)
        try staging.prepare(again, directories: ["a/b", "c/d", "e"])
        #expect(try Self.tree(stage, place.path) == ["a", "a/b", "c", "c/d", "e"])
    }

    @Test("a place that an action has made away with is not used again")
    func lost() throws {
        let stage = try Stage(files: ["x"])
        let staging = Staging(run: 7, stage.disk)
        let place = staging.take()
        try staging.prepare(place, directories: ["a"])
        try stage.disk.removeTree(place.path)
        staging.giveBack(place)
        #expect(staging.take() != place)
    }

    @Test("what was not given back outlives the run")
    func closed() throws {
        let stage = try Stage(files: ["x"])
        let staging = Staging(run: 7, stage.disk)
        let (kept, given) = (staging.take(), staging.take())
        for place in [kept, given] { try staging.prepare(place, directories: ["a"]) }
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
