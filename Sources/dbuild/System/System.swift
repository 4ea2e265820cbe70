// The only file of the program that imports the C library.
// `@preconcurrency` for its variables, as `environ`.
@unsafe @preconcurrency private import Glibc
import Synchronization

/// A system call that failed outside the workspace's disk.
struct SystemError: Error, Hashable {
    let call: String
    let subject: String
    let errno: Int32
}

func describe(errno code: Int32) -> String { unsafe String(cString: strerror(code)) }

enum Clock {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    static var wallNanoseconds: Int64 { Int64(clamping: read(CLOCK_REALTIME)) }
    /// Nanoseconds since some fixed moment.
    static var monotonicNanoseconds: UInt64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
    }
}

enum Machine {
    static var coreCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// Another one after every start of the machine.
    static var bootIdentity: String {
        (try? readFile("/proc/sys/kernel/random/boot_id")).map {
            String(decoding: $0, as: UTF8.self).trimmed
        } ?? "unknown"
    }

    /// `Linux x86_64`.
    static var platform: String {
        var name = utsname()
        unsafe uname(&name)
        func text<Tuple>(_ tuple: Tuple) -> String {
            unsafe withUnsafeBytes(of: tuple) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return text(name.sysname) + " " + text(name.machine)
    }

    /// `glibc 2.36`.
    static var libcVersion: String {
        var text = [CChar](repeating: 0, count: 64)
        let count = unsafe confstr(Int32(_CS_GNU_LIBC_VERSION), &text, text.count)
        return String(decoding: text.prefix(max(0, count - 1)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The directory of the running program.
    static var programDirectory: String {
        let path = (try? linkTarget("/proc/self/exe")) ?? ""
        return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    static func variable(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }
}

// MARK: - Files outside the workspace

func readFile(_ path: String) throws -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw SystemError(call: "open", subject: path, errno: errno) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe read(file, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw SystemError(call: "read", subject: path, errno: errno) }
        if count == 0 { return bytes }
        bytes += chunk[..<count]
    }
}

/// Writes beside the file and renames, so that nobody sees half of it.
func replaceFile(_ path: String, with bytes: [UInt8], isExecutable: Bool = false) throws {
    let staged = path + ".new-\(getpid())"
    let file = unsafe open(staged, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, isExecutable ? 0o777 : 0o666)
    guard file >= 0 else { throw SystemError(call: "open", subject: staged, errno: errno) }
    do {
        defer { close(file) }
        try writeAll(bytes, to: file, named: staged)
    } catch {
        unsafe unlink(staged)
        throw error
    }
    guard unsafe rename(staged, path) == 0 else { throw SystemError(call: "rename", subject: path, errno: errno) }
}

func writeAll(_ bytes: [UInt8], to descriptor: Int32, named name: String) throws {
    var done = 0
    while done < bytes.count {
        let count = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress! + done, $0.count - done) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw SystemError(call: "write", subject: name, errno: errno) }
        done += count
    }
}

func linkTarget(_ path: String) throws -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe readlink(path, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    guard count >= 0 else { throw SystemError(call: "readlink", subject: path, errno: errno) }
    return String(decoding: buffer[..<count], as: UTF8.self)
}

/// The path without links in it, or nil where there is nothing.
func resolved(_ path: String) -> String? {
    guard let found = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(found) }
    return unsafe String(cString: found)
}

func isExecutableFile(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
}

func fileExists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

// MARK: - Standard channels

func write(_ text: String, toStandard descriptor: Int32) {
    // A closed terminal or pipe must not end a build: what cannot be said is not said.
    try? writeAll(Array(text.utf8), to: descriptor, named: "standard output")
}

