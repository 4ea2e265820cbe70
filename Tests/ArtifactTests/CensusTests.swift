import Artifact
import Foundation
import Testing

struct CensusOfFileTests {
    @Test("nothing is nothing: no name, a name below a file, a link that leads nowhere")
    func nothing() throws {
        let scratch = try Scratch()
        try scratch.write("x", "file")
        try scratch.disk.makeLink("link", to: Array("nowhere".utf8))
        for path: Path in ["none", "none/none", "file/none", "link"] { #expect(try scratch.census(path) == nil) }
    }

    @Test("an unchanged stamp reads nothing")
    func unchanged() throws {
        let scratch = try Scratch()
        try scratch.write("content", "f")
        var first = CensusTaker(disk: scratch.disk)
        let known = try #require(try first.take("f", known: nil))
        #expect((first.filesHashed, first.bytesHashed) == (1, 7))
        var second = CensusTaker(disk: scratch.disk)
        #expect(try second.take("f", known: known) == known)
        #expect((second.filesHashed, second.bytesHashed) == (0, 0))
    }

    @Test("an edit that puts size and time back is seen")
    func restoredTime() throws {
        let scratch = try Scratch()
        try scratch.write("aaaa", "f")
        let known = try #require(try scratch.census("f"))
        try scratch.write("bbbb", "f")
        try scratch.setModified("f", nanoseconds: known.stamp.modifiedNanoseconds)
        #expect(try scratch.stamp("f").modifiedNanoseconds == known.stamp.modifiedNanoseconds)
        #expect(try #require(try scratch.census("f", known: known)).content != known.content)
    }

    @Test("a file renamed over another, of one size and time, is seen")
    func renamedOver() throws {
        let scratch = try Scratch()
        try scratch.write("aaaa", "f")
        try scratch.write("bbbb", "g")
        for path: Path in ["f", "g"] { try scratch.setModified(path, nanoseconds: 1_000_000_000) }
        let known = try #require(try scratch.census("f"))
        let other = try #require(try scratch.census("g"))
        try scratch.disk.rename("g", to: "f")
        #expect(try scratch.census("f", known: known)?.content == other.content)
    }

    @Test("a touched file is read once more and is the same")
    func touched() throws {
        let scratch = try Scratch()
        try scratch.write("same", "f")
        let known = try #require(try scratch.census("f"))
        try scratch.setModified("f", nanoseconds: 5)
        var taker = CensusTaker(disk: scratch.disk)
        let found = try #require(try taker.take("f", known: known))
        #expect(found.content == known.content)
        #expect(taker.filesHashed == 1)
        #expect(try scratch.census("f", known: found) == found)
    }

    @Test("the executable bit is content")
    func executable() throws {
        let scratch = try Scratch()
        try scratch.write("#!", "f")
        let known = try #require(try scratch.census("f"))
        try scratch.setMode("f", 0o755)
        let found = try #require(try scratch.census("f", known: known))
        #expect(found.content.kind == .executable)
        #expect(found.content.fingerprint == known.content.fingerprint)
    }

    @Test(
        "times before 1970 and far ahead are stamps like others, and nobody waits for them",
        arguments: [
            -1, -1_500_000_000, -2_000_000_000_000_000_000, 0, 9_000_000_000_000_000_000,
        ] as [Int64])
    func oddTimes(nanoseconds: Int64) throws {
        let scratch = try Scratch()
        try scratch.write("x", "f")
        try scratch.setModified("f", nanoseconds: nanoseconds)
        let known = try #require(try scratch.census("f"))
        var taker = CensusTaker(disk: scratch.disk)
        #expect(try taker.take("f", known: known) == known)
        #expect(taker.filesHashed == 0)
        try scratch.write("y", "f")
        try scratch.setModified("f", nanoseconds: nanoseconds)
        #expect(try scratch.census("f", known: known)?.content != known.content)
    }

    @Test("the size counts: a file of zeros grown by one, and one of 4 GiB and a byte")
    func sizes() throws {
        let scratch = try Scratch()
        try scratch.makeSparse("f", sizeBytes: 1 << 20)
        let known = try #require(try scratch.census("f"))
        try scratch.makeSparse("f", sizeBytes: 1 << 20 | 1)
        let grown = try #require(try scratch.census("f", known: known))
        #expect(grown.content.fingerprint.sizeBytes == 1 << 20 | 1)
        #expect(grown.content.fingerprint.digest != known.content.fingerprint.digest)
        guard ProcessInfo.processInfo.environment["DBUILD_LONG"] == "1" else { return }
        try scratch.makeSparse("f", sizeBytes: 1 << 32 | 1)
        #expect(try scratch.census("f", known: known)?.content.fingerprint.sizeBytes == 1 << 32 | 1)
    }

    @Test("a FIFO or a device is an error at once")
    func notAFile() throws {
        let scratch = try Scratch()
        try scratch.makeFIFO("fifo")
        #expect(throws: CensusError.notAFile("fifo")) { try scratch.census("fifo") }
        #expect(throws: CensusError.notAFile("/dev/null")) { try scratch.census("/dev/null") }
        // What replaces a file between the look and the reading does not block either.
        #expect(throws: DiskError.self) { try scratch.disk.fingerprint("fifo") }
    }

    @Test("a link is followed, a ring of links is an error")
    func links() throws {
        let scratch = try Scratch()
        try scratch.write("far", "there/f")
        try scratch.disk.makeLink("link", to: Array("there/f".utf8))
        #expect(try scratch.census("link")?.content == scratch.census("there/f")?.content)
        try scratch.disk.makeLink("ring", to: Array("ring".utf8))
        #expect(throws: CensusError.self) { try scratch.census("ring") }
    }

    @Test("names that are not UTF-8 are found")
    func notText() throws {
        let scratch = try Scratch()
        let path = Path([0xFF, 0xC3, 0x28])
        try scratch.write("x", path)
        #expect(try scratch.census(path) != nil)
        #expect(try scratch.disk.names(in: Path([UInt8]())) == [path])
    }
}

struct CensusOfTreeTests {
    /// A tree with a directory, an empty one, a link and two files.
    private func tree() throws -> (Scratch, Census) {
        let scratch = try Scratch()
        try scratch.write("one", "t/a")
        try scratch.write("two", "t/sub/b")
        try scratch.disk.makeDirectory("t/empty")
        try scratch.disk.makeLink("t/link", to: Array("a".utf8))
        return (scratch, try #require(try scratch.census("t")))
    }

    @Test("a tree holds everything in it, sorted by path, links as links")
    func members() throws {
        let (scratch, known) = try tree()
        #expect(known.members.map(\.path) == ["a", "empty", "link", "sub", "sub/b"])
        #expect(known.members.map(\.content.kind) == [.file, .tree, .link, .tree, .file])
        var taker = CensusTaker(disk: scratch.disk)
        #expect(try taker.take("t", known: known) == known)
        #expect(taker.filesHashed == 0)
    }

    @Test("every change of one entry gives another tree, and reads no other file", arguments: TreeEdit.allCases)
    func edits(edit: TreeEdit) throws {
        let (scratch, known) = try tree()
        try edit.apply(scratch)
        var taker = CensusTaker(disk: scratch.disk)
        let found = try #require(try taker.take("t", known: known))
        #expect(found.content != known.content)
        #expect(taker.filesHashed == edit.filesRead)
        #expect(try scratch.census("t")?.content == found.content)
    }

    enum TreeEdit: CaseIterable {
        case added, removed, edited, renamed, emptyAdded, emptyRemoved, deepAdded, deepRemoved, deepEdited
        case linkTurned, linkToFile, fileToDirectory, directoryToFile, executable

        var filesRead: Int {
            switch self {
            case .added, .edited, .renamed, .deepAdded, .deepEdited, .linkToFile, .directoryToFile, .executable: 1
            case .removed, .emptyAdded, .emptyRemoved, .deepRemoved, .linkTurned, .fileToDirectory: 0
            }
        }

        func apply(_ scratch: Scratch) throws {
            let disk = scratch.disk
            switch self {
            case .added: try scratch.write("", "t/new")
            case .removed: try disk.remove("t/a")
            case .edited: try scratch.write("eno", "t/a")
            case .renamed: try disk.rename("t/a", to: "t/z")
            case .emptyAdded: try disk.makeDirectory("t/new")
            case .emptyRemoved: try disk.removeDirectory("t/empty")
            case .deepAdded: try scratch.write("", "t/sub/new")
            case .deepRemoved: try disk.remove("t/sub/b")
            case .deepEdited: try scratch.write("owt", "t/sub/b")
            case .linkTurned:
                try disk.remove("t/link")
                try disk.makeLink("t/link", to: Array("b".utf8))
            case .linkToFile:
                try disk.remove("t/link")
                try scratch.write("a", "t/link")
            case .fileToDirectory:
                try disk.remove("t/a")
                try disk.makeDirectory("t/a")
            case .directoryToFile:
                try disk.removeDirectory("t/empty")
                try scratch.write("", "t/empty")
            case .executable: try scratch.setMode("t/a", 0o755)
            }
        }
    }

    @Test("a tree of the same entries elsewhere has the same content")
    func elsewhere() throws {
        let (first, known) = try tree()
        let (second, other) = try tree()
        #expect(known.content == other.content)
        try first.disk.rename("t", to: "moved")
        #expect(try first.census("moved")?.content == second.census("t")?.content)
    }

    @Test("names that are equal Strings stay two members")
    func twins() throws {
        let scratch = try Scratch()
        try scratch.write("composed", Path("t/\u{E9}"))
        try scratch.write("decomposed", Path("t/e\u{301}"))
        let known = try #require(try scratch.census("t"))
        #expect(known.members.count == 2)
        try scratch.disk.remove(Path("t/\u{E9}"))
        let found = try #require(try scratch.census("t", known: known))
        #expect(found.members.map(\.path) == [Path("e\u{301}")])
    }

    @Test("a link to a directory inside is a member, and nothing behind it is")
    func linkedDirectory() throws {
        let scratch = try Scratch()
        try scratch.write("x", "outside/f")
        try scratch.disk.makeDirectory("t")
        try scratch.disk.makeLink("t/link", to: Array("../outside".utf8))
        try scratch.disk.makeLink("t/up", to: Array("..".utf8))
        #expect(try scratch.census("t")?.members.map(\.path) == ["link", "up"])
    }

    @Test("a tree reached through a link is the tree")
    func throughLink() throws {
        let (scratch, known) = try tree()
        try scratch.disk.makeLink("link", to: Array("t".utf8))
        let linked = try #require(try scratch.census("link"))
        #expect(linked.content == known.content)
        try scratch.write("", "t/new")
        #expect(try scratch.census("link", known: linked)?.content != linked.content)
    }

    @Test("a FIFO inside is an error at once")
    func fifo() throws {
        let (scratch, _) = try tree()
        try scratch.makeFIFO("t/sub/fifo")
        #expect(throws: CensusError.notAFile("t/sub/fifo")) { try scratch.census("t") }
    }

    @Test("a file where a tree was, and a tree where a file was, are read anew")
    func kindChanged() throws {
        let (scratch, known) = try tree()
        try scratch.write("x", "f")
        let file = try #require(try scratch.census("f"))
        #expect(try scratch.census("t", known: file) == known)
        #expect(try scratch.census("f", known: known) == file)
    }
}
