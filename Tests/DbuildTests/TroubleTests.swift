import Foundation
import Testing

/// Builds in which something cannot be had: what fails, what goes on, and what the next run does.
@Suite struct TroubleTests {
    private static let everything = [
        "entities", "split", "train[entity=a]", "train[entity=b]", "train[entity=c]", "total", "notes", "report",
    ]

    /// Of another file system, as a rule: of memory.
    private static let elsewhere = URL(filePath: "/dev/shm")

    @Test(.enabled(if: FileManager.default.isWritableFile(atPath: elsewhere.path), "there is no /dev/shm"))
    func stateOnAnotherFileSystemIsRefusedAtTheStart() async throws {
        try await withWorkspace(.training) { workspace in
            let place = Self.elsewhere.appending(path: "dbuild-\(UUID())")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: place) }
            try workspace.remove(".dbuild")
            try FileManager.default.createSymbolicLink(at: workspace.place(".dbuild"), withDestinationURL: place)
            let ended = try await workspace.dbuild()
            #expect(ended.exit == 3, "\(ended.testDescription)")
            #expect(ended.errors.contains("/.dbuild` lies on another file system than the workspace\n"))
            #expect(!workspace.exists("out"))
        }
    }

    @Test(.enabled(if: FileManager.default.isWritableFile(atPath: elsewhere.path), "there is no /dev/shm"))
    func whatCannotBePutBackIsSaidInTheSameWordsAsWhatCannotBeBuilt() async throws {
        try await withWorkspace(.reproduction) { workspace in
            try #expect(await workspace.dbuild("-q", "nothing").exit == 0)
            let place = Self.elsewhere.appending(path: "dbuild-\(UUID())")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: place) }
            try workspace.remove("out")
            try FileManager.default.createSymbolicLink(at: workspace.place("out"), withDestinationURL: place)
            let words = "`out/nothing.txt` lies on another file system than the workspace: keep it in the workspace"
            for (arguments, exit) in [(["nothing"], 3), (["-B", "nothing"], 1)] as [([String], Int32)] {
                let ended = try await workspace.start(arguments).ended()
                #expect(ended.exit == exit)
                #expect((ended.output + ended.errors).contains(words))
            }
            try workspace.remove("out")
            try FileManager.default.createSymbolicLink(
                atPath: workspace.place("out").path, withDestinationPath: "nowhere")
            let nowhere = "`out` is a link to `nowhere`, which is not there: make that directory, or remove the link"
            for (arguments, exit) in [(["nothing"], 3), (["-B", "nothing"], 1)] as [([String], Int32)] {
                let ended = try await workspace.start(arguments).ended()
                #expect(ended.exit == exit)
                #expect((ended.output + ended.errors).contains(nowhere))
            }
        }
    }

    @Test func aFailedActionIsReportedOthersGoOnAndOnlyItIsRepeated() async throws {
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(
                    name: "b fails", runs: Self.everything, failing: ["train[entity=b]"], exit: 1,
                    edit: { try $0.replace("b,9", by: "b,fail", in: "data/rows.csv") },
                    holds: { workspace, record, ended throws in
                        try expectGolden("failed-action", ended, in: workspace)
                        #expect(ended.errors.contains("| log line 30\n"))
                        #expect(ended.errors.contains("| log line 11\n"))
                        #expect(!ended.errors.contains("| log line 10\n"))
                        #expect(try workspace.read(".dbuild/logs/1/train[entity=b].log").contains("log line 1\n"))
                        #expect(!workspace.exists("out/models/b.txt"))
                        #expect(try workspace.read("out/count.txt") == "2 models, missing: out/models/b.txt\n")
                        #expect(record.summary?.degraded == 1)
                    }),
                ScenarioStep(
                    name: "again", runs: ["train[entity=b]"], failing: ["train[entity=b]"], exit: 1,
                    holds: { _, record, _ throws in
                        #expect(record.reasons("train[entity=b]") == ["never built", "failed in run 1"])
                    }),
                ScenarioStep(
                    name: "healed", runs: ["entities", "split", "train[entity=b]", "total", "report"],
                    edit: { try $0.replace("b,fail", by: "b,9", in: "data/rows.csv") },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/count.txt") == "3 models, missing: \n")
                    }),
                ScenarioStep(name: "null build", runs: []),
            ])
        }
    }

    @Test("what read a source that moved is repeated once, with all sources as they are now", arguments: [false, true])
    func moved(withAnother: Bool) async throws {
        try await withWorkspace(.training) { workspace in
            let script = try workspace.read("scripts/report.sh")
            try workspace.write(
                "touch \"$(dirname \"$(dirname \"$(readlink -f \"$0\")\")\")/began\"; sleep 2\n" + script,
                to: "scripts/report.sh")
            let build = try workspace.start([])
            #expect(try await eventually { workspace.exists("began") })
            // Who reads this has ended: what it gave is not to go together with what comes now.
            if withAnother { try workspace.replace("b,9", by: "b,8", in: "data/rows.csv") }
            // The shell has read its first line; what it would have written is of neither script.
            try workspace.write(script + "echo moved >> \"$2\"\n", to: "scripts/report.sh")
            let ended = try await build.ended()
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(ended.errors.contains("warning: `scripts/report.sh` changed while it was read"))
            #expect(!ended.errors.contains("`data/rows.csv` changed while it was read"))
            #expect(try workspace.read("out/report.txt").hasSuffix("moved\n"))
            let again = try await workspace.dbuild()
            #expect(again.errors.contains("0 built"))
        }
    }

    @Test func anActionThatFailsAfterASuccessLeavesItsOldOutput() async throws {
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(name: "first build", runs: Self.everything),
                ScenarioStep(
                    name: "b fails", runs: ["entities", "split", "train[entity=b]", "total", "report"],
                    failing: ["train[entity=b]"], exit: 1,
                    edit: { try $0.replace("b,9", by: "b,fail", in: "data/rows.csv") },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/models/b.txt") == "b: 1 rows, 10 rounds\n")
                    }),
                ScenarioStep(
                    name: "as it was: the old model is still good, and what gathers it is put back", runs: [],
                    restores: ["entities", "split", "total", "report"],
                    edit: { try $0.replace("b,fail", by: "b,9", in: "data/rows.csv") }),
                ScenarioStep(name: "null build", runs: []),
            ])
        }
    }

    @Test func moreLossesThanAreAcceptedBlock() async throws {
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(
                    name: "two of three fail",
                    runs: ["entities", "split", "train[entity=a]", "train[entity=b]", "train[entity=c]", "notes"],
                    failing: ["train[entity=a]", "train[entity=b]"], exit: 1,
                    edit: {
                        try $0.replace("b,9", by: "b,fail", in: "data/rows.csv")
                        try $0.replace("a,3", by: "a,fail", in: "data/rows.csv")
                    },
                    holds: { workspace, record, _ throws in
                        #expect(record.summary?.blocked == 2)
                        #expect(!workspace.exists("out/total.txt"))
                    })
            ])
        }
    }

    @Test(arguments: [("abort", "SIGABRT"), ("kill", "SIGKILL")])
    func aWorkerThatDiesFailsOnlyItsAction(death: String, signal: String) async throws {
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(
                    name: death, arguments: ["-j", "1"], runs: Self.everything, failing: ["train[entity=a]"], exit: 1,
                    edit: { try $0.replace("a,3", by: "a,\(death)", in: "data/rows.csv") },
                    holds: { workspace, record, ended throws in
                        #expect(ended.errors.contains("failed   train[entity=a]"))
                        #expect(ended.errors.contains("killed by \(signal)"))
                        // The dead one and the one that took its place.
                        #expect(record.summary?.workers == 2)
                        #expect(try workspace.read("out/models/c.txt") == "c: 1 rows, 10 rounds\n")
                    }),
                ScenarioStep(
                    name: "again", runs: ["train[entity=a]"], failing: ["train[entity=a]"], exit: 1),
            ])
        }
    }

    @Test func anAbsentSourceBlocksWhatNeedsItAndNothingElse() async throws {
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(
                    name: "no script", runs: Self.everything.filter { $0 != "report" }, exit: 1,
                    edit: { try $0.remove("scripts/report.sh") },
                    holds: { workspace, record, ended throws in
                        try expectGolden("absent-source", ended, in: workspace)
                        #expect(record.summary?.blocked == 1)
                        #expect(record.warnings.contains { $0.hasPrefix("source `scripts/report.sh` is not there") })
                    }),
                ScenarioStep(
                    name: "no rows either", runs: [], exit: 1, edit: { try $0.remove("data/rows.csv") },
                    holds: { workspace, _, ended throws in
                        #expect(ended.errors.contains("source `data/rows.csv` is not there"))
                        #expect(workspace.exists("out/models/a.txt"))
                    }),
                ScenarioStep(
                    name: "both again", runs: ["report"],
                    edit: {
                        try $0.write("entity,value\na,1\nb,9\na,3\nc,4\n", to: "data/rows.csv")
                        let original = Example.training.original.appending(path: "scripts/report.sh")
                        try $0.write(String(contentsOf: original, encoding: .utf8), to: "scripts/report.sh")
                    }),
            ])
        }
    }

    @Test func acceptedLossesGiveADegradedResultWhichTheNextRunHeals() async throws {
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(
                    name: "a page is missing", runs: Self.everything, exit: 10,
                    edit: { try $0.remove("data/notes/2.txt") },
                    holds: { workspace, record, ended throws in
                        #expect(
                            try workspace.read("out/notes.txt") == "first page\nmissing pages: [\"data/notes/2.txt\"]\n"
                        )
                        #expect(record.summary?.degraded == 1)
                        #expect(ended.errors.contains("1 degraded"))
                    }),
                ScenarioStep(
                    name: "still missing", runs: [], exit: 10,
                    holds: { _, record, _ throws in #expect(record.summary?.degraded == 1) }),
                ScenarioStep(
                    name: "it comes", runs: ["notes"],
                    edit: { try $0.write("second page\n", to: "data/notes/2.txt") },
                    holds: { workspace, record, _ throws in
                        #expect(try workspace.read("out/notes.txt") == "first page\nsecond page\n")
                        #expect(record.summary?.degraded == 0)
                    }),
                ScenarioStep(
                    name: "it goes", runs: [], restores: ["notes"], exit: 10,
                    edit: { try $0.remove("data/notes/2.txt") }),
                ScenarioStep(
                    name: "both go: more than is accepted", runs: [], exit: 1,
                    edit: { try $0.remove("data/notes/1.txt") }),
            ])
        }
    }

    @Test func anEmptyAxisBlocksWhatGathersOverIt() async throws {
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(
                    name: "no rows", runs: ["entities", "split", "notes"], exit: 1,
                    edit: { try $0.write("entity,value\n", to: "data/rows.csv") },
                    holds: { workspace, record, ended throws in
                        try expectGolden("empty-axis", ended, in: workspace)
                        #expect(record.summary?.blocked == 2)
                        #expect(!workspace.exists("out/total.txt"))
                    }),
                ScenarioStep(
                    name: "rows", runs: Self.everything.filter { $0 != "notes" },
                    edit: { try $0.write("entity,value\na,1\na,2\nb,1\nc,1\n", to: "data/rows.csv") }),
            ])
        }
    }

    @Test func whereWhatThePlanReadsFailsTheFamilyIsUnknownAndTheRestIsBuilt() async throws {
        try await withWorkspace(.training) { workspace in
            try await workspace.run([
                ScenarioStep(
                    name: "rows that cannot be read", arguments: ["-j", "1"], runs: ["entities", "split", "notes"],
                    failing: ["entities", "split"], exit: 1,
                    edit: { try $0.write("entity,value\na\n", to: "data/rows.csv") },
                    holds: { workspace, record, ended throws in
                        try expectGolden("unknown-family", ended, in: workspace)
                        #expect(workspace.exists("out/notes.txt"))
                    }),
                ScenarioStep(
                    name: "rows", runs: Self.everything.filter { $0 != "notes" },
                    edit: { try $0.write("entity,value\na,1\nb,1\nc,1\n", to: "data/rows.csv") }),
            ])
        }
    }

    @Test func aMemberThatATreeDoesNotHoldIsNamedAndItsSiblingsAreBuilt() async throws {
        try await withWorkspace(.training) { workspace in
            // The index lists an entity that the split, which knows no empty cells, leaves out.
            try workspace.replace(
                "let names = Set(try ", by: "let names = Set(try [\"ghost\"] + ", in: "rules/Rulesfile.swift")
            try await workspace.run([
                ScenarioStep(
                    name: "a ghost", runs: Self.everything, exit: 1,
                    holds: { _, record, ended throws in
                        #expect(ended.errors.contains("`out/parts/ghost.csv` is not in the tree that its action wrote"))
                        #expect(record.summary?.blocked == 1)
                    })
            ])
        }
    }
}
