import Foundation
import Testing

/// What editors are told; `Scripts/check-install.py` asks the language server itself.
@Suite struct EditorTests {
    private struct Entry: Decodable {
        let directory: String
        let file: String
        let arguments: [String]
    }

    private func entries(_ workspace: ExampleWorkspace) throws -> [Entry] {
        // By its link, as editors do.
        let bytes = try Data(contentsOf: workspace.place("rules/compile_commands.json"))
        return try JSONDecoder().decode([Entry].self, from: bytes)
    }

    @Test func everySourceIsNamedWithWhatTheCompilerReadsItWith() async throws {
        try await withWorkspace(.training) { workspace in
            #expect(try await workspace.dbuild().exit == 0)
            try expectGolden("editor", try await workspace.dbuild("editor"), in: workspace)
            let entries = try entries(workspace)
            let files = ["Files.swift", "Rulesfile.swift"].map { workspace.place("rules/\($0)").path }
            #expect(entries.map(\.file).sorted() == files)
            for entry in entries {
                #expect(entry.directory == workspace.root.path)
                #expect(files.allSatisfy(entry.arguments.contains))
                // The same module, the same language, the modules beside dbuild, and those that these need.
                let (name, modules) = (Array("-module-name rules".split(separator: " ")), "-I")
                #expect(entry.arguments.map { $0[...] }.contains(name))
                let place = try #require(entry.arguments.firstIndex(of: modules).map { entry.arguments[$0 + 1] })
                #expect(FileManager.default.fileExists(atPath: place + "/Rules.swiftmodule"))
                let maps = entry.arguments.filter { $0.hasPrefix("-fmodule-map-file=") }
                #expect(maps.count == 4)
                #expect(maps.allSatisfy { FileManager.default.fileExists(atPath: String($0.dropFirst(18))) })
            }
        }
    }

    @Test func itChangesNothingOfABuildAndMayBeDoneAgain() async throws {
        try await withWorkspace(.training) { workspace in
            #expect(try await workspace.dbuild().exit == 0)
            for _ in 1 ... 2 { #expect(try await workspace.dbuild("editor").exit == 0) }
            let ended = try await workspace.dbuild()
            #expect(ended.exit == 0)
            #expect(ended.errors.contains("done     0 built"))
            #expect(!ended.errors.contains("compiling"))
        }
    }

    @Test func aCompilationThatFailsRefreshesIt() async throws {
        try await withWorkspace(.training) { workspace in
            #expect(try await workspace.dbuild("editor").exit == 0)
            try workspace.write("let mistake: Int = \"a text\"\n", to: "rules/New.swift")
            #expect(try await workspace.dbuild().exit == 2)
            #expect(try entries(workspace).contains { $0.file.hasSuffix("/rules/New.swift") })
        }
    }

    @Test func whatSomebodyElsePutThereStays() async throws {
        try await withWorkspace(.training) { workspace in
            try workspace.write("[]\n", to: "rules/compile_commands.json")
            try expectGolden("editor-occupied", try await workspace.dbuild("editor"), in: workspace)
            #expect(try workspace.read("rules/compile_commands.json") == "[]\n")
        }
    }

    @Test func rulesOutsideTheWorkspaceHaveNoPlaceForIt() async throws {
        try await withWorkspace(.training) { workspace in
            try FileManager.default.moveItem(
                at: workspace.place("rules"), to: workspace.place("../rules-\(workspace.root.lastPathComponent)"))
            let elsewhere = workspace.place("../rules-\(workspace.root.lastPathComponent)").standardizedFileURL
            defer { try? FileManager.default.removeItem(at: elsewhere) }
            let ended = try await workspace.dbuild("editor", "-C", ".", "-f", elsewhere.path)
            #expect(ended.exit == 64)
            #expect(ended.errors.contains("do not lie in a directory of this workspace"))
            #expect(!FileManager.default.fileExists(atPath: elsewhere.appending(path: "compile_commands.json").path))
        }
    }
}
