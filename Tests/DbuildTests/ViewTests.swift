import Foundation
import Testing

/// Commands that say something, and build nothing.
@Suite struct ViewTests {
    @Test func whatIsSaidBeforeAndAfterABuildAndWithAnEdit() async throws {
        try await withWorkspace(.training) { workspace in
            var screens = ""
            func say(_ arguments: String..., exit: Int32 = 0) async throws {
                let ended = try await workspace.start(arguments).ended()
                #expect(ended.exit == exit, "\(ended.testDescription)")
                screens += transcript(ended, in: workspace) + "\n"
            }
            for view in ["-n", "--explain", "status", "params"] { try await say(view) }
            try await say("--check", exit: 1)
            try await say("clean", "out/total.txt")
            // Nobody built anything, and nothing was recorded.
            #expect(workspace.names(below: ".").allSatisfy { !$0.hasPrefix("out") && $0 != ".dbuild/state.db" })

            #expect(try await workspace.dbuild().exit == 0)
            for view in ["-n", "--explain", "status", "--check"] { try await say(view) }

            try workspace.replace("b,9", by: "b,8", in: "data/rows.csv")
            try workspace.remove("out/notes.txt")
            try workspace.write("edited\n", to: "out/report.txt")
            for view in ["-n", "--explain", "status"] { try await say(view) }
            try await say("--check", exit: 1)
            try await say("--check", "out/entities.csv", exit: 1)
            try await say("--explain", "--force", "notes")
            try await say("--explain", "--set", "boost-rounds=20", "train[entity=a]")
            #expect(try workspace.read("out/report.txt") == "edited\n")
            #expect(workspace.runs == [1])
            try expectGolden("views", screens)
        }
    }

    @Test func viewsUseTheParametersOfTheLastBuildAndSaySo() async throws {
        try await withWorkspace(.training) { workspace in
            #expect(try await workspace.dbuild("--set", "boost-rounds=11").exit == 0)
            let view = try await workspace.dbuild("--check")
            #expect(view.exit == 0)
            #expect(view.errors == "parameters as the last build set them: boost-rounds=11\n")
            let other = try await workspace.dbuild("--check", "--set", "boost-rounds=10")
            #expect(other.exit == 1)
            #expect(try await workspace.dbuild("params").output.hasPrefix("boost-rounds=11  "))
        }
    }

    @Test func aParameterThatTheLastBuildSetAndTheRulesHaveNoMoreIsLeftOutAndNamed() async throws {
        try await withWorkspace(.training) { workspace in
            #expect(try await workspace.dbuild("--set", "boost-rounds=11").exit == 0)
            try workspace.replace("var boostRounds = 10", by: "var rounds = 10", in: "rules/Rulesfile.swift")
            try workspace.replace("rounds: boostRounds", by: "rounds: rounds", in: "rules/Rulesfile.swift")
            let said = "any more, though the last build set it: boost-rounds=11\n"
            for arguments in [["-n"], ["status"], ["params"]] {
                let view = try await workspace.start(arguments).ended()
                #expect(view.exit == 0, "\(view.testDescription)")
                #expect(view.errors.contains(said), "\(view.testDescription)")
                #expect(!view.errors.contains("as the last build set them"))
            }
            #expect(try await workspace.dbuild("lock").errors.contains(said))
            // What a person says is no remnant.
            #expect(try await workspace.dbuild("-n", "--set", "boost-rounds=11").exit == 64)
            // Nor is what the file says.
            try workspace.write("{\"boost-rounds\": 12}", to: "params.json")
            let refused = try await workspace.dbuild("-n")
            #expect(refused.exit == 64)
            #expect(refused.errors.contains("params.json`: no parameter `boost-rounds`"), "\(refused.testDescription)")
            try workspace.remove("params.json")
            // A name that is there again, with values of another kind.
            try workspace.replace("var rounds = 10", by: "var rounds = 5", in: "rules/Rulesfile.swift")
            try workspace.replace("in: 1 ... 1000", by: "in: 1 ... 9", in: "rules/Rulesfile.swift")
            try workspace.replace("var rounds = 5", by: "var boostRounds = 5", in: "rules/Rulesfile.swift")
            try workspace.replace("rounds: rounds", by: "rounds: boostRounds", in: "rules/Rulesfile.swift")
            let outside = try await workspace.dbuild("-n")
            #expect(outside.exit == 64)
            #expect(outside.errors.contains("hint: the last build set it so"), "\(outside.testDescription)")
        }
    }

