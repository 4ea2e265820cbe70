private import Glibc

/// Something outside to write to that may be slow, or go away, without holding up whoever writes.
struct OutputChannel: Sendable {
    /// Of pipes: what can be written at once where anything can be.
    private static let bytesAtOnce = Int(PIPE_BUF)
    private let descriptor: Int32

    enum Place: Sendable, Hashable {
        case standard(Int32)
        /// Absolute, or relative to the directory of the process.
        case file(String)
    }

    /// - Returns: nil of a named pipe that nobody reads yet.
    init?(_ place: Place) throws {
        switch place {
        case .standard(let number):
            descriptor = Self.reopened(number) ?? fcntl(number, F_DUPFD_CLOEXEC, 3)
            guard descriptor >= 0 else { throw SystemError(call: "fcntl", subject: "descriptor", errno: errno) }
        case .file(let path):
            // Without waiting for whoever is to read a pipe.
            descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o666)
            if descriptor < 0, errno == ENXIO { return nil }
            guard descriptor >= 0 else { throw SystemError(call: "open", subject: path, errno: errno) }
        }
    }

    /// The pipe or terminal behind a standard channel, opened anew: so that it need not wait, and everybody else who has
    /// the same channel is left as they are.
    ///
    /// - Returns: nil of what never makes one wait, or cannot be opened by whoever this is.
    private static func reopened(_ number: Int32) -> Int32? {
        var status = stat()
        guard unsafe fstat(number, &status) == 0, [S_IFIFO, S_IFCHR].contains(status.st_mode & S_IFMT) else {
            return nil
        }
        let opened = unsafe open("/proc/self/fd/\(number)", O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        return opened >= 0 ? opened : nil
    }

    /// Writes as much as there is room for now.
    ///
    /// - Returns: how much that was.
    func write(_ bytes: ArraySlice<UInt8>) throws -> Int {
        var rest = bytes
        while !rest.isEmpty, isReady {
            let chunk = rest.prefix(Self.bytesAtOnce)
            let count = unsafe chunk.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { break }
            guard count >= 0 else { throw SystemError(call: "write", subject: "events", errno: errno) }
            rest = rest.dropFirst(count)
        }
        return bytes.count - rest.count
    }

    /// Whether a write would not wait. An error is ready, too: the write tells it.
    private var isReady: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&entry, 1, 0) > 0
    }

    func close() { Glibc.close(descriptor) }
}
