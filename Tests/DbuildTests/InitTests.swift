import Foundation
import Testing

/// What somebody who begins is given, and that nothing of his is lost by it.
@Suite struct InitTests {
    @Test func firstRulesAreBuiltAsTheyAreAndNothingIsBuiltAgain() async throws {
        try await withEmptyDirectory { workspace in
            let begun = try await workspace.dbuild("init")
            try expectGolden("init", begun, in: workspace)
            #expect(try await workspace.dbuild().exit == 0)
            #expect(
                try workspace.read("out/ranking.csv") == "ride,mean_minutes\nCastle,52.5\nRailway,22.5\nCarousel,7.5\n")
            #expect(try await workspace.dbuild().errors.contains("done     0 built, 2 current"))
            // Left out by the recipe, whose output stays as it was: the program does not run again.
            try workspace.write(try workspace.read("data/waits.csv") + "Castle,301\n", to: "data/waits.csv")
            #expect(try await workspace.dbuild().errors.contains("done     1 built, 1 cut off, 0 current"))
        }
    }

    /// The words of an error are a conformance that nothing refers to: a linker leaves such out of an archive.
    @Test func whatIsWrongWithATableIsSaidInWords() async throws {
        try await withEmptyDirectory { workspace in
            #expect(try await workspace.dbuild("init").exit == 0)
            try workspace.write("name,minutes\nCastle,3\n", to: "data/waits.csv")
            let ended = try await workspace.dbuild()
            #expect(ended.exit == 1)
            #expect(
                ended.errors.contains(": data/waits.csv: column `ride`: no such column\n"), "\(ended.testDescription)")
            #expect(ended.errors.contains("hint: there are: `name`, `minutes`\n"))
        }
    }

    @Test func nothingThatIsThereIsReplaced() async throws {
        try await withEmptyDirectory { workspace in
            #expect(try await workspace.dbuild("init").exit == 0)
            try workspace.write("mine\n", to: "data/waits.csv")
            let before = try workspace.files(below: ".")
            let ended = try await workspace.dbuild("init")
            try expectGolden("init-occupied", ended, in: workspace)
            #expect(try workspace.files(below: ".") == before)
        }
    }

    @Test func rulesThatWouldBeCompiledTogetherWithTheFirstOnesAreInItsWay() async throws {
        try await withEmptyDirectory { workspace in
            try workspace.write("struct Mine {}\n", to: "rules/Mine.swift")
            let ended = try await workspace.dbuild("init")
            #expect(ended.exit == 64)
            #expect(ended.errors.contains("`rules/Mine.swift` is there already"))
            #expect(workspace.names(below: ".") == ["rules/", "rules/Mine.swift"])
        }
    }

    @Test func whatCannotBeWrittenWholeIsTakenAway() async throws {
        try await withEmptyDirectory { workspace in
            try workspace.write("a file where a directory is needed\n", to: "scripts")
            let ended = try await workspace.dbuild("init")
            #expect(ended.exit == 3)
            #expect(ended.errors.contains("scripts"))
            #expect(workspace.names(below: ".") == ["scripts"])
        }
    }

    @Test func gitIsMentionedWhereItWouldTakeWhatIsMade() async throws {
        try await withEmptyDirectory { workspace in
            try workspace.write("*.swp\n/.dbuild/\n", to: ".gitignore")
            let ended = try await workspace.dbuild("init")
            #expect(ended.output.contains("printf '%s\\n' /out/ >>.gitignore"))
            #expect(try workspace.read(".gitignore") == "*.swp\n/.dbuild/\n")
        }
        try await withEmptyDirectory { workspace in
            try workspace.write("/out/\n/.dbuild/\n", to: ".gitignore")
            #expect(try await !workspace.dbuild("init").output.contains("git"))
        }
    }
}

/// Runs a test where there is nothing.
private func withEmptyDirectory(_ body: (ExampleWorkspace) async throws -> Void) async throws {
    try await Gate.shared.pass {
        let files = FileManager.default
        let root = files.temporaryDirectory.resolvingSymlinksInPath().appending(
            path: "dbuild-empty-\(UUID().uuidString)")
        try files.createDirectory(at: root, withIntermediateDirectories: true)
        defer { try? files.removeItem(at: root) }
        try await body(ExampleWorkspace(root: root))
    }
}
