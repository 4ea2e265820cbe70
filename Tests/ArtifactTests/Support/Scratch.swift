import Artifact
import Foundation
import Glibc
import Testing

/// A workspace of a test's own, removed with it.
final class Scratch: Sendable {
    let root: String
    let disk: WorkspaceDisk

    init() throws {
        // Where nothing waits for a platter: hundreds of databases are made.
        let memory = URL(filePath: "/dev/shm")
        let isThere = FileManager.default.isWritableFile(atPath: memory.path())
        let parent = isThere ? memory : FileManager.default.temporaryDirectory
        root = parent.appending(path: "artifact-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        disk = try WorkspaceDisk(root: Path(root))
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// Writes in place: the same inode where there is one.
    func write(_ text: String, _ path: Path) throws { try write(Array(text.utf8), path) }

    func write(_ bytes: [UInt8], _ path: Path) throws {
        try disk.makeDirectory(path.directory)
        try disk.write(bytes, to: path)
    }

    func census(_ path: Path, known: Census? = nil) throws -> Census? {
        var taker = CensusTaker(disk: disk)
        return try taker.take(path, known: known)
    }

    func stamp(_ path: Path) throws -> Stamp { try #require(try disk.stamp(path, followsLink: false)) }

    // MARK: - What `Disk` has no word for

    func setModified(_ path: Path, nanoseconds: Int64) throws {
        let second: Int64 = 1_000_000_000
        let rest = ((nanoseconds % second) + second) % second
        var times = [timespec](
            repeating: timespec(tv_sec: Int((nanoseconds - rest) / second), tv_nsec: Int(rest)), count: 2)
        try check(unsafe utimensat(AT_FDCWD, absolute(path), &times, 0))
    }

    func setMode(_ path: Path, _ mode: UInt32) throws { try check(unsafe chmod(absolute(path), mode)) }
    func makeFIFO(_ path: Path) throws { try check(unsafe mkfifo(absolute(path), 0o666)) }

    /// Zeros that take no room.
    func makeSparse(_ path: Path, sizeBytes: Int) throws {
        try write([], path)
        try check(unsafe truncate(absolute(path), sizeBytes))
    }

    private func absolute(_ path: Path) -> [CChar] {
        (Array(root.utf8) + [UInt8(ascii: "/")] + path.bytes + [0]).map { CChar(bitPattern: $0) }
    }

    private func check(_ result: Int32) throws { if result != 0 { throw CallFailed(errno: errno) } }
    struct CallFailed: Error { let errno: Int32 }
}
