import Foundation
import Testing

/// What the compiler compiles of rules of which something has been compiled before.
@Suite struct KeptObjectsTests {
    /// Rules in several files, with a compiler that says which of them it compiles.
    private struct Stage {
        let workspace: ExampleWorkspace
        private(set) var environment: [String: String] = [:]

        init(_ workspace: ExampleWorkspace) throws {
            self.workspace = workspace
            let real = URL(filePath: try compilerPath()).resolvingSymlinksInPath().deletingLastPathComponent()
                .appending(path: "swift-frontend").path
            try workspace.writeScript(
                """
                for word; do
                    if [ "$before" = -primary-file ]; then echo "${word##*/}" >> '\(workspace.place("primaries").path)'; fi
                    before=$word
                done
                if [ -e '\(workspace.place("slow").path)' ]; then sleep 3; fi
                exec '\(real)' "$@"
                """, to: "compiler/frontend")
            environment = try workspace.compiler(
                doing: "if [ -e dying ] && [ \"$1\" != --version ]; then rm dying; kill -SEGV $$; fi")
            environment["SWIFT_DRIVER_SWIFT_FRONTEND_EXEC"] = workspace.place("compiler/frontend").path
            try workspace.replace("left of \" + text", by: "\\(word()) of \" + text", in: "rules/Rulesfile.swift")
            try write("func word() -> String { \"left\" }", after: 0.1)
        }

        /// - Parameter seconds: when it was written, from a fixed time on.
        func write(_ text: String, after seconds: Double) throws {
            try workspace.write(text + "\n", to: "rules/Word.swift")
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000 + seconds)],
                ofItemAtPath: workspace.place("rules/Word.swift").path)
        }

        func build() async throws -> EndedCommand {
            try? workspace.remove("primaries")
            return try await workspace.dbuild("pair", environment: environment)
        }

        /// Builds, and compares what was made with what is made of the same rules from nothing.
        ///
        /// - Returns: the files that were compiled, sorted.
        func compiled(_ word: String) async throws -> [String] {
            let ended = try await build()
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(try workspace.read("out/left.txt") == "\(word) of seed\n")
            let primaries = workspace.exists("primaries") ? try workspace.read("primaries") : ""
            let kept = try atoms()
            try workspace.remove(".dbuild/rules")
            #expect(try await build().exit == 0)
            #expect(try atoms() == kept)
            return primaries.split(separator: "\n").map(String.init).sorted()
        }

        /// What the newest fingerprints are of.
        private func atoms() throws -> Data {
            let files = FileManager.default
            let dated = try workspace.names(below: ".dbuild/rules").filter { $0.hasSuffix("/atoms") }.map { name in
                let place = workspace.place(".dbuild/rules/" + name)
                return (place: place, time: try files.attributesOfItem(atPath: place.path)[.modificationDate] as? Date)
            }
            let newest = try #require(dated.max { ($0.time ?? .distantPast) < ($1.time ?? .distantPast) })
            return try Data(contentsOf: newest.place)
        }
    }

    private static let all = ["Files.swift", "Rulesfile.swift", "Word.swift"]

    private func withStage(_ body: (Stage) async throws -> Void) async throws {
        try await withWorkspace(.wide, isCompiled: false) { workspace in
            let stage = try Stage(workspace)
            #expect(try await stage.compiled("left") == Self.all)
            try await body(stage)
        }
    }

    /// The driver counts whole seconds.
    @Test(arguments: [0.101, -10])
    func anEditCompilesItsFileWhateverItsTime(seconds: Double) async throws {
        try await withStage { stage in
            try stage.write("func word() -> String { \"other\" }", after: seconds)
            #expect(try await stage.compiled("other") == ["Word.swift"])
        }
    }

    /// A default value; another type, by a requirement's default.
    @Test(arguments: [
        "func word(_ number: Int = 7) -> String { \"\\(number)\" }",
        "func word() -> some Named { Seven() }\nprotocol Named: CustomStringConvertible {}\nextension Named { var description: String { \"7\" } }\nstruct Seven: Named {}",
    ])
    func whoReadsWhatHasChangedIsCompiledToo(text: String) async throws {
        try await withStage { stage in
            try stage.write(text, after: 0.1)
            #expect(try await stage.compiled("7") == ["Rulesfile.swift", "Word.swift"])
        }
    }

    /// Its reader stays as it was compiled, and finds out when it runs.
    @Test func whatAnOpaqueTypeStandsForIsNobodyElses() async throws {
        try await withStage { stage in
            let types = """
                protocol Named: CustomStringConvertible {}
                struct Small: Named { var description: String { "small" } }
                struct Large: Named { var a = 1, b = 2, c = 3; var description: String { "\\(a)\\(b)\\(c)" } }

                """
            try stage.write(types + "func word() -> some Named { Small() }", after: 1)
            #expect(try await stage.compiled("small") == ["Rulesfile.swift", "Word.swift"])
            try stage.write(types + "func word() -> some Named { Large() }", after: 2)
            #expect(try await stage.compiled("123") == ["Word.swift"])
        }
    }

    @Test func aNewFileThatShadowsANameIsSeen() async throws {
        try await withStage { stage in
            try stage.workspace.write(
                "extension Pair { func word() -> String { \"shadow\" } }\n", to: "rules/Shadow.swift")
            let compiled = try await stage.compiled("shadow")
            #expect(compiled.contains("Shadow.swift") && compiled.contains("Rulesfile.swift"))
        }
    }

    @Test func aFileThatIsGoneIsForgotten() async throws {
        try await withStage { stage in
            try stage.workspace.remove("rules/Word.swift")
            try stage.workspace.write("func word() -> String { \"moved\" }\n", to: "rules/Moved.swift")
            #expect(try await stage.compiled("moved") == ["Files.swift", "Moved.swift", "Rulesfile.swift"])
        }
    }

    @Test func whatTheCompilerRefusesTakesNothingAway() async throws {
        try await withStage { stage in
            try stage.write("func word() -> String { 1 }", after: 1)
            #expect(try await stage.build().exit == 2)
            #expect(try stage.workspace.read("primaries") == "Word.swift\n")
            try stage.write("func word() -> String { \"third\" }", after: 2)
            #expect(try await stage.compiled("third") == ["Word.swift"])
        }
    }

    @Test(arguments: ["Rulesfile.swift.o", "all.priors"])
    func whatIsDamagedIsMadeAnew(name: String) async throws {
        try await withStage { stage in
            try stage.workspace.write("damaged", to: ".dbuild/rules/kept-rules/" + name)
            try stage.write("func word() -> String { \"other\" }", after: 1)
            #expect(try await stage.compiled("other") == Self.all)
        }
    }

    @Test func aCompilerThatDiesOfWhatIsKeptIsAskedForAll() async throws {
        try await withStage { stage in
            try stage.write("func word() -> String { \"other\" }", after: 1)
            try stage.workspace.write("", to: "dying")
            #expect(try await stage.compiled("other") == Self.all)
        }
    }

    @Test func aCompilerThatOutlivesItsBuildSpoilsNothing() async throws {
        try await withStage { stage in
            try stage.write("func word() -> String { \"old\" }", after: 1)
            try stage.workspace.write("", to: "slow")
            try? stage.workspace.remove("primaries")
            let running = try stage.workspace.start(["pair"], environment: stage.environment)
            #expect(try await eventually { stage.workspace.exists("primaries") })
            running.send(SIGKILL)
            _ = try await running.ended()
            try stage.workspace.remove("slow")
            try stage.write("func word() -> String { \"new\" }", after: 2)
            #expect(try await stage.compiled("new") == ["Word.swift"])
        }
    }
}
