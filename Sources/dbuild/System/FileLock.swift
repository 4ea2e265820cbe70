private import Glibc

/// A lock on a file that the kernel gives back however the process ends.
struct FileLock {
    private let descriptor: Int32

    enum Failure: Error {
        case held(by: String)
        case system(SystemError)
    }

    /// - Parameter waits: whether to wait for whoever holds it.
    init(_ path: String, waits: Bool, whenHeld: (String) -> Void) throws(Failure) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .system(SystemError(call: "open", subject: path, errno: errno)) }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK else {
                throw .system(SystemError(call: "flock", subject: path, errno: errno))
            }
            let holder = (try? readFile(path)).map { String(decoding: $0, as: UTF8.self).trimmed } ?? "another process"
            guard waits else {
                close(descriptor)
                throw .held(by: holder)
            }
            whenHeld(holder)
            while flock(descriptor, LOCK_EX) != 0 {
                guard errno == EINTR else {
                    throw .system(SystemError(call: "flock", subject: path, errno: errno))
                }
            }
        }
        // For whoever finds it held; nothing depends on it.
        let text = Array("process \(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { try? writeAll(text, to: descriptor, named: path) }
    }

    func release() { close(descriptor) }
}
