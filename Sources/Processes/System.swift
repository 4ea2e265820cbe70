// The only file that imports the C library.
private import Glibc

// MARK: - Sockets

/// Two connected stream sockets; a program that is executed inherits neither.
func socketPair() throws(HelperFailure) -> (ours: Int32, theirs: Int32) {
    var pair: [Int32] = [-1, -1]
    // The call fills two elements, and two are there.
    guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
        throw .noResources(errno: errno)
    }
    return (pair[0], pair[1])
}

/// How many of the bytes the socket took at once; nil where the other end is gone.
func sendNow(_ bytes: ArraySlice<UInt8>, to socket: Int32) -> Int? {
    let sent = unsafe bytes.withUnsafeBytes {
        unsafe send(socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
    }
    if sent < 0 { return mayComeLater(errno) ? 0 : nil }
    return sent
}

/// How many bytes were there and are now in `bytes`, from `start` on; nil at the end of the stream.
func receiveNow(into bytes: inout [UInt8], from start: Int, socket: Int32) -> Int? {
    let received = unsafe bytes.withUnsafeMutableBytes {
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: $0[start...])
        return unsafe recv(socket, rest.baseAddress, rest.count, Int32(MSG_DONTWAIT))
    }
    if received < 0, mayComeLater(errno) { return 0 }
    return received > 0 ? received : nil
}

private func mayComeLater(_ error: Int32) -> Bool { error == EAGAIN || error == EINTR }

/// Tells the other end that no more will come. What it sends is still read.
func endSending(_ socket: Int32) { shutdown(socket, Int32(SHUT_WR)) }

func closeDescriptor(_ descriptor: Int32) { close(descriptor) }

/// What a thread waits for.
struct PollSet {
    private var entries: [pollfd] = []

    mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

    /// - Parameter socket: nil keeps the place and never has anything to say.
    mutating func add(_ socket: Int32?, untilItTakes wantsToSend: Bool = false) {
        let events = wantsToSend ? POLLIN | POLLOUT : POLLIN
        entries.append(pollfd(fd: socket ?? -1, events: Int16(events), revents: 0))
    }

    /// - Parameter milliseconds: nil waits without end.
    /// - Returns: false when nothing has happened in that time.
    @discardableResult
    mutating func wait(milliseconds: Int32? = nil) -> Bool {
        let count = unsafe poll(&entries, nfds_t(entries.count), milliseconds ?? -1)
        return count > 0
    }

    /// Bytes, or the end, are there.
    func hasNews(_ index: Int) -> Bool { answer(index) & ~Int32(POLLOUT) != 0 }
    func takesMore(_ index: Int) -> Bool { answer(index) & Int32(POLLOUT) != 0 }
    /// Nothing of one that has come since the set was filled.
    private func answer(_ index: Int) -> Int32 { index < entries.count ? Int32(entries[index].revents) : 0 }
}

// MARK: - Processes and threads

func killProcess(_ pid: Int32) { kill(pid, SIGKILL) }

/// Waits for the end of a child.
func reap(_ pid: Int32) {
    while waitpid(pid, nil, 0) < 0, errno == EINTR {}
}

/// Whether a child has ended; then its number is free.
func reapIfEnded(_ pid: Int32) -> Bool { waitpid(pid, nil, WNOHANG) == pid }

/// Starts a thread of its own for a body that blocks.
func startThread(_ body: @escaping @Sendable () -> Void) throws(HelperFailure) {
    let retained = unsafe Unmanaged.passRetained(ThreadBody(body))
    var thread = pthread_t()
    // The thread takes over the retained body; where it never starts, nobody else has seen it.
    let error = unsafe pthread_create(
        &thread, nil,
        { argument in
            guard let argument = unsafe argument else { return nil }
            unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        }, retained.toOpaque())
    guard error == 0 else {
        unsafe retained.release()
        throw .noResources(errno: error)
    }
    pthread_detach(thread)
}

private final class ThreadBody {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Errors of a machine that has too little of something.
let exhaustionErrors: Set<Int32> = [EAGAIN, ENOMEM, EMFILE, ENFILE, EIO]

/// The path of the running program; empty where /proc does not tell.
func runningProgram() -> [UInt8] {
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    // It writes no more than it is told, and no NUL behind it.
    let length = unsafe readlink("/proc/self/exe", &path, path.count)
    return path.prefix(max(0, length)).map(UInt8.init(bitPattern:))
}
