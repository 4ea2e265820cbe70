import Artifact
import Foundation
import Testing

@testable import dbuild

/// Edits of real rules: exactly the recipes that reach what changed get another fingerprint.
@Suite(.enabled(if: Tool.areThere && FingerprintedRules.isBuilt, "no compiler, or no archive beside the tests"))
struct MutationTests {
    struct Edit: Sendable, CustomStringConvertible {
        let description: String
        let file: String
        let before: String
        let after: String
        let changed: Set<String>
        /// What may change besides, as docs/design.md says: what reaches the protocol of a conformance that is added, or
        /// a text with a zero byte.
        let mayChange: Set<String>

        init(
            _ description: String, _ file: String, _ before: String, _ after: String, _ changed: Set<String> = [],
            mayChange: Set<String> = []
        ) {
            (self.description, self.file, self.before, self.after) = (description, file, before, after)
            (self.changed, self.mayChange) = (changed, mayChange)
        }
    }

    static let a = "5rules7GenericVyAA6ModelAVG"
    static let b = "5rules7GenericVyAA6ModelBVG"
    static let reporting = Set(FingerprintedRules.recipes).subtracting([
        "5rules4TextV", "5rules5OtherV", "5rules4ZeroV", "5rules8SwitchesV", "5rules6LimitsV", "5rules5NamesV",
        "5rules4AsksV", "5rules4SetsV",
    ])
    static let (helpers, rules, library) = ("Helpers.swift", "Rulesfile.swift", "Library/Library.swift")

    static let first = """
        struct First: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws { print("a text that comes before all the others") }
        }

        """

    static let saysNothing: Set = ["a comment", "formatting", "two hundred lines above", "lines in the library"]

    static let edits = [
        Edit("a comment", helpers, "private func inner", "\n// a comment\n\nprivate func inner"),
        Edit("formatting", helpers, "{ x &* 53 &+ 1 }", "{\n    x   &*   53\n        &+ 1\n}"),
        Edit(
            "two hundred lines above", helpers, "protocol Scorer",
            String(repeating: "\n", count: 200) + "protocol Scorer"),
        Edit("lines in the library", library, "public protocol", "\n\n\npublic protocol"),
        Edit("a helper", helpers, "x &* 53", "x &* 54", ["5rules5PlainV"]),
        Edit("one of two generic arguments", helpers, "x &* 31", "x &* 32", [a, "5rules11ExistentialV"]),
        Edit("a private helper of it", helpers, "x ^ 47", "x ^ 48", [a, "5rules11ExistentialV"]),
        Edit("the other generic argument", helpers, "x &* 37", "x &* 38", [b]),
        Edit("behind a protocol", helpers, "x &* 41", "x &* 42", ["5rules11ExistentialV"]),
        Edit("a conformance found by as?", helpers, "n * 43", "n * 44", ["5rules4CastV"]),
        Edit("a closure", rules, "$0 &* 11", "$0 &* 12", ["5rules7ClosureV"]),
        Edit("what takes a closure", helpers, "&+ 59", "&+ 60", ["5rules7ClosureV"]),
        Edit("a global's initialiser", helpers, "* 67", "* 68", ["5rules6GlobalV"]),
        Edit("a text of the same length", rules, "longer than fifteen", "longer than sixteen", ["5rules4TextV"]),
        Edit("a longer text", rules, "longer than fifteen", "a good deal longer than fifteen", ["5rules4TextV"]),
        Edit("the text behind it", rules, "which lies beside", "beside", ["5rules5OtherV"]),
        Edit("a text that is not merged", rules, "is not one that", "is none that", ["5rules4ZeroV"]),
        Edit(
            "a text of a table that is not merged", rules, "a first text with", "a farst text with", ["5rules5NamesV"]),
        Edit("a number beside it", rules, "300", "301", ["5rules6LimitsV"], mayChange: ["5rules4ZeroV"]),
        Edit(
            "what only an operand is compared with", rules, "second = Level.mid", "second = Level.high",
            ["5rules4AsksV", "5rules4SetsV"]),
        Edit("its neighbour", rules, "first = Level.top", "first = Level.high", ["5rules4SetsV"]),
        Edit(
            "a variable added before them", rules, "nonisolated(unsafe) private var first",
            "nonisolated(unsafe) private var zeroth = Level.high\nfunc step() { zeroth = zeroth == .low ? .mid : .low }\nnonisolated(unsafe) private var first"
        ),
        Edit("a helper of nearly all", helpers, "print(x)", "print(-x)", reporting),
        Edit("a library's helper", library, "^ 89", "^ 90", ["5rules7LibraryV"]),
        Edit("a library's method", library, "&* 83", "&* 84", ["5rules7LibraryV"]),
        Edit("what nobody calls in the library", library, "&* 97", "&* 98"),
        Edit("what may crash", helpers, "&+ 101", "&+ 102", ["5rules7CrashesV"]),
        Edit("the text of a crash", helpers, "too much", "too many", ["5rules7CrashesV"]),
        Edit("what throws", helpers, "&* 103", "&* 104", ["5rules7CrashesV", "5rules7CatchesV"]),
        Edit("what catches", rules, "&+ 127", "&+ 126", ["5rules7CatchesV"]),
        Edit(
            "a number in a switch", helpers, "77.125", "77.25", ["5rules8SwitchesV"]),
        Edit(
            "a word in a switch", helpers, "\"alpha\"", "\"alpho\"", ["5rules8SwitchesV"]),
        Edit(
            "a long word in a switch", helpers, "more than fifteen", "more than sixteen", ["5rules8SwitchesV"]),
        Edit("an override", helpers, "&* 109", "&* 110", ["5rules8OverrideV"]),
        Edit("a base class", helpers, "&* 107", "&* 106", ["5rules8OverrideV"]),
        Edit("behind a key path", helpers, "&* 113", "&* 114", ["5rules7KeyPathV"]),
        Edit("a function in a function", rules, "&* 131", "&* 132", ["5rules5LocalV"]),
        Edit("one number of a table", helpers, "229", "230", ["5rules5TableV"]),
        Edit("a recipe in a type", rules, "&* 137", "&* 138", ["5rules6NestedO5InnerV"]),
        Edit("rules()", rules, "out: \"plain\"", "out: \"plain-other\""),
        Edit(
            "an unrelated recipe added", rules, "build.action(\"plain\"",
            "build.action(\"added\", Added(out: \"added\")); build.action(\"plain\""),
        Edit(
            "a recipe added before all others", rules, "struct Plain: Recipe", first + "struct Plain: Recipe",
            mayChange: ["5rules5NamesV"]),
        Edit(
            "types added behind all else", helpers, "{ weights[i] }",
            """
            { weights[i] }
            struct Setting: Codable { var count = 3; var kind = "what sort of a setting this one is" }
            enum Kind: String, CaseIterable { case one = "a long text of the first kind", two = "a long text of another" }
            """),
        Edit(
            "a function added", helpers, "private func inner",
            "@inline(never) func another(_ x: Int) -> Int { x &* 71 }\nprivate func inner"),
        Edit(
            "a constant added", helpers, "private func inner",
            "@inline(never) func another(_ x: Double) -> Double { x * 71.7 }\nlet more = [1, 2, 3]\nprivate func inner"),
        Edit(
            "a conformance of a type declared elsewhere", helpers, "self % 45", "self % 46",
            ["5rules7RetypedV", "5rules4CastV"], mayChange: [a, b, "5rules11ExistentialV"]),
    ]

