import Artifact
import Foundation
import Hashing
import TestSupport
import Testing

/// The tool of the library's own authors, if the machine has it.
private let xxhsum = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/xxhsum" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }

struct FingerprintTests {
    /// Around the borders where XXH3 changes its method, and where reading needs another buffer.
    static let sizes = [
        0, 1, 3, 4, 8, 9, 16, 17, 128, 129, 240, 241, 1023, 4095, 4096, 4097, 1 << 20, 1 << 20 | 1, 3 << 20 | 7,
    ]

    static func bytes(_ count: Int) -> [UInt8] { (0 ..< count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }

    /// - Source: xxHash 0.8, `xxhsum -H2` of nothing.
    @Test("the digest of nothing is the published one")
    func empty() { #expect("\(XXH3.digest([]))" == "99aa06d3014798d86001c324468d497f") }

    @Test("a file's fingerprint is the digest of its bytes, with its size", arguments: sizes)
    func file(count: Int) throws {
        let scratch = try Scratch()
        let bytes = Self.bytes(count)
        try scratch.write(bytes, "f")
        let census = try #require(try scratch.census("f"))
        #expect(census.content.fingerprint == Fingerprint(digest: XXH3.digest(bytes), sizeBytes: UInt64(count)))
    }

    @Test(
        "a file's fingerprint is the same whether or not its bytes are kept, and they are all of it or none",
        arguments: [0, 1, 4095, 4096, 4097, (1 << 17) - 1, 1 << 17, 1 << 17 | 1])
    func reading(count: Int) throws {
        let scratch = try Scratch()
        let bytes = Self.bytes(count)
        try scratch.write(bytes, "f")
        let stamp = try scratch.stamp("f")
        let plain = try scratch.disk.fingerprint("f")
        #expect(plain.fingerprint == Fingerprint(digest: XXH3.digest(bytes), sizeBytes: UInt64(count)))
        for mostBytes in Set([0, 1, 4096, max(0, count - 1), count, 1 << 20]) {
            let reading = try scratch.disk.reading("f", keeping: mostBytes)
            #expect(reading.fingerprint == plain.fingerprint, "keeping \(mostBytes)")
            #expect(reading.before == stamp && reading.after == stamp, "keeping \(mostBytes)")
            // What is read in several pieces is never kept.
            let isKept = count <= mostBytes && count < 1 << 17
            #expect(reading.bytes == (isKept ? bytes : nil), "keeping \(mostBytes)")
        }
    }

    @Test("a digest taken in pieces is that of the whole")
    func pieces() {
        let bytes = Self.bytes(5000)
        for cut in stride(from: 0, through: bytes.count, by: 37) {
            var hash = XXH3()
            hash.update(Array(bytes[..<cut]))
            hash.update(Array(bytes[cut...]))
            #expect(hash.finish() == XXH3.digest(bytes))
        }
    }

    @Test("a fingerprint is what `xxhsum -H2` prints", .enabled(if: xxhsum != nil, "xxhsum is not installed"))
    func outside() throws {
        let tool = try #require(xxhsum)
        let scratch = try Scratch()
        for size in Self.sizes {
            try scratch.write(Self.bytes(size), Path("f\(size)"))
            let ended = try runToEnd(tool, ["-H2", "\(scratch.root)/f\(size)"])
            let printed = String(decoding: ended.output, as: UTF8.self)
            let census = try #require(try scratch.census(Path("f\(size)")))
            #expect(printed.contains("\(census.content.fingerprint.digest) "), "\(size) bytes")
        }
    }
}