    @Test func cleanRemovesWhatWasMadeAndKeepsWhatWasEdited() async throws {
        try await withWorkspace(.training) { workspace in
            #expect(try await workspace.dbuild().exit == 0)
            try workspace.write("edited\n", to: "out/models/b.txt")
            let tried = try await workspace.dbuild("clean", "-n", "models", "split")
            try expectGolden("clean-dry", tried, in: workspace)
            #expect(workspace.exists("out/models/a.txt"))
            let cleaned = try await workspace.dbuild("clean", "models", "split")
            try expectGolden("clean", cleaned, in: workspace)
            #expect(workspace.names(below: "out/models") == ["b.txt"])
            #expect(!workspace.exists("out/parts"))
            #expect(workspace.exists("data/rows.csv"))
            _ = try workspace.takeWitnesses()
            try await workspace.run([
                ScenarioStep(
                    name: "after cleaning", runs: [],
                    restores: ["split", "train[entity=a]", "train[entity=b]", "train[entity=c]"],
                    holds: { workspace, record, _ throws in
                        #expect(record.reasons("split") == ["never built", "output `out/parts` is missing"])
                        #expect(try workspace.read(".dbuild/displaced/2/out/models/b.txt") == "edited\n")
                    }),
                ScenarioStep(name: "null build", runs: []),
            ])
            #expect(try await workspace.dbuild("clean").exit == 64)
            #expect(try await workspace.dbuild("clean", "data/rows.csv").exit == 0)
            #expect(workspace.exists("data/rows.csv"))
        }
    }

    @Test func theWorkspaceIsFoundUpwardOrNamed() async throws {
        try await withWorkspace(.training) { workspace in
            let below = workspace.place("data/notes")
            #expect(try await RunningCommand(["split"], in: below).ended().exit == 0)
            #expect(workspace.exists("out/parts/a.csv"))

            let elsewhere = FileManager.default.temporaryDirectory
            let named = try await RunningCommand(["-C", workspace.root.path, "notes"], in: elsewhere).ended()
            #expect(named.exit == 0, "\(named.testDescription)")
            #expect(workspace.exists("out/notes.txt"))

            // The directory's name is the module's; where it lies is nothing to a key.
            try workspace.write("", to: "else where/empty")
            try FileManager.default.moveItem(at: workspace.place("rules"), to: workspace.place("else where/rules"))
            for place in ["else where/rules", workspace.place("else where/rules").path] {
                let moved = try await workspace.dbuild("-f", place, "notes")
                #expect(moved.exit == 0, "\(moved.testDescription)")
                #expect(try workspace.lastRun()?.finished == [])
            }
        }
    }

    @Test func quietSaysOnlyTheSummary() async throws {
        try await withWorkspace(.training) { workspace in
            let ended = try await workspace.dbuild("-q")
            #expect(ended.output.isEmpty)
            #expect(ended.errors.split(separator: "\n").count == 1)
            #expect(ended.errors.hasPrefix("done     8 built"))
        }
    }

    @Test func theInstantThatIsGivenIsTheRuns() async throws {
        try await withWorkspace(.training) { workspace in
            #expect(try await workspace.dbuild("--now", "2013-12-01T11:00:00-05:00", "notes").exit == 0)
            let events = try workspace.read(".dbuild/runs/1/events.jsonl")
            #expect(events.contains("\"now\":1385913600000000000"))
        }
    }
}
