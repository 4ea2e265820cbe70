import Foundation
import TestSupport
import Testing

@testable import dbuild

/// A small rules directory with a library below it, compiled as dbuild compiles rules.
///
/// The library is a module of its own, so that a changed archive can be tried without building dbuild again.
struct FingerprintedRules {
    var files: [String: String] = [
        "Rulesfile.swift": rulesfile, "Helpers.swift": helpers, "Library/Library.swift": library,
    ]

    static let recipes = [
        "5rules5PlainV", "5rules11ExistentialV", "5rules7ClosureV", "5rules6GlobalV", "5rules4CastV", "5rules4TextV",
        "5rules7LibraryV", "5rules7CrashesV", "5rules8SwitchesV", "5rules8OverrideV", "5rules7KeyPathV",
        "5rules5LocalV", "5rules5TableV", "5rules7GenericVyAA6ModelAVG", "5rules7GenericVyAA6ModelBVG",
        "5rules7RetypedV", "5rules6NestedO5InnerV", "5rules7CatchesV", "5rules5OtherV", "5rules4ZeroV",
        "5rules6LimitsV", "5rules5NamesV", "5rules4AsksV", "5rules4SetsV",
    ]

    mutating func replace(_ before: String, with after: String, in file: String) throws {
        let text = try #require(files[file])
        try #require(text.contains(before), "\(before) is not in \(file)")
        files[file] = text.replacing(before, with: after)
    }

