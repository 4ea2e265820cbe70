import Foundation
import Glibc
import Testing

/// What `gc` makes room of, and what survives it.
@Suite struct GCTests {
    private struct Document: Decodable {
        let droppedResults, keptResults, repaired: Int
        let droppedBytes, keptBytes, bytesAboveLimit: Int64
        let droppedSeconds, keptSeconds: Double
        let directories: [String]
    }

    private func collect(_ workspace: ExampleWorkspace, _ arguments: String...) async throws -> Document {
        let ended = try await workspace.start(["gc", "--json"] + arguments).ended()
        #expect(ended.exit == 0, "\(ended.testDescription)")
        return try JSONDecoder().decode(Document.self, from: Data(ended.output.utf8))
    }

    /// Models with 10, 11 and 12 rounds, of which the last are in place.
    private func buildThrice(_ workspace: ExampleWorkspace) async throws {
        for (number, day) in ["2013-11-01", "2013-11-15", "2013-12-01"].enumerated() {
            let ended = try await workspace.dbuild(
                "--now", "\(day)T06:00:00Z", "--set", "boost-rounds=\(10 + number)")
            #expect(ended.exit == 0, "\(ended.testDescription)")
        }
    }

    @Test func `what is recorded as built stays, and the rest goes with its seconds said`() async throws {
        try await withWorkspace(.training) { workspace in
            try await buildThrice(workspace)
            let all = try await collect(workspace, "-n")
            #expect(all.droppedResults == 0 && all.keptResults == 18)
            let tried = try await collect(workspace, "-n", "--store-limit", "0")
            let done = try await collect(workspace, "--store-limit", "0")
            // Five actions have the rounds in their keys; the other three were built once.
            #expect(done.droppedResults == 10 && done.keptResults == 8)
            #expect(done.droppedSeconds > 0 && done.keptSeconds > 0)
            #expect(done.bytesAboveLimit == done.keptBytes && done.keptBytes > 0)
            #expect((tried.droppedResults, tried.droppedBytes) == (done.droppedResults, done.droppedBytes))
            #expect(try await collect(workspace, "--store-limit", "0").droppedResults == 0)

            _ = try workspace.takeWitnesses()
            #expect(try await workspace.dbuild("--check").exit == 0)
            try workspace.remove("out/models")
            try await workspace.run([
                ScenarioStep(
                    name: "what is in place was copied", arguments: ["--set", "boost-rounds=12"], runs: [],
                    restores: ["train[entity=a]", "train[entity=b]", "train[entity=c]"]),
                ScenarioStep(
                    name: "what was in place before was not", arguments: ["--set", "boost-rounds=11"],
                    runs: ["report", "total", "train[entity=a]", "train[entity=b]", "train[entity=c]"]),
            ])
            let said = try await workspace.dbuild("gc")
            #expect(
                said.output.contains(#/^dropped 0 results \(0 bytes\); kept 13 results \(/#), "\(said.testDescription)")
        }
    }

    @Test func `old runs' remains go, but for those that something recorded is of`() async throws {
        try await withWorkspace(.training) { workspace in
            try await buildThrice(workspace)
            // Somebody's file went aside in the second run; nothing recorded is of that run.
            try workspace.write("mine", to: ".dbuild/displaced/2/out/mine.txt")
            try workspace.write("mine", to: ".dbuild/displaced/3/out/mine.txt")
            try workspace.write("mine", to: ".dbuild/displaced/recovery/out/mine.txt")
            try workspace.write("mine", to: ".dbuild/displaced/99/out/mine.txt")
            #expect(workspace.exists(".dbuild/logs/2"))
            let tried = try await workspace.dbuild(
                "gc", "-n", "--older-than", "10d", "--now", "2013-12-02T06:00:00Z")
            #expect(tried.output.contains("would clear 3 directories of old runs"), "\(tried.testDescription)")
            let done = try await collect(workspace, "--older-than", "10d", "--now", "2013-12-02T06:00:00Z")
            #expect(done.directories == [".dbuild/displaced/2", ".dbuild/logs/2", ".dbuild/runs/2"])
            for path in done.directories { #expect(!workspace.exists(path)) }
            for path in ["displaced/3", "displaced/99", "displaced/recovery", "runs/1", "runs/3", "logs/1", "logs/3"] {
                #expect(workspace.exists(".dbuild/\(path)"), "\(path)")
            }
            // What the first run made was in place until the second, what that made until the third.
            #expect(done.droppedResults == 5 && done.keptResults == 13)
            for command in [["history"], ["diff", "1", "3"], ["why", "out/notes.txt"], ["log", "train[entity=a]"]] {
                #expect(try await workspace.start(command).ended().exit == 0, "\(command)")
            }
            #expect(try await workspace.dbuild("--check").exit == 0)
        }
    }

    @Test func `beside a build it waits or is refused, and nothing vanishes under the build`() async throws {
        try await withWorkspace(.wide) { workspace in
            #expect(try await workspace.dbuild("--set", "x=1").exit == 64)
            #expect(try await workspace.dbuild().exit == 0)
            let first = try workspace.files(below: "out")
            try workspace.write("another seed\n", to: "data/seed.txt")
            #expect(try await workspace.dbuild().exit == 0)
            // Restores from the store what nothing recorded refers to: what a collection would drop first.
            try workspace.write("seed\n", to: "data/seed.txt")
            try workspace.write("50", to: "pause")
            let build = try workspace.start(["-j", "4"])
            let collections = try (0 ..< 2).map { _ in try workspace.start(["gc", "--store-limit", "0"]) }
            let refused = try await workspace.dbuild("gc", "--no-wait")
            #expect([0, 4].contains(refused.exit), "\(refused.testDescription)")
            let view = try await workspace.dbuild("gc", "-n", "--store-limit", "0")
            #expect(view.exit == 0, "\(view.testDescription)")
            let built = try await build.ended()
            #expect(built.exit == 0, "\(built.testDescription)")
            #expect(!built.errors.contains("warning"), "\(built.testDescription)")
            for collection in collections { #expect(try await collection.ended().exit == 0) }
            #expect(try workspace.files(below: "out") == first)
            #expect(try await workspace.dbuild("--check").exit == 0)
        }
    }

    @Test(.enabled(if: hasTestHooks))
    func `killed at any moment it loses nothing that is recorded`() async throws {
        try await withWorkspace(.training) { workspace in
            // Large enough to be files of the store.
            let long = String(repeating: "9", count: 5000)
            for value in ["1", "2", "3"] {
                try workspace.write(
                    "entity,value\n" + ["a", "b"].map { "\($0),\($0)\(value)\(long)\n" }.joined(), to: "data/rows.csv")
                #expect(try await workspace.dbuild("split").exit == 0)
            }
            let built = try workspace.files(below: "out")
            var kills = 0
            while kills < 20 {
                let ended = try await workspace.dbuild(
                    "gc", "--store-limit", "0", environment: ["DBUILD_TEST_KILL_AFTER_REMOVALS": "\(kills + 1)"])
                if ended.exit == 0 { break }
                #expect(ended.ending == .signalled(SIGKILL), "\(ended.testDescription)")
                kills += 1
                try workspace.remove("out/parts")
                _ = try workspace.takeWitnesses()
                #expect(try await workspace.dbuild("split").exit == 0)
                #expect(try workspace.files(below: "out") == built)
                #expect(try workspace.takeWitnesses() == [], "its copies were kept")
            }
            #expect(kills > 0 && kills < 20)
            let done = try await collect(workspace, "--store-limit", "0")
            #expect(done.droppedResults == 0 && done.repaired == 0)
            #expect(workspace.names(below: ".dbuild/store").filter { $0.contains("-50") }.count == 2)
        }
    }

    @Test func `the document for programs is as its schema says`() async throws {
        try await withWorkspace(.training) { workspace in
            try expectSchema("gc", try await workspace.dbuild("gc", "--json"))
            try await buildThrice(workspace)
            try expectSchema("gc", try await workspace.dbuild("gc", "-n", "--json", "--older-than", "1d"))
            try expectSchema("gc", try await workspace.dbuild("gc", "--json", "--store-limit", "0"))
            for arguments in [["--store-limit", "much"], ["--older-than", "long"], ["--now", "then"]] {
                let refused = try await workspace.start(["gc"] + arguments).ended()
                #expect(refused.exit == 64, "\(refused.testDescription)")
            }
        }
    }
}