extension String {
    var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

// MARK: - Processes

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
    init(
        _ program: String, _ arguments: [String], environment: [String]? = nil, hasOwnGroup: Bool = true,
        input: Stream, output: Stream, error: Stream = .inherited
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
                var ends: [Int32] = [-1, -1]
                guard unsafe pipe(&ends) == 0 else {
                    for end in ours where end >= 0 { close(end) }
                    throw SystemError(call: "pipe", subject: program, errno: errno)
                }
                // Before another thread starts a child that would inherit them, and keep them open.
                for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
                let their = number == 0 ? 0 : 1
                theirs.append(ends[their])
                ours[Int(number == 0 ? 0 : 1)] = ends[1 - their]
                unsafe posix_spawn_file_actions_adddup2(&files, ends[their], number)
            }
        }
        var child: pid_t = 0
        let failure = unsafe withCStrings([program] + arguments) { argv in
            if let environment {
                unsafe withCStrings(environment) { unsafe posix_spawn(&child, program, &files, &attributes, argv, $0) }
            } else {
                unsafe posix_spawn(&child, program, &files, &attributes, argv, environ)
            }
        }
        guard failure == 0 else {
            for end in ours where end >= 0 { close(end) }
            throw SystemError(call: "start", subject: program, errno: failure)
        }
        identifier = child
        (self.input, self.output) = (ours[0], ours[1])
    }

    enum Ending: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// Closes our ends and waits for its end.
    @discardableResult
    func wait() -> Ending {
        closeInput()
        if output >= 0 { close(output) }
        return reap()
    }

    func closeInput() { if input >= 0 { close(input) } }

    func reap() -> Ending {
        var status: Int32 = 0
        while unsafe waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
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

enum Signal {
    static let terminate = SIGTERM
    static let kill = SIGKILL

    private static let names: [Int32: String] = [
        SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP",
        SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV",
        SIGPIPE: "SIGPIPE", SIGTERM: "SIGTERM", SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ", SIGSYS: "SIGSYS",
    ]

    static func name(_ number: Int32) -> String {
        names[number] ?? "signal \(number)"
    }

    /// A closed terminal or pipe must not end a build.
    static func ignoreBrokenPipes() { Glibc.signal(SIGPIPE, SIG_IGN) }

    /// What ends a build when it comes from outside.
    private static let awaited = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
    /// Where the handler writes: -1 until somebody listens.
    private static let handlerEnd = Atomic<Int32>(-1)

    /// Takes the signals that are to end a build, so that they no longer end the process.
    ///
    /// Not by blocking them: the threads of Dispatch, on which `main` runs, unblock them. What was ignored when
    /// dbuild was started stays ignored, as nohup wants it.
    ///
    /// - Returns: gives the next of them, each time that it is called; it waits.
    static func listen() throws -> @Sendable () -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw SystemError(call: "pipe", subject: "signals", errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        handlerEnd.store(ends[1], ordering: .releasing)
        for number in awaited {
            let before = Glibc.signal(number) { number in
                let code = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = unsafe write(Signal.handlerEnd.load(ordering: .acquiring), &byte, 1)
                errno = code
            }
            if unsafe unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
                Glibc.signal(number, SIG_IGN)
            }
        }
        let readEnd = ends[0]
        return {
            var byte: UInt8 = 0
            while unsafe read(readEnd, &byte, 1) != 1 {}
            return Int32(byte)
        }
    }

    static func killSelf() { _ = Glibc.kill(getpid(), SIGKILL) }
}

/// The directory of the whole process: children start in it.
func changeDirectory(_ path: String) throws {
    guard unsafe chdir(path) == 0 else { throw SystemError(call: "chdir", subject: path, errno: errno) }
}

func leave(_ code: Int32) -> Never { Glibc.exit(code) }

/// Runs a body on a thread of its own, which ends with it.
func startThread(_ body: @escaping @Sendable () -> Void) throws {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let box = unsafe Unmanaged.passRetained(Box(body))
    let failure = unsafe pthread_create(
        &thread, nil,
        { argument in
            if let argument = unsafe argument { unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
            return nil
        }, box.toOpaque())
    guard failure == 0 else {
        unsafe box.release()
        throw SystemError(call: "pthread_create", subject: "thread", errno: failure)
    }
    pthread_detach(thread)
}

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

func pause(nanoseconds: UInt64) {
    var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    var rest = timespec()
    while unsafe nanosleep(&time, &rest) != 0, errno == EINTR { time = rest }
}

/// `14:02:11`, in the zone of the machine.
func timeOfDay() -> String {
    var now = time(nil)
    var parts = unsafe tm()
    unsafe localtime_r(&now, &parts)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return unsafe "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
}

/// A file that grows: each write goes to its end.
func openForAppending(_ path: String) throws -> Int32 {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw SystemError(call: "open", subject: path, errno: errno) }
    return file
}
