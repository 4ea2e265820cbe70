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
