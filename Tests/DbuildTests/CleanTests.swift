import Foundation
import Glibc
import Testing

/// What `clean` removes, and what survives it.
@Suite struct CleanTests {
    /// The files of a workspace that are not dbuild's own, by path.
    private func files(_ workspace: ExampleWorkspace) throws -> [String: Data] {
        try workspace.files(below: ".").filter { !$0.key.hasPrefix(".dbuild/") && $0.key != "witness" }
    }

    private func clean(_ workspace: ExampleWorkspace, _ arguments: String...) async throws -> EndedCommand {
        try await workspace.start(["clean"] + arguments).ended()
    }

    /// What a clean command removes: exactly that goes, and a dry run before it said so and touched nothing.
    private func expectGone(
        _ arguments: [String], _ gone: [String], _ workspace: ExampleWorkspace,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let before = try files(workspace)
        let tried = try await workspace.start(["clean", "-n", "--json"] + arguments).ended()
        #expect(tried.exit == 0, "\(tried.testDescription)", sourceLocation: sourceLocation)
        let document = try JSONDecoder().decode(Document.self, from: Data(tried.output.utf8))
        #expect(document.actions.flatMap(\.paths).sorted() == gone.sorted(), sourceLocation: sourceLocation)
        #expect(document.files == gone.count, sourceLocation: sourceLocation)
        #expect(gone.isEmpty || document.seconds > 0, sourceLocation: sourceLocation)
        #expect(try files(workspace) == before, sourceLocation: sourceLocation)
        let ended = try await workspace.start(["clean"] + arguments).ended()
        #expect(ended.exit == 0, "\(ended.testDescription)", sourceLocation: sourceLocation)
        #expect(
            try files(workspace) == before.filter { !gone.contains($0.key) }, "\(ended.testDescription)",
            sourceLocation: sourceLocation)
    }

    private struct Document: Decodable {
        struct Action: Decodable {
            let paths: [String]
            let aside: [String]
        }
        struct Kept: Decodable, Equatable { let path: String, why: String }
        let files: Int
        let seconds: Double
        let actions: [Action]
        let kept: [Kept]
    }

    // MARK: - Selectors

    private static let parts = (0 ..< 5).map { "out/part/\($0).txt" }
    private static let uses = ["a", "b"].flatMap { k in (0 ..< 3).map { "out/use/\(k)-\($0).txt" } }
    private static let singles = [
        "fetch", "firm", "flaky", "patient", "report", "slow", "slow-again", "whole",
    ].map { "out/\($0).txt" }
    private static let models = ["out/model/a.txt", "out/model/b.txt"]
    private static let pair = ["out/pair/left.txt", "out/pair/right.txt"]

    @Test func `every kind of selector removes exactly what it names, and the next build brings it back`() async throws
    {
        let cases: [([String], [String])] = [
            (["model"], Self.models),
            (["use[k=a,day=*]"], Array(Self.uses.prefix(3))),
            (["use[day=1]"], ["out/use/a-1.txt", "out/use/b-1.txt"]),
            (["out/pair/left.txt"], Self.pair),
            (["./out/flaky.txt"], ["out/flaky.txt"]),
            (["out/use/b-*"], Array(Self.uses.suffix(3))),
            (["part[n=3]", "firm"], ["out/part/3.txt", "out/firm.txt"]),
            (["part[n=3]", "--downstream"], ["out/part/3.txt", "out/whole.txt", "out/report.txt"]),
            (["model[k=b]", "--downstream"], ["out/model/b.txt"] + Self.uses.suffix(3)),
            (["data/rows.txt"], []),
            (
                ["data/rows.txt", "--downstream"],
                Self.parts + Self.uses + Self.singles + Self.models + Self.pair
            ),
        ]
        try await withWorkspace(.failures) { workspace in
            #expect(try await workspace.dbuild("**").exit == 0)
            let built = try files(workspace)
            for (arguments, gone) in cases {
                try await expectGone(arguments, gone, workspace)
                _ = try workspace.takeWitnesses()
                #expect(try await workspace.dbuild("**").exit == 0)
                #expect(try files(workspace) == built, "\(arguments)")
                #expect(try workspace.takeWitnesses() == [], "the store had all of it")
                #expect(try await workspace.dbuild("--check", "**").exit == 0)
            }
        }
    }

    @Test func `a group, and a tree with its directories`() async throws {
        try await withWorkspace(.training) { workspace in
            #expect(try await workspace.dbuild().exit == 0)
            let trained = ["a", "b", "c"]
            try await expectGone(["models"], trained.map { "out/models/\($0).txt" }, workspace)
            #expect(!workspace.exists("out/models"))
            try await expectGone(["split"], trained.map { "out/parts/\($0).csv" }, workspace)
            #expect(!workspace.exists("out/parts"))
            #expect(workspace.exists("out/total.txt"))
        }
    }

    @Test func `directories go where dbuild made them and nothing is left in them`() async throws {
        try await withWorkspace(.failures) { workspace in
            try workspace.write("mine", to: "out/model/mine.txt")
            try FileManager.default.createDirectory(
                at: workspace.place("out/part"), withIntermediateDirectories: true)
            #expect(try await workspace.dbuild("**").exit == 0)
            #expect(try await clean(workspace, "**").exit == 0)
            #expect(workspace.names(below: "out") == ["model/", "model/mine.txt", "part/"])

            // Now dbuild makes them all.
            try workspace.remove("out")
            #expect(try await workspace.dbuild("**").exit == 0)
            #expect(try await clean(workspace, "**").exit == 0)
            #expect(!workspace.exists("out"))
            #expect(try await workspace.dbuild("**").exit == 0)
        }
    }

    @Test func `without rules that compile, without a name, or with a wrong one nothing goes`() async throws {
        try await withWorkspace(.training) { workspace in
            #expect(try await workspace.dbuild().exit == 0)
            let before = try files(workspace)
            var screens = ""
            for arguments in [
                [], ["--older-than", "1d"], ["modles"], ["--orphans", "train[entity=a]"],
                ["--orphans", "--downstream"], ["models", "--older-than", "soon"], ["--orphans", "nothing"],
            ] {
                let ended = try await workspace.start(["clean"] + arguments).ended()
                #expect(ended.exit == 64, "\(ended.testDescription)")
                screens += transcript(ended, in: workspace) + "\n"
            }
            try expectGolden("clean-mistakes", screens)
            #expect(try files(workspace) == before)
        }
    }

    // MARK: - What stays

    @Test func `what was edited, added or made by somebody else stays and is said`() async throws {
        try await withWorkspace(.training) { workspace in
            try workspace.write("somebody's\n", to: "out/notes.txt")
            #expect(try await workspace.dbuild("models", "split").exit == 0)
            #expect(try await workspace.dbuild("adopt", "notes").exit == 0)
            try workspace.write("edited\n", to: "out/parts/b.csv")
            try workspace.write("mine\n", to: "out/parts/mine.csv")
            try workspace.write("foreign\n", to: "out/total.txt")
            try workspace.write("edited\n", to: "out/models/a.txt")
            let cleaned = try await clean(workspace, "models", "split", "notes", "total", "data/rows.csv")
            try expectGolden("clean-kept", cleaned, in: workspace)
            #expect(
                workspace.names(below: "out") == [
                    "entities.csv", "models/", "models/a.txt", "notes.txt", "parts/", "parts/b.csv", "parts/mine.csv",
                    "total.txt",
                ])
            #expect(try workspace.read("out/models/a.txt") == "edited\n")

            let aside = try await clean(workspace, "models", "split", "notes", "total", "--edited")
            try expectGolden("clean-edited", aside, in: workspace)
            #expect(
                workspace.names(below: "out") == [
                    "entities.csv", "notes.txt", "parts/", "parts/mine.csv", "total.txt",
                ])
            #expect(
                try workspace.displaced() == ["out/models/a.txt": "edited\n", "out/parts/b.csv": "edited\n"])
            #expect(try await workspace.dbuild().exit == 0)
        }
    }

    @Test func `links are not followed where dbuild put nothing through them`() async throws {
        try await withWorkspace(.training) { workspace in
            #expect(try await workspace.dbuild().exit == 0)
            let files = FileManager.default
            // Somebody's own copies, and a link to each in the place of what was made.
            try files.copyItem(at: workspace.place("out/models"), to: workspace.place("copies"))
            try workspace.remove("out/models")
            try files.createSymbolicLink(atPath: workspace.place("out/models").path, withDestinationPath: "../copies")
            try files.copyItem(at: workspace.place("out/notes.txt"), to: workspace.place("copy.txt"))
            try workspace.remove("out/notes.txt")
            try files.createSymbolicLink(
                atPath: workspace.place("out/notes.txt").path, withDestinationPath: "../copy.txt")
            // A build takes what it finds as it was.
            #expect(try await workspace.dbuild("--check").exit == 0)
            let cleaned = try await clean(workspace, "models", "notes", "--edited")
            #expect(cleaned.exit == 0)
            #expect(cleaned.output.contains("kept: 3 behind the link `out/models`"), "\(cleaned.testDescription)")
            #expect(workspace.names(below: "copies") == ["a.txt", "b.txt", "c.txt"])
            #expect(workspace.exists("copy.txt"))
            #expect(!workspace.exists("out/notes.txt"), "the link is what was edited: it goes aside")
        }
    }

    @Test func `what dbuild itself put through a link goes, and the link stays`() async throws {
        try await withWorkspace(.training) { workspace in
            let files = FileManager.default
            for name in ["models", "parts"] {
                try files.createDirectory(
                    at: workspace.place("elsewhere/\(name)"), withIntermediateDirectories: true)
                try files.createDirectory(at: workspace.place("out"), withIntermediateDirectories: true)
                try files.createSymbolicLink(
                    atPath: workspace.place("out/\(name)").path, withDestinationPath: "../elsewhere/\(name)")
            }
            try workspace.write("mine", to: "elsewhere/models/mine.txt")
            #expect(try await workspace.dbuild().exit == 0)
            #expect(workspace.names(below: "elsewhere").count == 9)
            let cleaned = try await clean(workspace, "models", "split")
            #expect(cleaned.output.hasPrefix("removed 6 files"), "\(cleaned.testDescription)")
            #expect(workspace.names(below: "elsewhere") == ["models/", "models/mine.txt", "parts/"])
            #expect(try files.destinationOfSymbolicLink(atPath: workspace.place("out/models").path).hasSuffix("models"))

            // The link leads elsewhere now, where the same files lie.
            #expect(try await workspace.dbuild().exit == 0)
            try files.copyItem(at: workspace.place("elsewhere"), to: workspace.place("other"))
            try workspace.remove("out/models")
            try files.createSymbolicLink(
                atPath: workspace.place("out/models").path, withDestinationPath: "../other/models")
            let kept = try await clean(workspace, "models")
            #expect(kept.output.hasPrefix("removed nothing"), "\(kept.testDescription)")
            #expect(workspace.exists("other/models/a.txt"))
        }
    }

    // MARK: - Age, orphans, failures

    @Test func `age is that of the run that built it, whatever the times of files say`() async throws {
        try await withWorkspace(.failures) { workspace in
            #expect(try await workspace.dbuild("--now", "2013-11-01T06:00:00Z", "model", "firm").exit == 0)
            #expect(try await workspace.dbuild("--now", "2013-12-01T06:00:00Z", "part").exit == 0)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 0)],
                ofItemAtPath: workspace.place("out/part/1.txt").path)
            let now = ["--older-than", "20d", "--now", "2013-12-02T06:00:00Z"]
            let tried = try await workspace.start(["clean", "-n", "**"] + now).ended()
            #expect(
                tried.output.contains("kept: 5 actions built since 2013-11-12T06:00:00Z"), "\(tried.testDescription)")
            try await expectGone(["**"] + now, Self.models + ["out/firm.txt"], workspace)
            try await expectGone(["part", "--older-than", "1d", "--now", "2013-12-02T06:00:00Z"], [], workspace)
            try await expectGone(
                ["part", "--older-than", "1d", "--now", "2013-12-02T06:00:01Z"], Self.parts, workspace)
        }
    }

    @Test func `orphans are what was made once and no rule makes now`() async throws {
        try await withWorkspace(.failures) { workspace in
            #expect(try await workspace.dbuild("**").exit == 0)
            #expect(try await workspace.dbuild("--set", "parts=2", "--set", "has-firm=false", "**").exit == 0)
            try workspace.write("edited", to: "out/part/4.txt")
            let named = try await clean(workspace, "out/part/3.txt")
            #expect(named.exit == 64)
            #expect(named.errors.contains("dbuild clean --orphans out/part/3.txt"), "\(named.testDescription)")
            try await expectGone(["--orphans", "part"], ["out/part/2.txt", "out/part/3.txt"], workspace)
            try await expectGone(["--orphans", "out/model/*"], [], workspace)
            try await expectGone(["--orphans"], ["out/firm.txt"], workspace)
            let status = try await workspace.dbuild("status")
            #expect(status.output.contains("1 orphans: files that no rule makes any more, as out/part/4.txt"))
            #expect(try await clean(workspace, "--orphans", "--edited").exit == 0)
            #expect(!workspace.exists("out/part/4.txt"))
            #expect(try await !workspace.dbuild("status").output.contains("orphans"))
            #expect(try await workspace.dbuild("--check", "**").exit == 0)
            #expect(try await workspace.dbuild("--set", "parts=5", "**").exit == 0)
        }
    }

    @Test func `what was made once and is a source now is no orphan`() async throws {
        try await withWorkspace(.failures) { workspace in
            #expect(try await workspace.dbuild("**").exit == 0)
            try workspace.replace(
                #"if hasFirm { build.action("firm", act("firm", of: rows, "out/firm.txt")) }"#,
                by: #"build.action("held", act("held", of: build.source("out/firm.txt"), "out/held.txt"))"#,
                in: "rules/Rulesfile.swift")
            #expect(try await !workspace.dbuild("status").output.contains("orphans"))
            try await expectGone(["--orphans"], [], workspace)
            #expect(workspace.exists("out/firm.txt"))
        }
    }

    @Test func `an output moves below its own old path, and back`() async throws {
        try await withWorkspace(.failures) { workspace in
            #expect(try await workspace.dbuild("**").exit == 0)
            try workspace.replace(#""out/firm.txt""#, by: #""out/firm.txt/text""#, in: "rules/Rulesfile.swift")
            let moved = try await workspace.dbuild("**")
            #expect(moved.exit == 0, "\(moved.testDescription)")
            #expect(workspace.exists("out/firm.txt/text"))
            #expect(try await workspace.dbuild("**").errors.contains("0 built"))
            // Where the old one was is a directory that is in use.
            #expect(try await !workspace.dbuild("status").output.contains("orphans"))
            #expect(try await clean(workspace, "--orphans", "--edited").exit == 0)
            #expect(workspace.exists("out/firm.txt/text"))
            try workspace.replace(#""out/firm.txt/text""#, by: #""out/firm.txt""#, in: "rules/Rulesfile.swift")
            let back = try await workspace.dbuild("**")
            #expect(back.exit == 0, "\(back.testDescription)")
            #expect(try await workspace.dbuild("--check", "**").exit == 0)
        }
    }

    @Test func `what failed actions have left is their records and logs`() async throws {
        try await withWorkspace(.failures) { workspace in
            #expect(try await workspace.dbuild("**").exit == 0)
            let built = try files(workspace)
            for name in ["firm", "flaky", "slow"] { try workspace.write("exit 75\n", to: "control/\(name)") }
            try workspace.write("other rows\n", to: "data/rows.txt")
            #expect(try await workspace.dbuild("firm", "flaky", "slow").exit == 1)
            let logs = workspace.names(below: ".dbuild/logs/2").filter { $0.hasSuffix(".log") }
            #expect(logs.contains("firm.log") && logs.contains("flaky.1.log"), "\(logs)")
            let tried = try await clean(workspace, "--failed", "-n", "firm")
            #expect(tried.output.contains("would forget: 1 failure, with 1 log"), "\(tried.testDescription)")
            #expect(try await clean(workspace, "--failed", "firm").exit == 0)
            #expect(!workspace.exists(".dbuild/logs/2/firm.log"))
            let failures = try await workspace.dbuild("failures")
            #expect(!failures.output.contains("firm") && failures.output.contains("flaky"))
            #expect(try await clean(workspace, "--failed", "--older-than", "1d").output.contains("forgot") == false)
            let all = try await clean(workspace, "--failed")
            #expect(all.output.contains("forgot: 2 failures, with 4 logs"), "\(all.testDescription)")
            #expect(try await workspace.dbuild("failures").output.isEmpty)
            // What was built before it failed is nothing that a failure left.
            #expect(
                try files(workspace).filter { $0.key.hasPrefix("out/") } == built.filter { $0.key.hasPrefix("out/") })
        }
    }

    // MARK: - Much at once

    /// 120 files: more than goes without a question.
    private func writeMany(_ workspace: ExampleWorkspace) throws {
        let rows = (0 ..< 60).map { "e\($0),1\n" }.joined()
        try workspace.write("entity,value\n" + rows, to: "data/rows.csv")
    }

    @Test func `much goes only when it is agreed to`() async throws {
        try await withWorkspace(.training) { workspace in
            try writeMany(workspace)
            #expect(try await workspace.dbuild().exit == 0)
            let built = try files(workspace)
            let refused = try await clean(workspace, "models", "split")
            #expect(refused.exit == 64)
            #expect(refused.errors.contains("say --yes"), "\(refused.testDescription)")
            let no = try await PseudoTerminal.run(
                ["clean", "models", "split"], in: workspace, [.wait("[y/N] "), .type("n\n")])
            #expect(no.exit == 1, "\(no.testDescription)")
            #expect(try files(workspace) == built)
            // While a person thinks others may build.
            let yes = try await PseudoTerminal.run(
                ["clean", "models", "split"], in: workspace, [.wait("remove 120 files"), .wait("[y/N] "), .type("y\n")])
            #expect(yes.exit == 0, "\(yes.testDescription)")
            #expect(!workspace.exists("out/models") && !workspace.exists("out/parts"))
            #expect(try await workspace.dbuild().exit == 0)
            #expect(try files(workspace) == built)
            #expect(try await clean(workspace, "models", "split", "--yes").exit == 0)
            #expect(!workspace.exists("out/models") && !workspace.exists("out/parts"))
        }
    }

    // MARK: - Kills and locks

    @Test(.enabled(if: hasTestHooks))
    func `killed at any moment it leaves what the next command knows how to go on with`() async throws {
        try await withWorkspace(.training) { workspace in
            #expect(try await workspace.dbuild().exit == 0)
            let built = try files(workspace)
            var kills = 0
            while true {
                let ended = try await workspace.dbuild(
                    "clean", "models", "split", "total",
                    environment: ["DBUILD_TEST_KILL_AFTER_REMOVALS": "\(kills + 1)"])
                if ended.exit == 0 { break }
                #expect(ended.ending == .signalled(SIGKILL), "\(ended.testDescription)")
                kills += 1
                try #require(kills < 40)
                if kills % 2 == 0 {
                    // Cleaning goes on, and no half of a tree is taken for somebody's edit.
                    let again = try await clean(workspace, "models", "split", "total")
                    #expect(!again.output.contains("kept"), "\(kills): \(again.testDescription)")
                    #expect(
                        workspace.names(below: "out") == ["entities.csv", "notes.txt", "report.txt"], "\(kills)")
                }
                let next = try await workspace.dbuild()
                #expect(next.exit == 0, "\(kills): \(next.testDescription)")
                #expect(!next.errors.contains("warning"), "\(kills): \(next.testDescription)")
                #expect(try files(workspace) == built, "\(kills)")
                #expect(try await workspace.dbuild("--check").exit == 0, "\(kills)")
            }
            // Eight files, two trees' directories and one above, and the records.
            #expect(kills >= 11)
        }
    }

    @Test func `it waits for a build, or is refused`() async throws {
        try await withWorkspace(.wide) { workspace in
            #expect(try await workspace.dbuild("pair").exit == 0)
            try workspace.write("300", to: "pause")
            let build = try workspace.start(["-j", "4"])
            #expect(try await eventually { workspace.exists("out/first/0.txt") })
            let refused = try await clean(workspace, "pair", "--no-wait")
            #expect(refused.exit == 4, "\(refused.testDescription)")
            let waited = try await clean(workspace, "pair")
            #expect(waited.exit == 0)
            #expect(waited.errors.contains("waiting  another build has the workspace"), "\(waited.testDescription)")
            #expect(try await build.ended().exit == 0)
            #expect(!workspace.exists("out/left.txt"))
        }
    }

    @Test func `the document for programs is as its schema says`() async throws {
        try await withWorkspace(.training) { workspace in
            try expectSchema("clean", try await workspace.dbuild("clean", "--json", "models"))
            #expect(try await workspace.dbuild().exit == 0)
            try workspace.write("edited\n", to: "out/models/a.txt")
            for arguments in [["-n", "models"], ["models"], ["--edited", "models"], ["--failed", "--orphans"]] {
                try expectSchema("clean", try await workspace.start(["clean", "--json"] + arguments).ended())
            }
        }
    }
}
