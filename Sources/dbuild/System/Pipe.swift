private import Glibc
import Synchronization

/// A pipe of which no child process inherits an end, unless it is given to it.
struct Pipe {
    let readEnd: Int32
    let writeEnd: Int32

    /// Held by whoever makes a pipe and by whoever starts a child: for a moment a new pipe could be inherited, and
    /// whoever waits for its end would wait for a stranger.
    private static let inheritance = Mutex(())

    /// - Parameter purpose: what the error names.
    init(for purpose: String) throws(SystemError) {
        let result = Self.inheritance.withLock { _ -> Result<(Int32, Int32), SystemError> in
            var ends: [Int32] = [-1, -1]
            guard unsafe pipe(&ends) == 0 else {
                return .failure(SystemError(call: "pipe", subject: purpose, errno: errno))
            }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return .success((ends[0], ends[1]))
        }
        (readEnd, writeEnd) = try result.get()
    }

    /// Runs a body that starts a child, while nobody makes a pipe.
    static func withoutNewOnes<Value>(_ body: () -> Value) -> Value { inheritance.withLock { _ in body() } }
}
