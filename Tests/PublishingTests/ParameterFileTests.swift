import Foundation
import Testing

@testable import dbuild

/// What a file of parameters says, word for word.
@Suite struct ParameterFileTests {
    private func read(_ text: String) throws -> [String] {
        try ParameterFile.read(Array(text.utf8)).map { "\($0.name)=\($0.value)" }
    }

    @Test func valuesAreAsTheyAreWrittenInTheFilesOrder() throws {
        let text = #"""
            { "b" : "x, \"y\": {1}\\", "a":true,"c" : 1.10 ,
              "d": 12345678901234567890123, "e": -7, "f": 1e3, "g": 5.0, "": "", "\u0061b": "ü", "h": 0.1}
            """#
        #expect(
            try read(text) == [
                #"b=x, "y": {1}\"#, "a=true", "c=1.10", "d=12345678901234567890123", "e=-7", "f=1000", "g=5", "=",
                "ab=ü", "h=0.1",
            ])
        #expect(try read("{}") == [])
        #expect(try read("\u{FEFF}{\"a\": 1}") == ["a=1"])
    }

    @Test func oneNameTwiceIsThereTwice() throws {
        #expect(try read(#"{"n": 5, "m": 1, "\u006e": 6}"#) == ["n=5", "m=1", "n=6"])
    }

    @Test(arguments: ["", "[1]", "1", "{\"a\": {}}", "{\"a\": [1]}", "{\"a\": null}", "{\"a\": 1", "{a: 1}", "{} {}"])
    func nothingElseIsTaken(text: String) {
        #expect(throws: (any Error).self) { try read(text) }
    }

    @Test func whatIsNotUTF8IsNotTaken() throws {
        let text = try #require("{\"a\": \"b\"}".data(using: .utf16))
        #expect(throws: (any Error).self) { try ParameterFile.read(Array(text)) }
    }
}
