import Artifact
import Foundation
import Testing

/// Directories that somebody has left without permission.
struct ClosedDirectoryTests {
    private func close(_ path: Path, _ scratch: Scratch, mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(scratch.disk.root)/\(path)")
    }

    @Test("a tree goes whatever permissions its directories have", arguments: [0, 0o500, 0o300, 0o100])
    func removing(mode: Int) throws {
        let scratch = try Scratch()
        for path in ["t/a/b/file", "t/a/file", "t/file"] as [Path] {
            try scratch.disk.makeDirectory(path.directory)
            try scratch.write("x", path)
        }
        for path in ["t/a/b", "t/a", "t"] as [Path] { try close(path, scratch, mode: mode) }
        try scratch.disk.removeTree("t")
        #expect(try scratch.disk.stamp("t", followsLink: false) == nil)
    }

    @Test("access is given to a directory, and never through a link")
    func access() throws {
        let scratch = try Scratch()
        try scratch.disk.makeDirectory("t")
        try scratch.disk.makeLink("link", to: Array("t".utf8))
        try close("t", scratch, mode: 0o050)
        try scratch.disk.giveAccess(to: "link")
        #expect(try scratch.disk.stamp("t", followsLink: false).map { $0.mode & 0o777 } == 0o050)
        try scratch.disk.giveAccess(to: "t")
        #expect(try scratch.disk.stamp("t", followsLink: false).map { $0.mode & 0o777 } == 0o750)
    }

    @Test("what is left of a file system is known, and little is little")
    func room() throws {
        let scratch = try Scratch()
        #expect(try scratch.disk.room(in: Path(".")).bytes > 0)
        #expect(Room(bytes: 1000, files: nil).isShort)
        #expect(Room(bytes: 1 << 30, files: 3).isShort)
        #expect(!Room(bytes: 1 << 30, files: nil).isShort)
    }
}
