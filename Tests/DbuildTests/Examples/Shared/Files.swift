import Glibc

/// A file that could not be opened or written.
struct FileError: Error { let path: String }

enum Files {
    static func read(_ path: String) throws -> String {
        guard let file = fopen(path, "r") else { throw FileError(path: path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func write(_ text: String, to path: String) throws { try put(text, in: path, mode: "w") }

    /// Says behind the back of dbuild that an action ran: the tests believe this file and nothing else.
    static func witness(_ action: String) throws { try put(action + "\n", in: "witness", mode: "a") }

    /// Lies down for as long as the undeclared file `pause` says, in milliseconds, so that no key knows of it.
    static func pause() {
        guard let text = try? read("pause"), let milliseconds = UInt32(text) else { return }
        for _ in 0 ..< milliseconds { usleep(1000) }
    }

    private static func put(_ text: String, in path: String, mode: String) throws {
        guard let file = fopen(path, mode) else { throw FileError(path: path) }
        defer { fclose(file) }
        guard fputs(text, file) >= 0 else { throw FileError(path: path) }
    }
}

/// Ends this process as a bug in native code would.
enum Death {
    static func byAbort() { abort() }
    static func byKill() { kill(getpid(), SIGKILL) }
}
