import Foundation
import Testing

/// What an action read without declaring it counts like what it declares.
@Suite struct DiscoveryTests {
    private static func nothing(_ name: String, _ arguments: [String] = ["gather"]) -> ScenarioStep {
        ScenarioStep(
            name: name, arguments: arguments, runs: [],
            holds: { _, record, _ throws in #expect(record.summary?.filesHashed == 0) })
    }

    @Test func aFileThatARecipeReadIsSeenToChangeComeAndGo() async throws {
        let target = ["gather"]
        try await withWorkspace(.discoveries) { workspace in
            try await workspace.run([
                ScenarioStep(name: "first", arguments: target, runs: target),
                Self.nothing("null build"),
                ScenarioStep(
                    name: "changed", arguments: target, runs: target,
                    edit: { try $0.write("A\n", to: "extra/a.txt") },
                    holds: { workspace, record, _ throws in
                        #expect(try workspace.read("out/gathered.txt") == "A\n(nothing)\n")
                        #expect(record.verdictLine("gather") == 12)
                        #expect(record.reasons("gather").contains { $0.contains("extra/a.txt") })
                    }),
                Self.nothing("null build behind a change"),
                ScenarioStep(
                    name: "touched", arguments: target, runs: [],
                    edit: {
                        try $0.write("A\n", to: "extra/a.txt")
                        // In the tick of its stamp another edit could hide: it would be read once more.
                        usleep(50_000)
                    },
                    holds: { _, record, _ throws in #expect(record.summary?.filesHashed == 1) }),
                Self.nothing("null build behind a touch"),
                ScenarioStep(
                    name: "what was absent appears", arguments: target, runs: target,
                    edit: { try $0.write("b\n", to: "extra/b.txt") },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/gathered.txt") == "A\nb\n")
                    }),
                Self.nothing("null build behind an appearance"),
                ScenarioStep(
                    name: "what was there goes: the store has what that gave", arguments: target, runs: [],
                    restores: target,
                    edit: { try $0.remove("extra/b.txt") },
                    holds: { workspace, record, _ throws in
                        #expect(record.verdictLine("gather") == 8)
                        #expect(try workspace.read("out/gathered.txt") == "A\n(nothing)\n")
                    }),
                Self.nothing("null build behind a restore"),
                ScenarioStep(
                    name: "other contents than ever: nothing is restored", arguments: target, runs: target,
                    edit: { try $0.write("B\n", to: "extra/b.txt") },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/gathered.txt") == "A\nB\n")
                    }),
                ScenarioStep(
                    name: "what must be there goes", arguments: target, runs: target, failing: target, exit: 1,
                    edit: { try $0.remove("extra/a.txt") },
                    holds: { _, _, ended throws in
                        #expect(ended.errors.contains("`extra/a.txt`: No such file or directory"))
                    }),
                ScenarioStep(
                    name: "and comes back", arguments: target, runs: [],
                    edit: { try $0.write("A\n", to: "extra/a.txt") }
                ),
            ])
        }
    }

    @Test func aFileOutsideTheWorkspaceCountsToo() async throws {
        let outside = FileManager.default.temporaryDirectory.appending(path: "dbuild-outside-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: outside) }
        try Data("one\n".utf8).write(to: outside)
        try await withWorkspace(.discoveries) { workspace in
            try workspace.write("\(outside.path)\n/dev/null\n\(workspace.root.path)/extra/a.txt\n", to: "data/list.txt")
            try await workspace.run([
                ScenarioStep(name: "first", arguments: ["gather"], runs: ["gather"]),
                Self.nothing("null build"),
                ScenarioStep(
                    name: "changed", arguments: ["gather"], runs: ["gather"],
                    edit: { _ in try Data("two\n".utf8).write(to: outside) },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/gathered.txt") == "two\na\n")
                    }),
                ScenarioStep(
                    name: "an absolute name of a file in the workspace", arguments: ["gather"], runs: ["gather"],
                    edit: { try $0.write("A\n", to: "extra/a.txt") },
                    holds: { _, record, _ throws in
                        #expect(record.reasons("gather").contains { $0.contains("`extra/a.txt`") })
                    }),
            ])
        }
    }

    @Test(arguments: ["out/made.txt", "?out/made.txt", "./out//made.txt", "extra/../out/made.txt", "alias/made.txt"])
    func whatAnotherActionMakesHasToBeDeclared(line: String) async throws {
        try await withWorkspace(.discoveries) { workspace in
            try workspace.write(line + "\n", to: "data/list.txt")
            try FileManager.default.createSymbolicLink(
                atPath: workspace.place("alias").path, withDestinationPath: "out")
            try await workspace.run([
                ScenarioStep(name: "make", arguments: ["make"], runs: ["make"]),
                ScenarioStep(
                    name: "gather", arguments: ["gather"], runs: ["gather"], failing: ["gather"], exit: 1,
                    holds: { workspace, _, ended throws in
                        let said = "it read `out/made.txt`, which `make` makes: declare it as an input"
                        #expect(ended.errors.contains(said), "\(ended.testDescription)")
                        #expect(!workspace.exists("out/gathered.txt"))
                    }),
            ])
        }
    }

    @Test func aDirectoryInWhichActionsMakeThingsCannotBeDiscovered() async throws {
        try await withWorkspace(.discoveries) { workspace in
            try workspace.write("?out\n", to: "data/list.txt")
            try await workspace.run([
                ScenarioStep(
                    name: "gather", arguments: ["make", "gather"], runs: ["make", "gather"], failing: ["gather"],
                    exit: 1,
                    holds: { _, _, ended throws in
                        #expect(ended.errors.contains("it read the directory `out`, in which"))
                    })
            ])
        }
    }

    @Test func whatAnAncestorMakesIsDiscoveredAndWaitedFor() async throws {
        try await withWorkspace(.discoveries) { workspace in
            try await workspace.run([
                ScenarioStep(name: "first", arguments: ["follow"], runs: ["make", "constant", "follow"]),
                Self.nothing("null build", ["follow"]),
                ScenarioStep(
                    name: "what is declared stays the same, what was discovered does not", arguments: ["follow"],
                    runs: ["make", "constant", "follow"], edit: { try $0.write("new base\n", to: "data/base.txt") },
                    holds: { workspace, record, _ throws in
                        #expect(try workspace.read("out/followed.txt") == "new base\n")
                        #expect(record.reasons("follow").contains { $0.contains("out/made.txt") })
                    }),
                Self.nothing("null build again", ["follow"]),
            ])
        }
    }

    @Test func whatChangesWhileItIsReadIsReadOnceMore() async throws {
        try await withWorkspace(.discoveries) { workspace in
            try workspace.write("+extra/a.txt\n", to: "data/list.txt")
            let ended = try await workspace.dbuild("gather")
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(try workspace.takeWitnesses() == ["gather", "gather"])
            #expect(try workspace.read("out/gathered.txt") == "a\nmore\n")
            try await workspace.run([Self.nothing("null build")])

            try workspace.write("++extra/a.txt\n", to: "data/list.txt")
            #expect(try await workspace.dbuild("gather").exit == 6)
            #expect(try workspace.takeWitnesses() == ["gather", "gather"])
        }
    }

    @Test func aDependencyFileSaysWhatAProgramRead() async throws {
        try await withWorkspace(.discoveries) { workspace in
            let environment = ["DBUILD_TEST_ROOT": workspace.root.path]
            func build() async throws -> (EndedCommand, RunRecord) {
                let ended = try await workspace.start(["program"], environment: environment).ended()
                return (ended, try #require(try workspace.lastRun()))
            }
            var (ended, record) = try await build()
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(record.finished == ["program"])
            (_, record) = try await build()
            #expect(record.finished == [])
            #expect(record.summary?.filesHashed == 0)
            try workspace.write("changed\n", to: "extra/a.txt")
            (_, record) = try await build()
            #expect(record.finished == ["program"])
            #expect(record.reasons("program").contains { $0.contains("`extra/a.txt`") })
            #expect(try workspace.read("out/program.txt") == "changed\n")
            // What it made for itself in its directory is nobody's input.
            try workspace.write("x", to: "temporary.txt")
            (_, record) = try await build()
            #expect(record.finished == [])
        }
    }

    @Test(arguments: [
        ("true", "its dependency file `deps.d` is not there"),
        ("mkdir deps.d", "its dependency file `deps.d` is no file"),
        ("echo words > deps.d", "its dependency file `deps.d` is not in make syntax: line 1 has no colon"),
    ])
    func aDependencyFileThatIsNoneFailsTheAction(line: String, said: String) async throws {
        try await withWorkspace(.discoveries) { workspace in
            try workspace.write("echo x > \"$1\"\n\(line)\n", to: "scripts/program.sh")
            let ended = try await workspace.dbuild("program")
            #expect(ended.exit == 1)
            #expect(ended.errors.contains(said), "\(ended.testDescription)")
            #expect(!workspace.exists("out/program.txt"))
        }
    }

    @Test func theStateOfDbuildItselfIsNoInput() async throws {
        try await withWorkspace(.discoveries) { workspace in
            try workspace.write(".dbuild/state.db\n", to: "data/list.txt")
            let ended = try await workspace.dbuild("gather")
            #expect(ended.exit == 1)
            #expect(ended.errors.contains("`.dbuild` is dbuild's own"), "\(ended.testDescription)")
        }
    }

    @Test func whatAnActionMadeItselfIsNoInputOfIt() async throws {
        try await withWorkspace(.discoveries) { workspace in
            #expect(try await workspace.dbuild("gather").exit == 0)
            let made = try workspace.read("out/gathered.txt")
            try workspace.write("out/gathered.txt\n", to: "data/list.txt")
            let ended = try await workspace.dbuild("gather")
            #expect(ended.exit == 1)
            #expect(ended.errors.contains("its own output of an earlier run"), "\(ended.testDescription)")
            #expect(try workspace.read("out/gathered.txt") == made)
        }
    }
}
