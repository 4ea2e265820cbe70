private import Glibc

// Descriptors that are written to and read from, whatever is behind them.

func writeAll(_ bytes: [UInt8], to descriptor: Int32, named name: String) throws {
    var done = 0
    while done < bytes.count {
        let count = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress! + done, $0.count - done) }
        if count < 0, errno == EINTR { continue }
        // Somebody else has set it so, who has the same terminal or pipe.
        if count < 0, errno == EAGAIN {
            awaitRoom(descriptor)
            continue
        }
        guard count > 0 else { throw SystemError(call: "write", subject: name, errno: errno) }
        done += count
    }
}

/// Returns where a write would not wait, or would fail.
private func awaitRoom(_ descriptor: Int32) {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = unsafe poll(&entry, 1, -1)
}

func closeFile(_ descriptor: Int32) { close(descriptor) }

/// A stream's next line is longer than is expected of it.
struct LineTooLong: Error {}

/// The next line of a stream, without its end, and what came with it; nil where the stream ends before the line does.
func readLine(
    from descriptor: Int32, mostBytes: Int
) throws(LineTooLong) -> (line: [UInt8], rest: ArraySlice<UInt8>)? {
    var line: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe read(descriptor, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return nil }
        if let end = chunk[..<count].firstIndex(of: UInt8(ascii: "\n")) {
            return (line + chunk[..<end], chunk[(end + 1) ..< count])
        }
        line += chunk[..<count]
        if line.count > mostBytes { throw LineTooLong() }
    }
}

/// Whether there is something to read, or the end of the stream.
func hasInput(_ descriptor: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&entry, 1, 0) > 0
}
