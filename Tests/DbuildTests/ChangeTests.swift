import Foundation
import Testing

/// What is built after which edit, on the training example.
@Suite struct ChangeTests {
    private static let everything = [
        "entities", "split", "train[entity=a]", "train[entity=b]", "train[entity=c]", "total", "notes", "report",
    ]

    @Test func aNullBuildRunsNothingHashesNothingAndStartsNoWorker() async throws {
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(
                    name: "first build", runs: Self.everything,
                    holds: { _, record, _ throws in
                        #expect(record.summary?.built == 8)
                        #expect(record.summary?.orphans == 0)
                    })
            ])
            // Whoever started the rules now would leave a witness.
            let compiled = try #require(
                try FileManager.default.contentsOfDirectory(atPath: workspace.place(".dbuild/rules").path)
                    .first { $0.count == 32 })
            let binary = ".dbuild/rules/\(compiled)/rules"
            try workspace.write("#!/bin/sh\necho rules >> witness\nexit 1\n", to: binary)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: workspace.place(binary).path)
            try await workspace.run([
                ScenarioStep(
                    name: "null build", runs: [],
                    holds: { workspace, record, _ throws in
                        #expect(record.summary?.filesHashed == 0)
                        #expect(record.summary?.workers == 0)
                        #expect(record.summary?.current == 8)
                        #expect(!workspace.exists("witness"))
                    })
            ])
        }
    }

    @Test func changesPropagateThroughATreeOnlyAsFarAsBytesDiffer() async throws {
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(name: "first build", runs: Self.everything),
                ScenarioStep(
                    name: "a corrected row, same count", runs: ["entities", "split", "train[entity=b]"],
                    edit: { try $0.replace("b,9", by: "b,8", in: "data/rows.csv") },
                    holds: { workspace, record, _ throws in
                        #expect(record.summary?.cutOff == 4)
                        #expect(try workspace.read("out/parts/b.csv") == "8\n")
                        let reasons = record.reasons("train[entity=b]")
                        #expect(reasons.count == 1)
                        #expect(reasons.first?.hasPrefix("input `out/parts/b.csv` changed") == true)
                    }),
                ScenarioStep(
                    name: "one more row of a", runs: ["entities", "split", "train[entity=a]", "total", "report"],
                    edit: { try $0.replace("a,3\n", by: "a,3\na,5\n", in: "data/rows.csv") },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/report.txt").contains("a: 3 rows, 10 rounds"))
                    }),
                ScenarioStep(
                    name: "a new entity", runs: ["entities", "split", "train[entity=d]", "total", "report"],
                    edit: { try $0.replace("c,4\n", by: "c,4\nd,1\n", in: "data/rows.csv") }),
                ScenarioStep(
                    name: "touched, and equal", runs: [],
                    edit: {
                        try $0.write(try $0.read("data/rows.csv"), to: "data/rows.csv")
                        // In the tick of its stamp another edit could hide: it would be read once more.
                        usleep(50_000)
                    },
                    holds: { _, record, _ throws in #expect(record.summary?.filesHashed == 1) }),
                ScenarioStep(
                    name: "null build", runs: [],
                    holds: { _, record, _ throws in #expect(record.summary?.filesHashed == 0) }),
            ])
        }
    }

    @Test func aParameterRunsWhatCarriesItAndWhatFollows() async throws {
        let trainings = ["train[entity=a]", "train[entity=b]", "train[entity=c]"]
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(name: "first build", runs: Self.everything),
                ScenarioStep(
                    name: "set, as outside", arguments: ["--set", "boost-rounds=11"],
                    runs: trainings + ["total", "report"],
                    holds: { _, record, _ throws in
                        #expect(record.reasons("train[entity=a]") == ["parameter `rounds` 10 -> 11"])
                    }),
                ScenarioStep(name: "set, as in Swift", arguments: ["--set", "boostRounds=11"], runs: []),
                ScenarioStep(
                    name: "from a file", runs: trainings + ["total", "report"],
                    edit: { try $0.write(#"{"boostRounds": 12}"#, to: "params.json") },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/models/a.txt") == "a: 2 rows, 12 rounds\n")
                    }),
                ScenarioStep(
                    name: "the command before the file", arguments: ["--set", "boost-rounds=13"],
                    runs: trainings + ["total", "report"]),
                ScenarioStep(
                    name: "another file", arguments: ["-p", "other.json"], runs: trainings + ["total", "report"],
                    edit: { try $0.write(#"{"boost-rounds": 14}"#, to: "other.json") }),
            ])
        }
    }

    @Test func codeIsPartOfTheKeyAndCommentsAreNot() async throws {
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(name: "first build", runs: Self.everything),
                ScenarioStep(
                    name: "comments and lines", runs: [],
                    edit: {
                        let words = "\n\n// More words.\n/* And /* nested */ ones. */\n/// Lists all the"
                        try $0.replace("/// Lists the", by: words, in: "rules/Rulesfile.swift")
                        try $0.replace(
                            "            throw Training", by: "\n                throw   Training",
                            in: "rules/Rulesfile.swift")
                    },
                    holds: { _, record, ended throws in
                        #expect(ended.errors.contains("compiling"))
                        #expect(record.summary?.workers == 0)
                    }),
                ScenarioStep(
                    name: "code", runs: ["report", "total", "train[entity=a]", "train[entity=b]", "train[entity=c]"],
                    edit: { try $0.replace("\\(count) rows, ", by: "\\(count) lines, ", in: "rules/Rulesfile.swift") },
                    holds: { workspace, record, _ throws in
                        #expect(try workspace.read("out/models/a.txt") == "a: 2 lines, 10 rounds\n")
                        #expect(record.reasons("train[entity=a]").contains { $0.hasPrefix("code: ") })
                    }),
            ])
        }
    }

    /// What was made is put back from the store; where that has nothing it is built again.
    @Test(arguments: [true, false])
    func outputsThatArePutAsideOrDeletedAreMadeGood(areStored: Bool) async throws {
        func step(
            _ name: String, _ action: String, edit: @escaping (ExampleWorkspace) throws -> Void,
            holds: @escaping (ExampleWorkspace, RunRecord, EndedCommand) throws -> Void
        ) -> ScenarioStep {
            ScenarioStep(
                name: name, runs: areStored ? [] : [action], restores: areStored ? [action] : [],
                edit: {
                    if !areStored { try $0.emptyStore() }
                    try edit($0)
                },
                holds: { workspace, record, ended throws in
                    #expect(record.verdictLine(action) == (areStored ? 8 : 9))
                    try holds(workspace, record, ended)
                })
        }
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(name: "first build", runs: Self.everything),
                step(
                    "a deleted output", "train[entity=c]",
                    edit: { try $0.remove("out/models/c.txt") },
                    holds: { workspace, _, _ throws in #expect(workspace.exists("out/models/c.txt")) }),
                step(
                    "one of two outputs deleted", "total",
                    edit: { try $0.remove("out/count.txt") },
                    holds: { workspace, _, _ throws in #expect(workspace.exists("out/count.txt")) }),
                step(
                    "a deleted member of a tree", "split",
                    edit: { try $0.remove("out/parts/b.csv") },
                    holds: { workspace, _, _ throws in #expect(try workspace.read("out/parts/b.csv") == "9\n") }),
                step(
                    "an edited output", "report",
                    edit: { try $0.write("my own words\n", to: "out/report.txt") },
                    holds: { workspace, record, ended throws in
                        let aside = ".dbuild/displaced/\(record.number)/out/report.txt"
                        #expect(try workspace.read(aside) == "my own words\n")
                        #expect(try workspace.read("out/report.txt").hasPrefix("report of\n"))
                        #expect(
                            ended.errors.contains(
                                "warning: `out/report.txt` was not what belongs there; it now lies at `\(aside)`\n"))
                    }),
                step(
                    "a file put into a tree", "split",
                    edit: { try $0.write("mine\n", to: "out/parts/mine.csv") },
                    holds: { workspace, record, _ throws in
                        #expect(!workspace.exists("out/parts/mine.csv"))
                        #expect(try workspace.read(".dbuild/displaced/\(record.number)/out/parts/mine.csv") == "mine\n")
                    }),
                step(
                    "an edited member of a tree", "split",
                    edit: { try $0.write("7\n", to: "out/parts/a.csv") },
                    holds: { workspace, record, _ throws in
                        #expect(try workspace.read("out/parts/a.csv") == "1\n3\n")
                        #expect(try workspace.read(".dbuild/displaced/\(record.number)/out/parts/a.csv") == "7\n")
                    }),
                step(
                    "a directory in an output's place", "notes",
                    edit: {
                        try $0.remove("out/notes.txt")
                        try $0.write("mine\n", to: "out/notes.txt/mine")
                    },
                    holds: { workspace, record, _ throws in
                        #expect(try workspace.read(".dbuild/displaced/\(record.number)/out/notes.txt/mine") == "mine\n")
                        #expect(try workspace.read("out/notes.txt") == "first page\nsecond page\n")
                    }),
                ScenarioStep(name: "null build", runs: []),
            ])
        }
    }

    @Test func aFileThatWasThereBeforeTheFirstBuildIsKeptAside() async throws {
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(
                    name: "first build", runs: Self.everything,
                    edit: { try $0.write("somebody's\n", to: "out/total.txt") },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read(".dbuild/displaced/1/out/total.txt") == "somebody's\n")
                        #expect(try workspace.read("out/total.txt").hasPrefix("a: 2 rows"))
                    })
            ])
        }
    }

    @Test func anEntityThatLeavesIsReportedAsAnOrphan() async throws {
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(name: "first build", runs: Self.everything),
                ScenarioStep(
                    name: "without c", runs: ["entities", "split", "total", "report"],
                    edit: { try $0.replace("c,4\n", by: "", in: "data/rows.csv") },
                    holds: { workspace, record, ended throws in
                        #expect(record.summary?.orphans == 1)
                        #expect(ended.errors.contains("orphans  1 "))
                        #expect(record.reasons("total") == ["input `out/models/c.txt` removed"])
                        #expect(workspace.exists("out/models/c.txt"))
                        #expect(!workspace.exists("out/parts/c.csv"))
                    }),
            ])
            #expect(
                try await workspace.dbuild("status").output.contains(
                    "1 orphans: files that no rule makes any more, as out/models/c.txt"))
            try await workspace.run([
                ScenarioStep(
                    name: "with c again, as it was", runs: [], restores: ["entities", "split", "total", "report"],
                    edit: { try $0.write($0.read("data/rows.csv") + "c,4\n", to: "data/rows.csv") },
                    holds: { _, record, _ throws in #expect(record.summary?.orphans == 0) })
            ])
        }
    }

    @Test func aSourceThatMayBeAbsentComesAndGoes() async throws {
        let trainings = ["train[entity=a]", "train[entity=b]", "train[entity=c]"]
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(name: "first build", runs: Self.everything),
                ScenarioStep(
                    name: "it appears", runs: trainings + ["total", "report"],
                    edit: { try $0.write("entity,value\nb,1\nb,2\n", to: "data/late.csv") },
                    holds: { workspace, record, _ throws in
                        #expect(
                            record.reasons("train[entity=a]").first?.hasPrefix(
                                "input `data/late.csv` changed (absent) -> ") == true)
                        #expect(try workspace.read("out/models/b.txt") == "b: 3 rows, 10 rounds\n")
                    }),
                ScenarioStep(
                    name: "it disappears", runs: [], restores: trainings + ["total", "report"],
                    edit: { try $0.remove("data/late.csv") },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/models/b.txt") == "b: 1 rows, 10 rounds\n")
                    }),
                ScenarioStep(name: "null build", runs: []),
            ])
        }
    }

    @Test func aWorkspaceThatWasMovedCompilesItsRulesAndKeepsWhatItBuilt() async throws {
        try await withWorkspace(.training) { workspace in
            // Compiled here, so that whatever the compiler keeps knows this place.
            try workspace.replace("@main", by: "// Once.\n@main", in: "rules/Rulesfile.swift")
            try await workspace.run([ScenarioStep(name: "first build", runs: Self.everything)])
            let moved = ExampleWorkspace(root: workspace.root.appending(path: "elsewhere"))
            try FileManager.default.createDirectory(at: moved.root, withIntermediateDirectories: true)
            for name in [".dbuild", "data", "out", "rules", "scripts"] {
                try FileManager.default.moveItem(at: workspace.place(name), to: moved.place(name))
            }
            try moved.replace("@main", by: "// Twice.\n@main", in: "rules/Rulesfile.swift")
            try await moved.run([ScenarioStep(name: "moved", runs: [])])
        }
    }

    @Test func forceBuildsWhatIsNamedAndCutsOffWhatFollows() async throws {
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(name: "first build", runs: Self.everything),
                ScenarioStep(
                    name: "one rule, what follows is cut off", arguments: ["--force", "models"],
                    runs: ["train[entity=a]", "train[entity=b]", "train[entity=c]"],
                    holds: { _, record, _ throws in #expect(record.verdictLine("train[entity=a]") == 3) }),
                ScenarioStep(name: "one cell", arguments: ["-B", "train[entity=b]"], runs: ["train[entity=b]"]),
                ScenarioStep(name: "null build", runs: []),
            ])
        }
    }

    @Test func aTargetBuildsItselfAndWhatItNeedsOnly() async throws {
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(
                    name: "a cell", arguments: ["train[entity=a]"], runs: ["entities", "split", "train[entity=a]"]),
                ScenarioStep(name: "a path", arguments: ["out/models/b.txt"], runs: ["train[entity=b]"]),
                ScenarioStep(name: "a glob", arguments: ["out/models/*.txt"], runs: ["train[entity=c]"]),
                ScenarioStep(name: "a rule, by its path", arguments: ["./out/count.txt"], runs: ["total"]),
                ScenarioStep(name: "a source", arguments: ["data/rows.csv"], runs: []),
                ScenarioStep(name: "the rest", arguments: ["build"], runs: ["notes", "report"]),
            ])
        }
    }
}
