import Foundation
import Testing

/// What existence alone decides: rules that keep what is there, what others have made, and what was edited.
///
/// Numbers are lines of the table of verdicts in `docs/design.md`.
@Suite struct KeepingTests {
    private static let rows = "observed_at,value\n2013-11-29T10:00:00Z,a\n2013-11-30T05:00:00-05:00,b\n"

    @Test func whatExistsIsKeptUntilItsParameterIsPutBack() async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, ["after-keep"], lines: ["keep": 12, "after-keep": 12],
                    runs: ["keep", "after-keep"]),
                ScenarioStep(
                    "another parameter", at: Morning.first, ["after-keep", "--set", "rounds=20"],
                    lines: ["keep": 7, "after-keep": 5],
                    holds: { workspace, record, _ throws in
                        #expect(record.reasons("keep") == ["parameter `rounds` 10 -> 20"])
                        #expect(try workspace.outputs(of: "keep") == [Self.rows, "10 rounds\n"])
                    }),
                ScenarioStep(
                    "put back", at: Morning.first, ["after-keep"], lines: ["keep": 5, "after-keep": 5]),
                ScenarioStep(
                    "another input", at: Morning.first, ["after-keep"], lines: ["keep": 7, "after-keep": 5],
                    edit: { try $0.writeRows("2013-12-01T00:00:00Z,c") },
                    holds: { workspace, record, _ throws in
                        #expect(record.reasons("keep").first?.hasPrefix("input `data/rows.csv` changed") == true)
                        #expect(try workspace.outputs(of: "keep") == [Self.rows, "10 rounds\n"])
                    }),
            ])
        }
    }

    @Test func aMissingOutputOfWhatIsKeptIsPutBackFromTheStore() async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, ["keep"], lines: ["keep": 12], runs: ["keep"]),
                ScenarioStep(
                    "one of two is gone, and a parameter has changed", at: Morning.first,
                    ["keep", "--set", "rounds=20"], lines: ["keep": 7], restores: ["keep"],
                    edit: { try $0.remove("out/keep.txt") },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.outputs(of: "keep") == [Self.rows, "10 rounds\n"])
                    }),
                ScenarioStep(
                    "both are gone, and nothing has changed", at: Morning.first, ["keep"], lines: ["keep": 7],
                    restores: ["keep"],
                    edit: {
                        try $0.remove("out/keep.txt")
                        try $0.remove("out/keep.csv")
                    },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.outputs(of: "keep") == [Self.rows, "10 rounds\n"])
                    }),
            ])
        }
    }

    @Test func withoutACopyWhatIsToBeKeptIsBuilt() async throws {
        try await withWorkspace(.verdicts) { workspace in
            let (target, file) = ("keep-unstored", "out/keep-unstored.txt")
            try await workspace.run([
                ScenarioStep("first build", at: Morning.first, [target], lines: [target: 12], runs: [target]),
                ScenarioStep(
                    "deleted", at: Morning.first, [target], lines: [target: 9], runs: [target],
                    edit: { try $0.remove(file) },
                    holds: { workspace, record, _ throws in
                        #expect(record.reasons(target) == ["output `\(file)` is missing"])
                        #expect(try workspace.outputs(of: target) == [Self.rows, "10 rounds\n"])
                    }),
                ScenarioStep(
                    "deleted, and another parameter", at: Morning.first, [target, "--set", "rounds=20"],
                    lines: [target: 12], runs: [target], edit: { try $0.remove(file) },
                    holds: { workspace, record, _ throws in
                        #expect(record.reasons(target).contains("parameter `rounds` 10 -> 20"))
                        #expect(try workspace.outputs(of: target) == [Self.rows, "20 rounds\n"])
                    }),
            ])
        }
    }

    /// `--retrain-if-exists` for a rule that says `.keepExisting`, and for one that is named.
    @Test func anOptionTurnsKeepingIntoBuildingAndBack() async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep("first build", at: Morning.first, ["keep"], lines: ["keep": 12], runs: ["keep"]),
                ScenarioStep(
                    "retrain: true", at: Morning.first, ["keep", "--retrain-if-exists", "true"], lines: ["keep": 3],
                    runs: ["keep"]),
                ScenarioStep(
                    "retrain: false", at: Morning.first,
                    ["keep", "--retrain-if-exists", "false", "--set", "rounds=20"], lines: ["keep": 7]),
                ScenarioStep("another rule", at: Morning.first, ["plain"], lines: ["plain": 12], runs: ["plain"]),
                ScenarioStep(
                    "that is kept when named", at: Morning.first,
                    ["plain", "--retrain-if-exists", "false=plain", "--set", "rounds=20"], lines: ["plain": 7],
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.outputs(of: "plain") == [Self.rows, "10 rounds\n"])
                    }),
                ScenarioStep(
                    "and built otherwise", at: Morning.first, ["plain", "--set", "rounds=20"], lines: ["plain": 12],
                    runs: ["plain"]),
            ])
        }
    }
}

