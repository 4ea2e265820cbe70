import Hashing
import Testing

@testable import dbuild

struct CodeFingerprintTests {
    private func digest(_ archive: [UInt8]) throws -> Digest {
        try CodeFingerprint.digest(sources: [], compilerVersion: [], archive: archive)
    }

    @Test(
        "the same library compiled elsewhere, with comments and in another order, is the same",
        .enabled(if: Tool.areThere, "swiftc, clang and ar are not all there"))
    func neutral() throws {
        let first = try Source().archive()
        let second = try Source().archive()
        #expect(first != second, "the debug information should name the directory")
        #expect(try digest(first) == digest(second))
        var other = Source()
        other.c = "\n\n/* one */\n" + other.c
        other.swift = "// one\n\n" + other.swift
        other.isReversed = true
        #expect(try digest(first) == digest(other.archive()))
    }

    @Test(
        "one change of the library is another library",
        .enabled(if: Tool.areThere, "swiftc, clang and ar are not all there"),
        arguments: [
            ("x * 3", "x * 7"), ("{1, 2, 3, 4}", "{1, 2, 3, 5}"), ("table[4]", "table[5]"), ("int two(", "int three("),
            ("hello", "Hello"), ("int table", "static int zeros[8]; int *leak(void) { return zeros; }\nint table"),
        ])
    func changed(before: String, after: String) throws {
        var other = Source()
        other.c = other.c.replacing(before, with: after)
        other.swift = other.swift.replacing(before, with: after)
        #expect(try digest(Source().archive()) != digest(other.archive()))
    }

    @Test(
        "functions that change their names are another library, although not one byte of code differs",
        .enabled(if: Tool.areThere, "swiftc, clang and ar are not all there"))
    func swapped() throws {
        var one = Source()
        one.c = "int a(void) { return 1; }\nint b(void) { return 2; }\n"
        var other = Source()
        other.c = "int b(void) { return 1; }\nint a(void) { return 2; }\n"
        #expect(try digest(one.archive()) != digest(other.archive()))
    }

    @Test(
        "more zeros are another library",
        .enabled(if: Tool.areThere, "swiftc, clang and ar are not all there"))
    func zeros() throws {
        var one = Source()
        one.c = "static int zeros[8]; int *leak(void) { return zeros; }\n"
        var other = Source()
        other.c = "static int zeros[9]; int *leak(void) { return zeros; }\n"
        #expect(try digest(one.archive()) != digest(other.archive()))
    }

    @Test(
        "an archive that is cut short or damaged is an error or has a digest",
        .enabled(if: Tool.areThere, "swiftc, clang and ar are not all there"))
    func damaged() throws {
        let archive = try Source().archive()
        for length in stride(from: 0, to: archive.count, by: 97) { _ = try? digest(Array(archive[..<length])) }
        var random = SystemRandomNumberGenerator()
        // Object files begin behind the member's header of 60 bytes; their own header is 64 bytes long.
        let headers = archive.indices.dropLast(4).filter {
            archive[$0 ..< $0 + 4].elementsEqual([0x7F, 0x45, 0x4C, 0x46])
        }
        for round in 0 ..< 600 {
            var damaged = archive
            for _ in 0 ..< 4 {
                let header = try #require(headers.randomElement(using: &random))
                let at =
                    round % 2 == 0
                    ? header + Int.random(in: 4 ..< 64, using: &random)
                    : Int.random(in: 0 ..< archive.count, using: &random)
                damaged[at] = round % 3 == 0 ? 0xFF : UInt8.random(in: 0 ... 255, using: &random)
            }
            _ = try? digest(damaged)
        }
        // The section table's place, one below the largest number.
        for header in headers {
            var damaged = archive
            damaged.replaceSubrange(
                header + 40 ..< header + 48, with: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])
            #expect(throws: ELFError.damaged) { try digest(damaged) }
        }
    }

    @Test("what is no archive is said to be none, and an empty one is one")
    func noArchive() throws {
        for bytes in [[], Array("!<thin>\n".utf8), Array("\u{7F}ELF".utf8)] {
            #expect(throws: ELFError.notAnArchive) { try digest(bytes) }
        }
        _ = try digest(Array("!<arch>\n".utf8))
    }

    @Test("a member that is no object file counts with its bytes")
    func otherMembers() throws {
        func archive(_ name: String, _ text: String) -> [UInt8] {
            func field(_ text: String, _ width: Int) -> String {
                text + String(repeating: " ", count: width - text.utf8.count)
            }
            let header = field(name, 16) + field("0", 12) + field("0", 6) + field("0", 6) + field("644", 8)
            return Array(("!<arch>\n" + header + field("\(text.utf8.count)", 10) + "`\n" + text).utf8)
        }
        #expect(try digest(archive("code.bc/", "BC one")) != digest(archive("code.bc/", "BC two")))
        // The archive's own tables: of symbols and of long names.
        for name in ["/", "//", "/SYM64/"] {
            #expect(try digest(archive(name, "1234")) == digest(archive(name, "5678")))
        }
    }

    @Test("the source, its normalised text and the compiler count; the order of files does not")
    func sources() throws {
        let archive = Array("!<arch>\n".utf8)
        func digest(_ sources: [String], _ version: String = "1") throws -> Digest {
            try CodeFingerprint.digest(
                sources: sources.map { Array($0.utf8) }, compilerVersion: Array(version.utf8), archive: archive)
        }
        #expect(try digest(["a", "b // c"]) == digest(["b", "a"]))
        #expect(try digest(["a", "b"]) != digest(["a", "c"]))
        #expect(try digest(["a", "b"]) != digest(["a b"]))
        #expect(try digest(["a"]) != digest(["a", "a"]))
        #expect(try digest(["a"]) != digest(["a"], "2"))
    }
}
