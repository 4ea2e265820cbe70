import Artifact
import Testing

@testable import dbuild

/// Links to inputs: each leads to its input, whoever else has one.
struct InputLinkerTests {
    private static let kept: Path = ".dbuild/staging/7/links"

    private static func linker(_ stage: Stage, _ disk: (any Disk)? = nil) -> InputLinker {
        InputLinker(disk ?? stage.disk, root: stage.root, kept: kept)
    }

    private static func place(_ number: Int) -> Path { ".dbuild/staging/7" / Path("\(number)") }

    /// The inode of each link, once all of them lead where they are to.
    private static func inodes(_ stage: Stage, _ input: Path, _ places: Range<Int>) throws -> [UInt64] {
        try places.map { number in
            let link = place(number) / input
            #expect(try stage.disk.linkTarget(link) == Array("\(stage.root)/\(input)".utf8))
            return try #require(try stage.disk.stamp(link, followsLink: false)).inode
        }
    }

    @Test("from its second time on an input has one link, with a name in the directory of each")
    func again() throws {
        let stage = try Stage(files: ["x"])
        let linker = Self.linker(stage)
        for number in 0 ..< 5 { try linker.link(["a/model", "b", Path("own/\(number)")], into: Self.place(number)) }
        for input: Path in ["a/model", "b"] {
            let inodes = try Self.inodes(stage, input, 0 ..< 5)
            #expect(Set(inodes[1...]).count == 1)
            #expect(inodes[0] != inodes[1])
        }
        for number in 0 ..< 5 { _ = try Self.inodes(stage, Path("own/\(number)"), number ..< number + 1) }
        #expect(try stage.disk.names(in: Self.kept).count == 2)
        // What becomes of one name is nothing to the others.
        for number in 0 ..< 4 { try stage.disk.removeTree(Self.place(number)) }
        try stage.disk.write([1], to: "b")
        #expect(try stage.disk.read(Self.place(4) / "b") == [1])
    }

    @Test("where a link cannot have another name each input has links of its own")
    func refused() throws {
        let stage = try Stage(files: ["x"])
        let disk = FaultyDisk(stage.disk, .refuses(call: "link", errno: FaultyDisk.notPossible))
        let linker = Self.linker(stage, disk)
        for number in 0 ..< 4 { try linker.link(["a"], into: Self.place(number)) }
        #expect(Set(try Self.inodes(stage, "a", 0 ..< 4)).count == 4)
        // It is not tried for every link.
        #expect(disk.refusedCalls == 1)
    }

    @Test("where the link is gone that is given another name, a new one is made")
    func gone() throws {
        let stage = try Stage(files: ["x"])
        let linker = Self.linker(stage)
        for number in 0 ..< 2 { try linker.link(["a"], into: Self.place(number)) }
        try stage.disk.removeTree(Self.kept)
        for number in 2 ..< 4 { try linker.link(["a"], into: Self.place(number)) }
        #expect(Set(try Self.inodes(stage, "a", 0 ..< 4)).count == 4)
    }

    @Test("what somebody has put in the place of a link is not given on", arguments: ["link", "file", "directory"])
    func replaced(what: String) throws {
        let stage = try Stage(files: ["x"])
        let linker = Self.linker(stage)
        for number in 0 ..< 3 { try linker.link(["a"], into: Self.place(number)) }
        let link = Self.kept / "1"
        try stage.disk.remove(link)
        switch what {
        case "link": try stage.disk.makeLink(link, to: Array("/etc/passwd".utf8))
        case "file": try stage.write([link: .file("another")])
        default: try stage.disk.makeDirectory(link)
        }
        for number in 3 ..< 6 { try linker.link(["a"], into: Self.place(number)) }
        // From then on as if it had never been there.
        let inodes = try Self.inodes(stage, "a", 0 ..< 6)
        #expect(inodes[1] == inodes[2])
        #expect(inodes[4] == inodes[5])
        #expect(Set(inodes).count == 4)
    }

    @Test("so many are kept and no more, and whoever comes back is linked anew")
    func forgotten() throws {
        let stage = try Stage(files: ["x"])
        let linker = Self.linker(stage)
        let inputs = (0 ..< 1500).map { Path("in/\($0)") }
        for input in inputs { for number in 0 ..< 3 { try linker.link([input], into: Self.place(number)) } }
        #expect((1 ... 1024).contains(try stage.disk.names(in: Self.kept).count))
        for number in 3 ..< 5 { try linker.link([inputs[0]], into: Self.place(number)) }
        let inodes = try Self.inodes(stage, inputs[0], 0 ..< 5)
        #expect(inodes[1] == inodes[2])
        #expect(Set(inodes).count == 4)
        for input in inputs { _ = try Self.inodes(stage, input, 0 ..< 3) }
    }

    @Test("a name that is taken is an error, and not overwritten")
    func taken() throws {
        let stage = try Stage(files: ["x"])
        let linker = Self.linker(stage)
        for number in 0 ..< 3 { try linker.link(["a"], into: Self.place(number)) }
        try stage.write([Self.place(3) / "a": .file("mine")])
        #expect(throws: DiskError.self) { try linker.link(["a"], into: Self.place(3)) }
        #expect(try stage.disk.read(Self.place(3) / "a") == Array("mine".utf8))
    }

    @Test("the end of a run takes them along with its places", arguments: [false, true])
    func closed(keepsPlaces: Bool) throws {
        let stage = try Stage(files: ["x"])
        let staging = Staging(run: 7, stage.disk)
        let linker = InputLinker(stage.disk, root: stage.root, kept: staging.links)
        let places = (0 ..< 3).map { _ in staging.take() }
        for place in places {
            try staging.prepare(place)
            try linker.link(["a"], into: place.path)
        }
        #expect(try stage.has(staging.links))
        for place in places { staging.giveBack(place) }
        if keepsPlaces { staging.closeKeepingPlaces() } else { staging.close() }
        #expect(try !stage.has(".dbuild/staging"))
        #expect(try stage.has(".dbuild/places") == keepsPlaces)
        #expect(try !stage.has(".dbuild/places/links"))
    }
}