/// Files that dbuild finds and has not made.
@Suite struct ForeignTests {
    private func writeForeign(_ name: String) -> (ExampleWorkspace) throws -> Void {
        { workspace in
            try workspace.write("observed_at,value\n,theirs\n", to: "out/\(name).csv")
            try workspace.write("32 hours\n", to: "out/\(name).txt")
        }
    }
    private let theirs = ["observed_at,value\n,theirs\n", "32 hours\n"]

    @Test func theyAreKeptWhereTheRuleKeepsWhatExists() async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first run", at: Morning.first, ["after-keep"], lines: ["keep": 7, "after-keep": 12],
                    runs: ["after-keep"], edit: writeForeign("keep"),
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.outputs(of: "keep") == theirs)
                        #expect(try workspace.read("out/after-keep.csv") == theirs[0])
                        #expect(try workspace.displaced().isEmpty)
                    }),
                ScenarioStep(
                    "second run", at: Morning.first, ["after-keep"], lines: ["keep": 7, "after-keep": 5]),
            ])
        }
    }

    @Test func halfASetIsNotKept() async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first run", at: Morning.first, ["keep"], lines: ["keep": 12], runs: ["keep"],
                    edit: { try $0.write("32 hours\n", to: "out/keep.txt") },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/keep.txt") == "10 rounds\n")
                        #expect(try workspace.displaced() == ["out/keep.txt": "32 hours\n"])
                    })
            ])
        }
    }

    @Test(arguments: ["keep-own", "plain"]) func otherwiseTheyAreMovedAside(_ target: String) async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first run", at: Morning.first, [target], lines: [target: 12], runs: [target],
                    edit: writeForeign(target),
                    holds: { workspace, record, _ throws in
                        #expect(record.reasons(target).first == "never built")
                        #expect(try workspace.read("out/\(target).txt") == "10 rounds\n")
                        #expect(
                            try workspace.displaced() == [
                                "out/\(target).csv": theirs[0], "out/\(target).txt": theirs[1],
                            ])
                    })
            ])
        }
    }

    @Test func adoptedFilesAreCurrentUntilSomethingChanges() async throws {
        try await withWorkspace(.verdicts) { workspace in
            try writeForeign("plain")(workspace)
            let adopted = try await workspace.dbuild("adopt", "plain", "--now", Morning.first)
            #expect(adopted.exit == 0, "\(adopted.testDescription)")
            try await workspace.run([
                ScenarioStep(
                    "adopted", at: Morning.first, ["after-plain"], lines: ["plain": 5, "after-plain": 12],
                    runs: ["after-plain"],
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.outputs(of: "plain") == theirs)
                        #expect(try workspace.read("out/after-plain.csv") == theirs[0])
                    }),
                ScenarioStep(
                    "then changed", at: Morning.second, ["plain", "--set", "rounds=20"], lines: ["plain": 12],
                    runs: ["plain"],
                    holds: { workspace, record, _ throws in
                        #expect(record.reasons("plain") == ["parameter `rounds` 10 -> 20"])
                        #expect(try workspace.read("out/plain.txt") == "20 rounds\n")
                        // Somebody's 32 hours are not destroyed.
                        #expect(try workspace.displaced() == ["out/plain.csv": theirs[0], "out/plain.txt": theirs[1]])
                    }),
            ])
        }
    }
}

/// Outputs that somebody has edited.
@Suite struct EditedTests {
    private func edit(_ name: String) -> (ExampleWorkspace) throws -> Void {
        { try $0.write("observed_at,value\n,edited\n", to: "out/\(name).csv") }
    }

    @Test func theStoreGivesBackWhatWasBuiltAndTheEditIsMovedAside() async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, ["after-plain"], lines: ["plain": 12],
                    runs: ["plain", "after-plain"]),
                ScenarioStep(
                    "edited", at: Morning.first, ["after-plain"], lines: ["plain": 8, "after-plain": 5],
                    restores: ["plain"],
                    edit: edit("plain"),
                    holds: { workspace, record, _ throws in
                        #expect(record.reasons("plain") == ["output `out/plain.csv` is not as it was built"])
                        #expect(try workspace.read("out/plain.csv") == workspace.read("data/rows.csv"))
                        #expect(try workspace.displaced() == ["out/plain.csv": "observed_at,value\n,edited\n"])
                    }),
            ])
        }
    }

    @Test(arguments: [("edited", []), ("plain", ["--keep-edited"])])
    func whatIsKeptEditedIsWhatReadersGet(_ name: String, _ options: [String]) async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, ["after-\(name)"], lines: [name: 12],
                    runs: [name, "after-\(name)"]),
                ScenarioStep(
                    "edited", at: Morning.first, ["after-\(name)"] + options, lines: [name: 6, "after-\(name)": 12],
                    runs: ["after-\(name)"], edit: edit(name),
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/\(name).csv") == "observed_at,value\n,edited\n")
                        #expect(try workspace.read("out/after-\(name).csv") == "observed_at,value\n,edited\n")
                        #expect(try workspace.displaced().isEmpty)
                    }),
                ScenarioStep(
                    "again", at: Morning.first, ["after-\(name)"] + options, lines: [name: 6, "after-\(name)": 5]),
            ])
        }
    }
}