    /// All of them by DBUILD_LONG=1; else every third, since each is compiled.
    static let tried = edits.enumerated().filter {
        $0.offset % 3 == 1 || ProcessInfo.processInfo.environment["DBUILD_LONG"] != nil
    }.map(\.element)

    @Test("every recipe's code is resolved")
    func resolved() throws {
        let base = try FingerprintedRules.base.get()
        for type in FingerprintedRules.recipes {
            let code = try #require(base.ofRecipe[type], "\(type) of \(base.ofRecipe.keys.sorted())")
            #expect(code.widened == nil, "\(type)")
        }
    }

    @Test("an edit changes exactly the recipes that reach it", arguments: tried)
    func edit(_ edit: Edit) throws {
        let base = try FingerprintedRules.base.get()
        var rules = FingerprintedRules()
        try rules.replace(edit.before, with: edit.after, in: edit.file)
        let after = try rules.fingerprints()
        let changed = Set(
            FingerprintedRules.recipes.filter { after.ofRecipe[$0]?.digest != base.ofRecipe[$0]?.digest })
        let names = changed.subtracting(edit.changed).first.map { type in
            Set(after.ofRecipe[type]?.atoms ?? []).symmetricDifference(base.ofRecipe[type]?.atoms ?? []).map(\.name)
        }
        #expect(changed.isSuperset(of: edit.changed), "stale")
        // What counts for recipes of which something cannot be told.
        #expect(edit.changed.isEmpty || after.whole.digest != base.whole.digest)
        if Self.saysNothing.contains(edit.description) { #expect(after.whole.digest == base.whole.digest) }
        #expect(changed.subtracting(edit.mayChange).isSubset(of: edit.changed), "\(names?.sorted().prefix(8) ?? [])")
    }

    @Test("an object that is cut short or damaged is an error or has fingerprints")
    func damaged() throws {
        let object = try #require(FingerprintedRules.linked.min { $0.count < $1.count })
        let archive = Array("!<arch>\n".utf8)
        for length in stride(from: 0, to: object.count, by: object.count / 60) {
            #expect(throws: ELFError.self) {
                try CodeFingerprints(rules: [Array(object[..<length])], archive: archive, compilerVersion: [])
            }
        }
        var random = SystemRandomNumberGenerator()
        for _ in 0 ..< 200 {
            var damaged = object
            for _ in 0 ..< 6 {
                damaged[Int.random(in: 0 ..< damaged.count, using: &random)] = UInt8.random(
                    in: 0 ... 255, using: &random)
            }
            do { _ = try CodeFingerprints(rules: [damaged], archive: archive, compilerVersion: []) } catch {
                #expect([ELFError.damaged, .unsupported].contains(error))
            }
        }
    }
}
