// `@preconcurrency` for `environ`.
@unsafe @preconcurrency private import Glibc

/// A child process with pipes to its standard input and output.
struct ChildProcess: Sendable {
    let identifier: Int32
    /// Our ends; -1 where none was asked for.
    let input: Int32
    let output: Int32

    enum Stream: Sendable {
        case pipe, null, inherited
        case file(String)
    }

    /// - Parameters:
    ///   - program: absolute.
    ///   - environment: all of it, or nil for that of this process.
    ///   - hasOwnGroup: false: the terminal's Ctrl-C ends it together with this process.
    ///   - lock: held until it has ended, and what it starts; nil: none.
    init(
        _ program: String, _ arguments: [String], environment: [String]? = nil, hasOwnGroup: Bool = true,
        input: Stream, output: Stream, error: Stream = .inherited, holding lock: FileLock? = nil
    ) throws {
        var files = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&files)
        defer { unsafe posix_spawn_file_actions_destroy(&files) }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // dbuild blocks the signals that one of its threads waits for: children must not inherit that.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        var defaults = sigset_t()
        unsafe sigemptyset(&defaults)
        unsafe sigaddset(&defaults, SIGPIPE)
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (hasOwnGroup ? POSIX_SPAWN_SETPGROUP : 0)
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        var theirs: [Int32] = []
        var ours: [Int32] = [-1, -1]
        defer { for end in theirs { close(end) } }
        for (number, stream) in [(Int32(0), input), (1, output), (2, error)] {
            switch stream {
            case .inherited: break
            case .null:
                unsafe posix_spawn_file_actions_addopen(&files, number, "/dev/null", O_RDWR, 0)
            case .file(let path):
                unsafe posix_spawn_file_actions_addopen(&files, number, path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
            case .pipe:
                let pipe: Pipe
                do throws(SystemError) { pipe = try Pipe(for: program) } catch {
                    for end in ours where end >= 0 { close(end) }
                    throw error
                }
                let ends = [pipe.readEnd, pipe.writeEnd]
                let their = number == 0 ? 0 : 1
                theirs.append(ends[their])
                ours[Int(number == 0 ? 0 : 1)] = ends[1 - their]
                unsafe posix_spawn_file_actions_adddup2(&files, ends[their], number)
            }
        }
        // Onto itself: then it stays open there.
        if let lock { unsafe posix_spawn_file_actions_adddup2(&files, lock.descriptor, lock.descriptor) }
        var child: pid_t = 0
        let failure = Pipe.withoutNewOnes {
            unsafe withCStrings([program] + arguments) { argv in
                if let environment {
                    unsafe withCStrings(environment) {
                        unsafe posix_spawn(&child, program, &files, &attributes, argv, $0)
                    }
                } else {
                    unsafe posix_spawn(&child, program, &files, &attributes, argv, environ)
                }
            }
        }
        guard failure == 0 else {
            for end in ours where end >= 0 { close(end) }
            throw SystemError(call: "start", subject: program, errno: failure)
        }
        identifier = child
        (self.input, self.output) = (ours[0], ours[1])
    }

    /// The variables of this process, as a child has them that is given none.
    static var inheritedEnvironment: [String] {
        var variables: [String] = []
        var next = unsafe environ
        while let variable = unsafe next.pointee {
            unsafe variables.append(String(cString: variable))
            unsafe next += 1
        }
        return variables
    }

    enum Ending: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// Closes our ends and waits for its end.
    @discardableResult
    func wait() -> Ending {
        closeEnds()
        return reap()
    }

    /// Lets it write ahead of who reads, instead of taking turns; as far as the system allows.
    ///
    /// - Source: fcntl(2), `F_SETPIPE_SZ`, which Swift does not see.
    func widenOutput() { _ = fcntl(output, 1031, 1 << 20) }

    func closeInput() { if input >= 0 { close(input) } }

    private func closeEnds() {
        closeInput()
        if output >= 0 { close(output) }
    }

    func reap() -> Ending {
        var status: Int32 = 0
        while unsafe waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        return Self.ending(status)
    }

    private static func ending(_ status: Int32) -> Ending {
        status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
    }

    /// Whether it has ended; if so it is cleared away, and must not be used any more.
    func hasEnded() -> Bool { ending() != nil }

    /// How it has ended, if it has: then it is cleared away, and must not be used any more.
    func ending() -> Ending? {
        var status: Int32 = 0
        guard unsafe waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
        closeEnds()
        return Self.ending(status)
    }

    func signal(_ number: Int32) { kill(-identifier, number) }
    func readOutput() -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe read(output, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return bytes }
            bytes += chunk[..<count]
        }
    }
}

private func withCStrings<Value>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Value
) -> Value {
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) }
    // Not `for unsafe`: the formatter joins the two words.
    defer { while let pointer = unsafe pointers.popLast() { unsafe free(pointer) } }
    unsafe pointers.append(nil)
    return unsafe pointers.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress!) }
}
