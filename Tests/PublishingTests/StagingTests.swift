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

    /// The directories of a place, by their inodes.
    private static func inodes(_ stage: Stage, _ place: Path) throws -> [String: UInt64] {
        var found: [String: UInt64] = [:]
        for path in try tree(stage, place) {
            found[path] = try stage.disk.stamp(place / Path(path), followsLink: false)?.inode
        }
        return found
    }

    /// One place that is given back, where so many have been made that it is had again, whatever is wanted.
    private static func only(_ staging: Staging, _ wanted: [Path]) throws -> Staging.Place {
        for _ in 0 ..< 15 { try staging.prepare(staging.take(["other"])) }
        let place = staging.take(wanted)
        try staging.prepare(place)
        staging.giveBack(place)
        return place
    }

    @Test("a directory that nobody wants becomes one beside it that is to be made")
    func renamed() throws {
        let stage = try Stage(files: ["x"])
        let staging = Staging(run: 7, stage.disk)
        let place = try Self.only(staging, ["models", "out/e1", "out/e3/days", "top"])
        let before = try Self.inodes(stage, place.path)
        let next = staging.take(["models", "out/e2/late", "out/e4", "out/e5"])
        #expect(next.path == place.path)
        try staging.prepare(next)
        let now = try Self.inodes(stage, place.path)
        #expect(now.keys.sorted() == ["models", "out", "out/e2", "out/e2/late", "out/e4", "out/e5"])
        for kept in ["models", "out"] { #expect(now[kept] == before[kept]) }
        #expect(now["out/e2"] == before["out/e3"])
        #expect(now["out/e4"] == before["out/e1"])
        // It knows what it has: nothing is left over, and what an action adds is found.
        try stage.disk.write([1], to: next.path / "out/e4/left")
        let look = try staging.look(into: next, declared: [])
        #expect(look.others == ["out/e4/left"])
        staging.giveBack(next, look)
        let last = staging.take(["models"])
        #expect(last.path == place.path)
        try staging.prepare(last)
        #expect(try Self.tree(stage, place.path) == ["models"])
    }

    @Test("whatever goes wrong while a place is prepared, the next one finds it as it wants it")
    func preparedInPart() throws {
        /// - Returns: how many calls there were before the place was prepared once more, and with that.
        func prepare(_ fault: FaultyDisk.Fault) throws -> (before: Int, with: Int, isPrepared: Bool) {
            let stage = try Stage(files: ["x"])
            let disk = FaultyDisk(stage.disk, fault)
            let staging = Staging(run: 7, disk)
            let place = try Self.only(staging, ["a/1", "a/2/below", "b"])
            let before = disk.calls
            let next = staging.take(["a/3", "a/4/x", "b/y", "c"])
            let prepared = Result { try staging.prepare(next) }
            let calls = disk.calls
            if case .success = prepared {
                #expect(try Self.tree(stage, next.path) == ["a", "a/3", "a/4", "a/4/x", "b", "b/y", "c"])
            }
            staging.giveBack(next)
            let last = staging.take(["a/3", "d"])
            #expect(last.path == place.path)
            try staging.prepare(last)
            #expect(try Self.tree(stage, last.path) == ["a", "a/3", "d"])
            return (before, calls, (try? prepared.get()) != nil)
        }
        let whole = try prepare(.none)
        #expect(whole.isPrepared && whole.with > whole.before + 10)
        var failures = 0
        for call in whole.before + 1 ... whole.with {
            if try !prepare(.fails(call: call, errno: FaultyDisk.inputOutput)).isPrepared { failures += 1 }
        }
        #expect(failures > 5)
    }

    @Test("of the places that are to be changed only those are compared that were used last")
    func fittingOfTheLast() throws {
        let stage = try Stage(files: ["x"])
        let staging = Staging(run: 7, stage.disk)
        let wanted: [[Path]] = [["a", "b"]] + (0 ..< 15).map { [Path("\($0)"), Path("far/\($0)")] }
        let places = wanted.map { staging.take($0) }
        for place in places {
            try staging.prepare(place)
            staging.giveBack(place)
        }
        // The first lacks one directory, but was used long ago; of the others the last has as many as any.
        #expect(staging.take(["a", "b", "c"]).path == places[15].path)
        #expect(staging.take(["a", "b"]).path == places[0].path)
        // Two of its three are there.
        #expect(staging.take(["far", "13"]).path == places[14].path)
    }

    @Test("where the directory that nobody wants is gone another one is made")
    func renamedTooLate() throws {
        let stage = try Stage(files: ["x"])
        let staging = Staging(run: 7, stage.disk)
        let place = try Self.only(staging, ["out/e1"])
        let next = staging.take(["out/e2"])
        #expect(next.path == place.path)
        try stage.disk.removeDirectory(place.path / "out/e1")
        try staging.prepare(next)
        #expect(try Self.tree(stage, place.path) == ["out", "out/e2"])
    }

    @Test("a directory that has grown large does not go on under another name")
    func renamedLarge() throws {
        let stage = try Stage(files: ["x"])
        let staging = Staging(run: 7, FaultyDisk(stage.disk, directoryBytes: 1 << 20))
        let place = try Self.only(staging, ["out/e1"])
        let before = try Self.inodes(stage, place.path)
        try staging.prepare(staging.take(["out/e2"]))
        let now = try Self.inodes(stage, place.path)
        #expect(now.keys.sorted() == ["out", "out/e2"])
        #expect(now["out"] == before["out"])
        #expect(now["out/e2"] != before["out/e1"])
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

    // MARK: - Directories that are not read again

    /// What an action does in a place, which is looked at and given back behind it.
    ///
    /// - Returns: what was left there, and the directories that were read for that, by their paths below the place.
    private static func use(
        _ staging: Staging, _ disk: FaultyDisk, _ wanted: [Path], _ act: (Path) throws -> Void
    ) throws -> (others: [Path], read: [Path]) {
        let place = staging.take(wanted)
        try staging.prepare(place)
        _ = disk.takeListed()
        try act(place.path)
        let look = try staging.look(into: place, declared: [])
        let read = disk.takeListed().map { $0.below(place.path) ?? "" }
        if !staging.giveBackEmpty(place, look, without: []) { staging.giveBack(place, look) }
        return (look.others, read.sorted())
    }

    @Test("a directory that nobody has changed since it was looked at is not read again")
    func notReadAgain() throws {
        let stage = try Stage(files: ["x"])
        let disk = FaultyDisk(stage.disk)
        let staging = Staging(run: 7, disk)
        let wanted: [Path] = ["a/b", "c"]
        func use(_ act: (Path) throws -> Void = { _ in }) throws -> (others: [Path], read: [Path]) {
            try Self.use(staging, disk, wanted, act)
        }
        #expect(try use() == ([], ["", "a", "a/b", "c"]))
        #expect(try use() == ([], []))
        // Of one in which something lay it is not known yet how it is without that.
        #expect(try use { try stage.write([$0 / "a/b/out": .file("x")]) } == (["a/b/out"], ["a/b"]))
        #expect(try use() == ([], ["a/b"]))
        #expect(try use() == ([], []))
        // Also what has come and gone has changed the stamp.
        let comesAndGoes: (Path) throws -> Void = {
            let before = try #require(try stage.disk.stamp($0 / "c", followsLink: false))
            stage.disk.waitPast(before.changedNanoseconds)
            try stage.write([$0 / "c/out": .file("x")])
            try stage.disk.remove($0 / "c/out")
        }
        #expect(try use(comesAndGoes) == ([], ["c"]))
        #expect(try use() == ([], []))
        #expect(staging.take(wanted).path == ".dbuild/staging/7/1")
    }

    @Test(
        "what is left in a directory that was not read before is found, and gone for the next one",
        arguments: ["stray", "a/stray", "a/b/stray", "c/stray"])
    func strayInUnread(stray: Path) throws {
        let stage = try Stage(files: ["x"])
        let disk = FaultyDisk(stage.disk)
        let staging = Staging(run: 7, disk)
        let wanted: [Path] = ["a/b", "c"]
        for _ in 0 ..< 2 { _ = try Self.use(staging, disk, wanted) { _ in } }
        let left = try Self.use(staging, disk, wanted) { try stage.write([$0 / stray: .file("x")]) }
        #expect(left == ([stray], [stray.directory]))
        #expect(try Self.use(staging, disk, wanted) { _ in } == ([], [stray.directory]))
        let place = staging.take(wanted)
        #expect(try Self.tree(stage, place.path) == ["a", "a/b", "c"])
    }

    @Test("one that an action has made anew is read, however it looks")
    func madeAnew() throws {
        let stage = try Stage(files: ["x"])
        let disk = FaultyDisk(stage.disk)
        let staging = Staging(run: 7, disk)
        for _ in 0 ..< 2 { _ = try Self.use(staging, disk, ["c"]) { _ in } }
        let left = try Self.use(staging, disk, ["c"]) { place in
            try stage.disk.removeDirectory(place / "c")
            try stage.disk.makeDirectory(place / "c")
            try stage.write([place / "c/stray": .file("x")])
        }
        #expect(left == (["c/stray"], ["", "c"]))
    }

    @Test("a stamp under which another name could still come is not believed")
    func notPast() throws {
        let stage = try Stage(files: ["x"])
        let disk = FaultyDisk(stage.disk, aheadNanoseconds: -3_600_000_000_000)
        let staging = Staging(run: 7, disk)
        for _ in 0 ..< 3 { #expect(try Self.use(staging, disk, ["c"]) { _ in } == ([], ["", "c"])) }
    }

    @Test("the next run reads each directory of the places that it takes over, and then not again")
    func notReadAgainInTheNextRun() throws {
        let stage = try Stage(files: ["x"])
        let before = Staging(run: 7, FaultyDisk(stage.disk))
        for _ in 0 ..< 2 { _ = try Self.use(before, FaultyDisk(stage.disk), ["a/b"]) { _ in } }
        before.closeKeepingPlaces()
        let disk = FaultyDisk(stage.disk)
        let staging = Staging(run: 8, disk)
        let place = staging.take(["a/b"])
        #expect(
            disk.takeListed() == [
                ".dbuild/staging/8", ".dbuild/staging/8/1", ".dbuild/staging/8/1/a", ".dbuild/staging/8/1/a/b",
            ])
        staging.giveBack(place)
        // What was looked through was not yet this run's.
        #expect(try Self.use(staging, disk, ["a/b"]) { _ in }.read == ["", "a", "a/b"])
        #expect(try Self.use(staging, disk, ["a/b"]) { _ in }.read == [])
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
