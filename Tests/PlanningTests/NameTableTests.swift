import Hashing
import TestSupport
import Testing

@testable import Planning

@Suite struct NameTableTests {
    @Test func `a name keeps its number however many come after it`() {
        var random = SplitMix(state: 3)
        var table = NameTable()
        var known: [[UInt8]: Int] = [:]
        for _ in 0 ..< 20_000 {
            // Short ones, so that many come again; the empty one is a name, too.
            let name = (0 ..< random.below(4)).map { _ in UInt8(random.below(20)) }
            let expected = known[name] ?? known.count
            known[name] = expected
            #expect(table.find(name.span) == (expected == table.count ? nil : expected))
            #expect(table.number(of: name.span) == expected)
        }
        #expect(table.count == known.count)
        #expect(known.count > 2_000, "the table has grown several times")
        for (name, number) in known {
            #expect(table.find(name.span) == number)
            #expect(Array(table[number]) == name)
        }
    }

    @Test func `names are sorted by their bytes`() {
        var table = NameTable()
        for name in ["b", "a/b", "a", "", "a-b", "ab", "é", "a/"] { _ = table.number(of: Array(name.utf8).span) }
        #expect(
            table.sortedNumbers().map { String(decoding: table[$0], as: UTF8.self) }
                == ["", "a", "a-b", "a/", "a/b", "ab", "b", "é"])
    }
}
