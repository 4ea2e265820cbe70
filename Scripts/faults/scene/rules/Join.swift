import Glibc
import Rules

/// The name and two files, one after the other; or what `behaviour/NAME` beside the workspace says.
struct Join: Recipe {
    var name: String
    @Input var left: Artifact
    @Input var right: Artifact
    @Output var result: Artifact

    func run(_ step: Step) throws {
        try append("begin \(name) \(getpid()) 0\n", to: "../runlog")
        let words = behaviour()
        var pause = 0
        switch words.first {
        case "slow": pause = number(words)
        case "half":
            try append("\(name)\nhalf", to: result.path)
            step.log("half is written")
            throw Refused(reason: "after half of it")
        case "nothing": return
        case "crash": fatalError("as asked")
        case "signal": kill(getpid(), Int32(number(words)))
        case "exit": exit(Int32(number(words)))
        case "hang": while true { sleep(1000) }
        case "eat": try eat(megabytes: number(words))
        case "flood":
            let line = String(repeating: "x", count: 99)
            for _ in 0 ..< number(words) { step.log(line) }
        case "state": try append(try state(), to: "../state-" + name)
        default: break
        }
        usleep(UInt32(pause * 1000))
        let first = try read(left.path)
        usleep(UInt32(pause * 1000))
        let second = try read(right.path)
        usleep(UInt32(pause * 1000))
        try write(Array("\(name)\n".utf8) + first + second, to: result.path, O_TRUNC)
        try append("end \(name) \(getpid()) 0 0\n", to: "../runlog")
    }

    private func behaviour() -> [Substring] {
        let text = (try? read("../behaviour/" + name)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split { $0 == " " || $0 == "\n" }
    }

    private func number(_ words: [Substring]) -> Int { words.count > 1 ? Int(words[1]) ?? 0 : 0 }

    /// What this process has inherited, one thing on a line.
    private func state() throws -> String {
        var lines: [String] = []
        var place = [UInt8](repeating: 0, count: 4096)
        for file in 0 ..< Int32(1024) where fcntl(file, F_GETFD) >= 0 {
            let count = place.withUnsafeMutableBytes {
                readlink("/proc/self/fd/\(file)", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
            }
            lines.append("fd \(file) \(String(decoding: place.prefix(max(0, count)), as: UTF8.self))")
        }
        for name in ["status", "stat", "limits", "environ"] {
            lines.append("-- \(name)")
            lines.append(String(decoding: try read("/proc/self/" + name), as: UTF8.self))
        }
        return lines.joined(separator: "\n")
    }

    private func eat(megabytes: Int) throws {
        for _ in 0 ..< megabytes {
            // Mapped, since the compiler leaves out what is allocated and never read.
            let place = mmap(nil, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)
            guard place != MAP_FAILED else { throw Refused(reason: "no memory") }
            usleep(1000)
        }
        sleep(60)
    }
}

struct Refused: Error {
    let reason: String
}

struct FileError: Error {
    let path: String
    let code: Int32
}

/// In pieces, so that an edit can come between them.
func read(_ path: String) throws -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw FileError(path: path, code: errno) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 12)
    while true {
        let count = Glibc.read(file, &chunk, chunk.count)
        guard count >= 0 else { throw FileError(path: path, code: errno) }
        if count == 0 { return bytes }
        bytes += chunk[..<count]
    }
}

func append(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path, O_APPEND) }

func write(_ bytes: [UInt8], to path: String, _ how: Int32) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | how, 0o644)
    guard file >= 0 else { throw FileError(path: path, code: errno) }
    defer { close(file) }
    guard bytes.withUnsafeBytes({ Glibc.write(file, $0.baseAddress, $0.count) }) == bytes.count else {
        throw FileError(path: path, code: errno)
    }
}
