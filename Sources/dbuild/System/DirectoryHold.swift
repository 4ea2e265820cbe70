private import Glibc

/// A directory in use, which nobody removes meanwhile. The kernel gives it back however the process ends.
struct DirectoryHold: Sendable {
    private let descriptor: Int32

    enum Manner: Sendable {
        /// Beside others who use it; waits for whoever has it alone.
        case shared
        /// To remove it; does not wait.
        case alone
    }

    /// Nil where there is no such directory, and where it cannot be had alone.
    init?(_ path: String, _ manner: Manner) {
        descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var result: Int32
        repeat {
            result = flock(descriptor, manner == .shared ? LOCK_SH : LOCK_EX | LOCK_NB)
        } while result != 0 && errno == EINTR
        // Where a file system knows no locks, it can be used, and not removed.
        guard result == 0 || manner == .shared, isStill(at: path) else {
            close(descriptor)
            return nil
        }
    }

    /// While the lock was waited for, another directory may have come to its place.
    private func isStill(at path: String) -> Bool {
        var (held, found) = (stat(), stat())
        guard unsafe fstat(descriptor, &held) == 0, unsafe stat(path, &found) == 0 else { return false }
        return held.st_dev == found.st_dev && held.st_ino == found.st_ino
    }

    func release() { close(descriptor) }
}
