private import Glibc

/// A file that somebody else still writes.
struct FollowedFile: Sendable {
    private let descriptor: Int32
    private let path: String

    init(_ path: String) throws {
        self.path = path
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(call: "open", subject: path, errno: errno) }
    }

    /// What has been added since the last time.
    mutating func read() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError(call: "read", subject: path, errno: errno) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    func close() { Glibc.close(descriptor) }
}
