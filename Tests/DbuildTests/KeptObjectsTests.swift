import Foundation
import Testing

/// What the compiler compiles of rules of which something has been compiled before.
@Suite struct KeptObjectsTests {
    /// Rules in several files, with a compiler that says which of them it compiles.
    private struct Stage {
        let workspace: ExampleWorkspace
        let environment: [String: String]

        init(_ workspace: ExampleWorkspace) throws {
            self.workspace = workspace
            let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
            let compiler = try #require(
                path.split(separator: ":").map { "\($0)/swiftc" }
                    .first { FileManager.default.isExecutableFile(atPath: $0) })
            let real = URL(filePath: compiler).resolvingSymlinksInPath().deletingLastPathComponent()
                .appending(path: "swift-frontend").path
            let log = workspace.place("primaries").path
            let script = """
                #!/bin/sh
                for word; do
                    if [ "$before" = -primary-file ]; then echo "${word##*/}" >> '\(log)'; fi
                    before=$word
                done
                exec '\(real)' "$@"

                """
            try workspace.write(script, to: "compiler/frontend")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: workspace.place("compiler/frontend").path)
            environment = ["SWIFT_DRIVER_SWIFT_FRONTEND_EXEC": workspace.place("compiler/frontend").path]
            try workspace.replace("left of \" + text", by: "\\(word()) of \" + text", in: "rules/Rulesfile.swift")
            try write("left")
        }

        func write(_ word: String) throws {
            try workspace.write("func word() -> String { \"\(word)\" }\n", to: "rules/Word.swift")
        }

        /// - Returns: the files that were compiled, sorted.
        func build(exit: Int32 = 0) async throws -> [String] {
            try? workspace.remove("primaries")
            let ended = try await workspace.dbuild("pair", environment: environment)
            #expect(ended.exit == exit, "\(ended.testDescription)")
            guard workspace.exists("primaries") else { return [] }
            return try workspace.read("primaries").split(separator: "\n").map(String.init).sorted()
        }

        func made() throws -> String { try workspace.read("out/left.txt") }
    }

    private static let all = ["Files.swift", "Rulesfile.swift", "Word.swift"]

    private func withStage(_ body: (Stage) async throws -> Void) async throws {
        try await withWorkspace(.wide, isCompiled: false) { workspace in
            let stage = try Stage(workspace)
            #expect(try await stage.build() == Self.all)
            #expect(try stage.made() == "left of seed\n")
            try await body(stage)
        }
    }

    @Test func anEditCompilesItsFile() async throws {
        try await withStage { stage in
            try stage.write("other")
            #expect(try await stage.build() == ["Word.swift"])
            #expect(try stage.made() == "other of seed\n")
            // What the compiler refuses takes nothing away.
            try stage.workspace.write("func word() -> String { 1 }\n", to: "rules/Word.swift")
            #expect(try await stage.build(exit: 2) == ["Word.swift"])
            try stage.write("third")
            #expect(try await stage.build() == ["Word.swift"])
            #expect(try stage.made() == "third of seed\n")
        }
    }

    @Test func whoReadsWhatHasChangedIsCompiledToo() async throws {
        try await withStage { stage in
            try stage.workspace.write(
                "func word(_ number: Int = 7) -> String { \"\\(number)\" }\n", to: "rules/Word.swift")
            #expect(try await stage.build() == ["Rulesfile.swift", "Word.swift"])
            #expect(try stage.made() == "7 of seed\n")
        }
    }

    @Test(arguments: [-1.0, 0.0])
    func ofATimeThatIsNoLaterEverythingIsCompiled(seconds: Double) async throws {
        try await withStage { stage in
            let path = stage.workspace.place("rules/Word.swift").path
            let before = try #require(
                try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date)
            try stage.write("other")
            // To whole seconds, which is before: a file system may keep no more.
            let time = Date(timeIntervalSince1970: before.timeIntervalSince1970.rounded(.down) + seconds)
            try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: path)
            #expect(try await stage.build() == Self.all)
            #expect(try stage.made() == "other of seed\n")
        }
    }

    @Test func aFileThatIsGoneIsForgotten() async throws {
        try await withStage { stage in
            try stage.workspace.remove("rules/Word.swift")
            try stage.workspace.write("func word() -> String { \"moved\" }\n", to: "rules/Moved.swift")
            #expect(try await stage.build() == ["Files.swift", "Moved.swift", "Rulesfile.swift"])
            #expect(try stage.made() == "moved of seed\n")
        }
    }

    @Test(arguments: ["Files.swift.o", "Rulesfile.swift.o", "Files.swift.swiftdeps", "all.priors", "record"])
    func whatIsDamagedIsMadeAnew(name: String) async throws {
        try await withStage { stage in
            try stage.workspace.write("damaged", to: ".dbuild/rules/kept-rules/" + name)
            try stage.write("other")
            #expect(try await stage.build() == Self.all)
            #expect(try stage.made() == "other of seed\n")
        }
    }
}
