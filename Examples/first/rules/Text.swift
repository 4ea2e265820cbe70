import Glibc

/// Small text files, without the compile time of Foundation.
enum Text {
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let description: String

        init(_ path: String) {
            self.path = path
            description = path + ": " + String(cString: strerror(errno))
        }
    }

    static func read(_ path: String) throws -> String {
        guard let file = fopen(path, "r") else { throw Failure(path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        guard ferror(file) == 0 else { throw Failure(path) }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw Failure(path) }
        let isWritten = fputs(text, file) >= 0
        guard fclose(file) == 0, isWritten else { throw Failure(path) }
    }
}
