private import Glibc
import Processes

/// What a process that stays writes to its standard error: a file without a name, emptied after each action.
///
/// A file and no pipe, so that nothing it wrote is lost when it crashes, and an action that says nothing costs nothing.
final class WorkerOutput: Sendable {
    /// Opened for appending: whoever writes goes on at the new end when it has been emptied.
    let file: OwnedDescriptor
    private static let tailBytes = 64 << 10

    /// - Parameter log: any file of the directory to use.
    init(beside log: String) throws {
        let place = log + ".worker"
        let descriptor = unsafe open(place, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError(call: "open", subject: place, errno: errno) }
        file = OwnedDescriptor(descriptor)
        guard unsafe unlink(place) == 0 else { throw SystemError(call: "unlink", subject: place, errno: errno) }
    }

    /// Moves all that is there to a new file: the beginning, and the last 64 KiB where it is more than the limit. Where
    /// nothing is there, no file is made.
    ///
    /// - Parameter note: what follows it.
    /// - Returns: whether a file was made.
    @discardableResult
    func move(to log: String, limitBytes: Int, note: String) throws -> Bool {
        var status = stat()
        guard unsafe fstat(file.number, &status) == 0 else { throw failure("stat", log) }
        let size = Int(status.st_size)
        if size == 0, note.isEmpty { return false }
        let descriptor = unsafe open(log, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure("open", log) }
        defer { close(descriptor) }
        if size <= limitBytes {
            try copy(0 ..< size, to: descriptor, log)
        } else {
            let tail = min(Self.tailBytes, limitBytes / 2)
            try copy(0 ..< limitBytes - tail, to: descriptor, log)
            try writeAll(
                Array("\n[dbuild: \(size - limitBytes) bytes dropped]\n".utf8), to: descriptor, named: log)
            try copy(size - tail ..< size, to: descriptor, log)
        }
        try writeAll(Array(note.utf8), to: descriptor, named: log)
        guard ftruncate(file.number, 0) == 0 else { throw failure("truncate", log) }
        return true
    }

    private func copy(_ range: Range<Int>, to descriptor: Int32, _ log: String) throws {
        var chunk = [UInt8](repeating: 0, count: min(max(range.count, 1), 1 << 16))
        var offset = range.lowerBound
        while offset < range.upperBound {
            let wanted = min(chunk.count, range.upperBound - offset)
            let count = unsafe pread(file.number, &chunk, wanted, off_t(offset))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read", log) }
            if count == 0 { return }
            try writeAll(Array(chunk[..<count]), to: descriptor, named: log)
            offset += count
        }
    }

    private func failure(_ call: String, _ log: String) -> SystemError {
        SystemError(call: call, subject: log, errno: errno)
    }
}
