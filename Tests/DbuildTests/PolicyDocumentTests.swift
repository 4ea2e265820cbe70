import Foundation
import Testing

/// What `docs/policies.md` says is shown by tests, and by the rules of the airport pipeline.
@Suite struct PolicyDocumentTests {
    private let root = testSources.deletingLastPathComponent().deletingLastPathComponent()

    @Test func everyTestThatItNamesIsThere() throws {
        let text = try String(contentsOf: root.appending(path: "docs/policies.md"), encoding: .utf8)
        let tests = try FileManager.default.contentsOfDirectory(atPath: testSources.path)
            .filter { $0.hasSuffix("Tests.swift") }
            .map { try String(contentsOf: testSources.appending(path: $0), encoding: .utf8) }.joined()
        // No word of dbuild or Swift that it names has so many letters.
        let named = Set(text.matches(of: #/`([a-z][A-Za-z]{15,})`/#).map { String($0.1) })
        #expect(named.count > 25)
        for name in named { #expect(tests.contains("func \(name)("), "\(name)") }
        for script in Set(text.matches(of: #/Scripts\/[a-z-]+\.py/#).map { String($0.0) }) {
            #expect(FileManager.default.fileExists(atPath: root.appending(path: script).path), "\(script)")
        }
    }

    @Test func theRuleThatItShowsIsThatOfThePipeline() throws {
        let text = try String(contentsOf: root.appending(path: "docs/policies.md"), encoding: .utf8)
        let rules = try String(contentsOf: root.appending(path: "rules/DailyRules.swift"), encoding: .utf8)
        let shown = try #require(text.firstMatch(of: #/```swift\n(.*)\n```/#)).1
        #expect(rules.contains(shown))
    }
}