    /// Where the modules under test lie: beside the tests themselves.
    static let built: URL = {
        var place = URL(filePath: #filePath)
        for _ in 0 ..< 4 { place.deleteLastPathComponent() }
        return place.appending(path: ".build/debug")
    }()

    /// What these rules need of the archive's members: all of them would take several times as long.
    static let linked: [[UInt8]] = ["Rules", "Calendar"].flatMap { module in
        let directory = built.appending(path: module + ".build").path()
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
        return names.filter { $0.hasSuffix(".o") }.compactMap { name in
            (try? Data(contentsOf: URL(filePath: directory + "/" + name))).map { [UInt8]($0) }
        }
    }

    static let base = Result { try FingerprintedRules().fingerprints() }

    static var isBuilt: Bool {
        FileManager.default.fileExists(atPath: built.appending(path: "libDbuildRules.a").path())
    }

    func fingerprints() throws -> CodeFingerprints {
        let directory = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        func place(_ name: String) -> String { directory.appending(path: name).path() }
        try FileManager.default.createDirectory(atPath: place("Library"), withIntermediateDirectories: true)
        for (name, text) in files { try text.write(toFile: place(name), atomically: false, encoding: .utf8) }
        let cache = Self.built.appending(path: "FingerprintedRules.cache").path()
        func compile(_ module: String, _ sources: [String], _ more: [String]) throws -> [[UInt8]] {
            let map = Dictionary(uniqueKeysWithValues: sources.map { ($0, ["object": $0 + ".o"]) })
            try JSONEncoder().encode(map).write(to: URL(filePath: place(module + ".json")))
            try Tool.swiftc.run(
                Toolchain.options + ["-module-cache-path", cache, "-module-name", module] + more + sources + [
                    "-c", "-output-file-map", place(module + ".json"),
                ])
            return try sources.map { [UInt8](try Data(contentsOf: URL(filePath: $0 + ".o"))) }
        }
        let library = try compile(
            "Library", [place("Library/Library.swift")],
            ["-emit-module", "-emit-module-path", place("Library.swiftmodule")])
        let sources = files.keys.filter { !$0.hasPrefix("Library/") }.sorted().map(place)
        let rules = try compile(
            "rules", sources, ["-I", Self.built.appending(path: "Modules").path(), "-I", directory.path()])
        return try CodeFingerprints(
            rules: rules + library + Self.linked, archive: Array("!<arch>\n".utf8), compilerVersion: [])
    }

    static let library = """
        public protocol Weighed { func weight(_ x: Int) -> Int }
        public struct Stone: Weighed {
            public init() {}
            @inline(never) public func weight(_ x: Int) -> Int { x &* 83 &+ inner(x) }
        }
        private func inner(_ x: Int) -> Int { x ^ 89 }
        @inline(never) public func unrelated(_ x: Int) -> Int { x &* 97 }
        """

    static let helpers = """
        protocol Scorer: Sendable { init(); func score(_ x: Int) -> Int }
        protocol Named { var name: String { get } }
        struct ModelA: Scorer { func score(_ x: Int) -> Int { x &* 31 &+ inner(x) } }
        struct ModelB: Scorer { func score(_ x: Int) -> Int { x &* 37 } }
        struct ModelC: Scorer { func score(_ x: Int) -> Int { x &* 41 } }
        struct Tag { var n: Int }
        extension Tag: Named { var name: String { String(repeating: "x", count: n * 43) } }
        extension Int: Named { var name: String { String(repeating: "y", count: self % 45) } }
        private func inner(_ x: Int) -> Int { x ^ 47 }
        @inline(never) func helper(_ x: Int) -> Int { x &* 53 &+ 1 }
        @inline(never) func apply(_ x: Int, _ body: (Int) -> Int) -> Int { body(x) &+ 59 }
        @inline(never) func anything(_ x: Int) -> Any { Tag(n: x) }
        @inline(never) func someInt(_ x: Int) -> Any { x }
        @inline(never) func report(_ x: Int) { print(x) }
        let table = (0..<61).map { $0 * 67 }
        @inline(never) func crash(_ x: Int) -> Int {
            if x > 500 { fatalError("too much") }
            if x < -3 { preconditionFailure("less") }
            return x &+ 101
        }
        struct Wrong: Error { var code: Int }
        @inline(never) func failing(_ x: Int) throws -> Int { if x > 500 { throw Wrong(code: x) }; return x &* 103 }
        @inline(never) func forcing(_ x: String) -> Int { let y = Int(x)!; return y &+ (try! failing(y)) }
        enum Color: Int { case a, b, c, d, e, f, g }
        @inline(never) func names(_ c: Color) -> Double {
            switch c { case .a: 1.5; case .b: 2.25; case .c: 77.125; case .d: 8; case .e: 1e9; case .f: 3.1; case .g: 0.7 }
        }
        @inline(never) func word(_ c: Color) -> String {
            switch c { case .a: "alpha"; case .b: "a word of more than fifteen"; case .c: "c"; default: "rest" }
        }
        class Base { func work(_ x: Int) -> Int { x &* 107 } }
        final class Derived: Base { override func work(_ x: Int) -> Int { x &* 109 } }
        @inline(never) func make(_ x: Int) -> Base { x > 3 ? Derived() : Base() }
        struct Point { var x: Int; var twice: Int { x &* 113 } }
        @inline(never) func path() -> Swift.KeyPath<Point, Int> { \\Point.twice }
        let weights: [Int] = [211, 223, 227, 229, 233, 239]
        @inline(never) func weight(_ i: Int) -> Int { weights[i] }
        """

    static let rulesfile = """
        import Library
        import Rules

        @main
        struct Fingerprints: Rulesfile {
            func rules(_ build: Build) throws {
                build.action("plain", Plain(out: "plain"))
                build.action("generic-a", Generic<ModelA>(out: "ga"))
                build.action("generic-b", Generic<ModelB>(out: "gb"))
                build.action("existential", Existential(out: "e"))
                build.action("closure", Closure(out: "c"))
                build.action("global", Global(out: "g"))
                build.action("cast", Cast(out: "k"))
                build.action("library", Library(out: "l"))
                build.action("text", Text(out: "t"))
                build.action("other", Other(out: "o"))
                build.action("zero", Zero(out: "z"))
                build.action("limits", Limits(out: "limits"))
                build.action("names", Names(out: "names"))
                build.action("asks", Asks(out: "asks"))
                build.action("sets", Sets(out: "sets"))
                build.action("crashes", Crashes(out: "crashes"))
                build.action("catches", Catches(out: "catches"))
                build.action("switches", Switches(out: "switches"))
                build.action("override", Override(out: "override"))
                build.action("keypath", KeyPath(out: "keypath"))
                build.action("local", Local(out: "local"))
                build.action("table", Table(out: "table"))
                build.action("nested", Nested.Inner(out: "nested"))
                build.action("retyped", Retyped(out: "retyped"))
            }
        }

        struct Plain: Recipe { @Output var out: Artifact; func run(_ step: Step) throws { report(helper(step.cpus)) } }
        struct Generic<M: Scorer>: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws { report(M().score(step.cpus)) }
        }
        struct Existential: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws {
                for scorer in [ModelA(), ModelC()] as [any Scorer] { report(scorer.score(step.cpus)) }
            }
        }
        struct Closure: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws { report(apply(3) { $0 &* 11 &+ step.cpus }) }
        }
        struct Global: Recipe { @Output var out: Artifact; func run(_ step: Step) throws { report(table[step.cpus]) } }
        struct Cast: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws { if let named = anything(step.cpus) as? any Named { report(named.name.count) } }
        }
        struct Retyped: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws { if let named = someInt(step.cpus) as? any Named { report(named.name.count) } }
        }
        struct Library: Recipe { @Output var out: Artifact; func run(_ step: Step) throws { report(Stone().weight(step.cpus)) } }
        struct Text: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws { print("a text that is longer than fifteen bytes", step.cpus) }
        }
        struct Other: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws { print("another text, which lies beside that one", step.cpus) }
        }
        struct Zero: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws { print("a text with \\0 in it is not one that a linker merges", step.cpus) }
        }
        struct Limits: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws {
                withUnsafeBytes(of: limits) { bytes in for index in 1 ..< bytes.count { print(bytes[index]) } }
            }
        }
        struct Names: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws { print(allNames[step.cpus &- 1] + allNames[step.cpus]) }
        }
        struct Asks: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws {
                var text = "\\(step.cpus)"
                if second == .mid { text += " a level that is in the middle" }
                print(text)
            }
        }
        struct Sets: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws {
                if step.cpus > 100 { set(step.cpus) }
                print(first, second)
            }
        }
        enum Level { case low, mid, high, top }
        nonisolated(unsafe) private var first = Level.top
        nonisolated(unsafe) private var second = Level.mid
        @inline(never) func set(_ n: Int) {
            first = n == 0 ? .low : n == 1 ? .high : n == 2 ? .top : .mid
            second = n == 0 ? .high : n == 1 ? .low : n == 2 ? .top : .mid
        }
        let limits: (Int, Int, Int, Int, Int) = (1, 2, 300, 4, 5)
        let allNames: [String] = ["a first text with \\0 in it, which is long", "a third, plain text which is long"]
        struct Crashes: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws { report(crash(step.cpus)); report(forcing("\\(step.cpus)")) }
        }
        struct Catches: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws { do { report(try failing(step.cpus)) } catch let wrong as Wrong { report(wrong.code &+ 127) } }
        }
        struct Switches: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws {
                let color = Color(rawValue: step.cpus) ?? .a
                print(names(color), word(color))
            }
        }
        struct Override: Recipe { @Output var out: Artifact; func run(_ step: Step) throws { report(make(step.cpus).work(3)) } }
        struct KeyPath: Recipe { @Output var out: Artifact; func run(_ step: Step) throws { report(Point(x: step.cpus)[keyPath: path()]) } }
        struct Local: Recipe {
            @Output var out: Artifact
            func run(_ step: Step) throws { func inside(_ x: Int) -> Int { x &* 131 }; report(inside(step.cpus)) }
        }
        struct Table: Recipe { @Output var out: Artifact; func run(_ step: Step) throws { report(weight(step.cpus)) } }
        struct Added: Recipe { @Output var out: Artifact; func run(_ step: Step) throws { report(helper(77) &* 7) } }
        enum Nested {}
        extension Nested { struct Inner: Recipe { @Output var out: Artifact; func run(_ step: Step) throws { report(step.cpus &* 137) } } }
        """
}
