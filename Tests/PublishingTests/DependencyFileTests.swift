import Testing

@testable import dbuild

/// What programs write into dependency files, and what they had better not.
@Suite struct DependencyFileTests {
    private func read(_ text: String) throws -> [String] {
        try DependencyFile(Array(text.utf8)).prerequisites.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        arguments: [
            ("", []), ("\n\n  \n", []), ("a.o:", []), ("a.o: a.c", ["a.c"]), ("a.o : a.c\n", ["a.c"]),
            ("a.o:a.c", ["a.c"]), ("a.o:: a.c", ["a.c"]), ("a.o b.o: a.c b.h\n", ["a.c", "b.h"]),
            // As GCC breaks lines, with and without carriage returns.
            ("a.o: a.c \\\n /usr/include/x.h \\\n b.h\n", ["a.c", "/usr/include/x.h", "b.h"]),
            ("a.o: a.c \\\r\n b.h\r\n", ["a.c", "b.h"]), ("a.o: a.c\\\nb.h", ["a.c", "b.h"]),
            ("a.o: a.c \\\n", ["a.c"]),
            // As with -MP: targets that need nothing.
            ("a.o: a.c b.h\n\nb.h:\n", ["a.c", "b.h"]), ("a.o: a.c\nb.o: a.c b.c\n", ["a.c", "a.c", "b.c"]),
            ("a.o: x\\ y.h", ["x y.h"]), ("a.o: x\\\\\\ y.h", ["x\\ y.h"]), ("a.o: x\\\\ y.h", ["x\\", "y.h"]),
            ("a.o: x\\#y $$z x\\y", ["x#y", "$z", "x\\y"]), ("a.o: x\\:y c:/d", ["x:y", "c:/d"]),
            ("x\\:y.o: a.c", ["a.c"]), ("a.o: a.c # b.c\n# c: d\nb.o: b.c", ["a.c", "b.c"]),
            ("a.o: a.c | dir", ["a.c", "dir"]), ("a.o: é \u{1}", ["é", "\u{1}"]), ("a.o: a\\", ["a\\"]),
            ("a.o: x$(y)", ["x$(y)"]), ("a.o: a\rb", ["a\rb"]), ("a.o:\tb.c\t\\\n\tc.h", ["b.c", "c.h"]),
        ] as [(String, [String])])
    func prerequisites(text: String, wanted: [String]) throws { #expect(try read(text) == wanted) }

    @Test func linesThatAreNoRulesAreNamed() {
        #expect(throws: DependencyFile.Failure.noRule(line: 1)) { try read("words") }
        #expect(throws: DependencyFile.Failure.noRule(line: 4)) { try read("a: b \\\n c\n\nwords \\\n more\n") }
        #expect(throws: DependencyFile.Failure.nul(line: 2)) { try read("a: b\nc: d\0e") }
    }

    /// Every text of a few hostile bytes ends well or is refused; what is read holds no break and no NUL.
    @Test func noBytesAreTooMuch() throws {
        let alphabet = Array("a: \\\n\r#$\0|".utf8)
        var readable = 0
        for length in 0 ... 5 {
            var places = [Int](repeating: 0, count: length)
            while true {
                if let file = try? DependencyFile(places.map { alphabet[$0] }) {
                    readable += 1
                    for name in file.prerequisites {
                        #expect(!name.isEmpty && !name.contains(0) && !name.contains(UInt8(ascii: "\n")))
                    }
                }
                guard let last = places.lastIndex(where: { $0 < alphabet.count - 1 }) else { break }
                places[last] += 1
                for place in places.indices where place > last { places[place] = 0 }
            }
        }
        #expect(readable > 10_000)
        let bytes = (0 ..< 100_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) | 1 }
        #expect(throws: Never.self) { _ = try? DependencyFile(Array("a: ".utf8) + bytes) }
        #expect(
            try DependencyFile(Array("a: ".utf8) + Array(repeating: UInt8(ascii: "x"), count: 1 << 20)).prerequisites
                .count == 1)
    }
}
