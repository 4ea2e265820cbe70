private import Glibc

/// A lock on a file that the kernel gives back however the process ends.
struct FileLock: Sendable {
    /// The lock is held as long as anybody has this open.
    let descriptor: Int32

    /// Who has it, as it has written into the file: for people, and nothing depends on it.
    struct Holder: Hashable, Sendable {
        let process: Int32
        let host: String
        /// Since 1970-01-01T00:00:00Z.
        let sinceNanoseconds: Int64
    }

    enum Failure: Error {
        /// Nil: it has not said who it is.
        case held(by: Holder?, waitedSeconds: Double)
        /// The file system does not lock; a build without a lock could run beside another one.
        case notSupported(path: String, errno: Int32)
        case system(SystemError)
    }

    /// How long to wait for whoever has it.
    enum Patience: Hashable, Sendable {
        case none
        case seconds(Double)
        case forever
    }

    /// - Parameters:
    ///   - quietSeconds: for so long nobody is told that it is held: what is over in a moment is worth no word, and who
    ///     has just taken it has not said yet who it is.
    ///   - whenHeld: told once who has it, while it is waited for.
    init(
        _ path: String, _ patience: Patience, quietSeconds: Double = 0, whenHeld: (Holder?) -> Void
    ) throws(Failure) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .system(SystemError(call: "open", subject: path, errno: errno)) }
        do throws(Failure) { try take(path, patience, quietSeconds, whenHeld) } catch {
            close(descriptor)
            throw error
        }
        let holder = Holder(
            process: getpid(), host: Machine.hostName, sinceNanoseconds: Clock.wallNanoseconds)
        if ftruncate(descriptor, 0) == 0 {
            try? writeAll(Array(holder.line.utf8), to: descriptor, named: path)
        }
    }

    /// - Throws: `Failure.held` where somebody has it now; whatever else is wrong is found by who takes it.
    static func checkFree(_ path: String) throws(Failure) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // Shared, so that those who only ask do not refuse one another.
        if flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK {
            throw .held(by: Holder(at: path), waitedSeconds: 0)
        }
    }

    private func take(
        _ path: String, _ patience: Patience, _ quietSeconds: Double, _ whenHeld: (Holder?) -> Void
    ) throws(Failure) {
        if TestHook.isBroken(.lock) { return }
        let start = Clock.monotonicNanoseconds
        if try isTaken(path) { return }
        if patience == .none { throw .held(by: Holder(at: path), waitedSeconds: 0) }
        var isTold = false
        // Asked again and again, since waiting in the kernel knows no end.
        var pauseNanoseconds: UInt64 = 2_000_000
        while try !isTaken(path) {
            let waited = Double(Clock.monotonicNanoseconds - start) / 1e9
            if !isTold, waited >= quietSeconds {
                whenHeld(Holder(at: path))
                isTold = true
            }
            if case .seconds(let most) = patience, waited >= most {
                throw .held(by: Holder(at: path), waitedSeconds: waited)
            }
            pause(nanoseconds: pauseNanoseconds)
            pauseNanoseconds = min(pauseNanoseconds * 2, 50_000_000)
        }
    }

    /// - Returns: whether it is ours now; false: somebody else's.
    private func isTaken(_ path: String) throws(Failure) -> Bool {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK: return false
            case ENOLCK, ENOTSUP, ENOSYS, EINVAL: throw .notSupported(path: path, errno: errno)
            default: throw .system(SystemError(call: "lock", subject: path, errno: errno))
            }
        }
        return true
    }

    func release() { close(descriptor) }
}

extension FileLock.Holder {
    /// Whether it is known that this process is not there any more; what it has started may have the lock, too.
    var hasEnded: Bool {
        guard host == Machine.hostName else { return false }
        // One that nobody has waited for yet has no arguments any more.
        return kill(process, 0) == 0 ? ProcessTree.arguments(of: process).isEmpty : errno == ESRCH
    }

    fileprivate var line: String { "\(process) \(sinceNanoseconds) \(host)\n" }

    /// Nil where the file holds something else: whoever has the lock is about to write, or is an earlier dbuild.
    fileprivate init?(at path: String) {
        guard let bytes = try? readFile(path) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).trimmed.split(separator: " ", maxSplits: 2)
        guard words.count == 3, let process = Int32(words[0]), let since = Int64(words[1]) else { return nil }
        (self.process, sinceNanoseconds, host) = (process, since, String(words[2]))
    }
}
