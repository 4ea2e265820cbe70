import Testing

@testable import dbuild

/// The symbols are what the compiler has made of `func helper(_:)` and so on in a module `rules`.
@Suite struct SymbolNameTests {
    @Test(arguments: [
        ("$s5rules6helperyS2iF", "helper(_:)", SymbolName.Kind.function, "rules"),
        ("$s5rules3sum1x2by3outS2i_S2itF", "sum(x:by:out:)", .function, "rules"),
        ("$s5rules5TrainVMn", "Train", .type, "rules"),
        ("$s5rules5tableSaySiGvg", "table", .variable, "rules"),
    ])
    func symbolsAreSaidAsTheyWereWritten(
        symbol: String, text: String, kind: SymbolName.Kind, module: String
    ) throws {
        let name = try #require(SymbolName(symbol))
        #expect(name.text == text)
        #expect(name.kind == kind)
        #expect(name.module == module)
    }

    @Test func whatNobodyHasWrittenHasNoName() {
        #expect(SymbolName("memcpy") == nil)
        #expect(SymbolName("") == nil)
    }
}
