import Glibc

/// A file that could not be opened, read or written.
struct FileError: Error {
    let path: String
    let code: Int32
}

enum Files {
    static func read(_ path: String) throws -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw FileError(path: path, code: errno) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            guard count >= 0 else { throw FileError(path: path, code: errno) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// Rests in the middle of it, so that a kill finds the file half written.
    static func write(_ bytes: [UInt8], to path: String, resting milliseconds: Int) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw FileError(path: path, code: errno) }
        defer { close(file) }
        try append(bytes[..<(bytes.count / 2)], to: file, path)
        Witness.rest(milliseconds)
        try append(bytes[(bytes.count / 2)...], to: file, path)
    }

    private static func append(_ bytes: ArraySlice<UInt8>, to file: Int32, _ path: String) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw FileError(path: path, code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// With the undeclared file `locked` beside the workspace nothing can be written to a finished tree.
    static func lockIfAsked(_ directory: String) throws {
        guard access("../locked", F_OK) == 0 else { return }
        guard chmod(directory, 0o500) == 0 else { throw FileError(path: directory, code: errno) }
    }

    /// Bytes that only a name and the bytes of some files determine.
    static func derived(_ name: String, _ inputs: [String], _ count: Int) throws -> [UInt8] {
        var random = Generator(seed: name)
        for input in inputs { random.mix(try read(input)) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count { withUnsafeBytes(of: random.next()) { bytes += $0 } }
        return Array(bytes.prefix(count))
    }
}

/// The same numbers from the same seed, everywhere.
struct Generator {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    init(seed: String) { mix(Array(seed.utf8)) }

    mutating func mix(_ bytes: [UInt8]) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    /// - Source: Vigna, SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// Says behind dbuild's back what ran: the suite believes this file beside the workspace, and no claim of dbuild.
enum Witness {
    static func run(_ name: String, _ work: () throws -> Void) throws {
        let start = nanoseconds()
        try say("begin \(name) \(getpid()) \(start)\n")
        try work()
        try say("end \(name) \(getpid()) \(start) \(nanoseconds())\n")
    }

    private static func say(_ line: String) throws {
        let file = open("../runlog", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw FileError(path: "../runlog", code: errno) }
        defer { close(file) }
        let bytes = Array(line.utf8)
        guard write(file, bytes, bytes.count) == bytes.count else { throw FileError(path: "../runlog", code: errno) }
    }

    /// The undeclared file `pause` beside the workspace says for how many percent of its time an action sleeps.
    static func rest(_ milliseconds: Int) {
        let text = (try? Files.read("../pause")).map { String(decoding: $0, as: UTF8.self) }
        let percent = text.flatMap { Int($0.split(separator: "\n").first ?? "") } ?? 100
        usleep(UInt32(milliseconds * percent * 10))
    }

    private static func nanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
