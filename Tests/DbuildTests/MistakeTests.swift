import Foundation
import Testing

/// What a person can do wrong, and what is said then: each has its transcript in `Golden`.
@Suite struct MistakeTests {
    @Test(arguments: [
        "two-makers", "two-in-one-rule", "made-and-source", "no-maker", "absolute", "outside", "reserved", "empty-path",
        "source-outside", "inside-tree", "below-file", "cycle", "itself", "same-rule", "same-group", "group-and-rule",
        "no-name", "same-axis", "no-output",
        "command-without-output", "no-cpus", "repeated-value", "no-cell", "share", "absent-for-required", "private",
        "thrown", "crash", "fatal-error", "read-of-nobody", "read-of-text", "no-column", "not-a-number",
        "read-of-itself", "policy-hours", "policy-twice", "policy-zone", "policy-day", "policy-time", "policy-no-input",
        "policy-no-table",
    ])
    func rulesThatAreWrongEndThePlan(mistake: String) async throws {
        try await withWorkspace(.mistakes) { workspace in
            try workspace.write("not a table\n", to: "data/notes.txt")
            let ended = try await workspace.dbuild("--set", "mistake=\(mistake)")
            try expectGolden("rules-\(mistake)", ended, in: workspace)
            #expect(ended.exit == 2)
            #expect(!workspace.exists("out"))
            // Nothing ran, so there is no run.
            #expect(workspace.runs.isEmpty)
        }
    }

    @Test func rulesThatDoNotCompileSayWhereAndTouchNothing() async throws {
        try await withWorkspace(.training) { workspace in
            #expect(try await workspace.dbuild().exit == 0)
            let before = try workspace.files(below: ".dbuild")
            let outputs = try workspace.files(below: "out")
            try workspace.replace("boostRounds = 10", by: "boostRounds = \"ten\"", in: "rules/Rulesfile.swift")
            let lines = try workspace.read("rules/Rulesfile.swift").split(
                separator: "\n", omittingEmptySubsequences: false)
            let line = 1 + (try #require(lines.firstIndex { $0.contains("boostRounds = \"ten\"") }))
            for arguments in [[], ["-n"], ["status"], ["params"], ["clean", "notes"]] {
                let ended = try await workspace.start(arguments).ended()
                #expect(ended.exit == 2)
                #expect(ended.errors.contains("rules/Rulesfile.swift:\(line):"), "\(ended.testDescription)")
                #expect(ended.errors.contains("error: cannot convert"), "\(ended.testDescription)")
                // What the compiler keeps is new; and reading the database may leave its empty side files.
                let after = try workspace.files(below: ".dbuild").filter {
                    before[$0.key] != nil || !($0.key.hasPrefix("rules/") || $0.key.hasPrefix("state.db-"))
                }
                #expect(after == before)
            }
            #expect(try workspace.files(below: "out") == outputs)
            // The rules as they were are still there.
            try workspace.replace("boostRounds = \"ten\"", by: "boostRounds = 10", in: "rules/Rulesfile.swift")
            let again = try await workspace.dbuild()
            #expect(again.exit == 0)
            #expect(!again.errors.contains("compiling"))
        }
    }

    @Test func commandLinesThatAreWrongAreRefusedBeforeAnythingIsBuilt() async throws {
        try await withWorkspace(.training) { workspace in
            #expect(try await workspace.dbuild().exit == 0)
            let outputs = try workspace.files(below: "out")
            try workspace.replace("b,9", by: "b,8", in: "data/rows.csv")
            var screens = ""
            for arguments in [
                ["modles"], ["reprot"], ["out/totel.txt"], ["something/else/entirely"], ["train[entty=a]"],
                ["train[entity=zz]"], ["total[entity=a]"], ["train[entity]"], ["./models"],
                ["-j", "0"], ["-j", "many"], ["--now", "bad"], ["--now", "2013-13-01T00:00Z"], ["--no-such-option"],
                ["--set", "boost-rounds"], ["--set", "bost-rounds=11"], ["--set", "boost-rounds=ten"],
                ["--set", "boost-rounds=0"], ["--set", "=1"], ["-p", "absent.json"], ["-C", "absent"],
                ["-n", "modles"], ["status", "modles"], ["clean", "modles"], ["--explain", "--now", "bad"],
                ["-n", "-j", "0"], ["--set", "boost-rounds=10", "status"],
            ] {
                let ended = try await workspace.start(arguments).ended()
                screens += transcript(ended, in: workspace) + "\n"
                #expect(ended.ending == .exited(64), "\(ended.testDescription)")
                #expect(ended.output.isEmpty)
            }
            #expect(try workspace.files(below: "out") == outputs)
            #expect(try await workspace.dbuild("-f", "absent").exit == 2)
            try expectGolden("command-lines", screens)
        }
    }

    @Test(arguments: [
        ("not-json", "{\"boost-rounds\": 11"), ("a-list", "[1, 2]"), ("nested", "{\"boost-rounds\": {\"a\": 1}}"),
        ("unknown-name", "{\"rounds\": 11}"), ("wrong-type", "{\"boost-rounds\": \"many\"}"),
        ("null", "{\"boost-rounds\": null}"), ("twice", "{\"boost-rounds\": 11, \"boostRounds\": 12}"), ("empty", ""),
        ("same-twice", "{\"boost-rounds\": 11, \"boost-rounds\": 12}"), ("nul", "{\"boost-rounds\": \"1\\u00002\"}"),
        ("equals", "{\"boost-rounds=1\": 1}"), ("too-large", "{\"boost-rounds\": 12345678901234567890123}"),
    ])
    func aFileOfParametersThatIsWrongIsRefused(name: String, text: String) async throws {
        try await withWorkspace(.training) { workspace in
            try workspace.write(text, to: "params.json")
            let ended = try await workspace.dbuild("-n")
            try expectGolden("params-\(name)", ended, in: workspace)
            #expect(ended.exit == 64)
            #expect(try await workspace.dbuild().exit == 64)
            #expect(!workspace.exists("out"))
        }
    }

    @Test func outsideAWorkspaceItIsSaidWhereItWasLookedFor() async throws {
        try await withWorkspace(.mistakes) { workspace in
            try workspace.remove("rules")
            try workspace.remove(".dbuild")
            let ended = try await workspace.dbuild()
            try expectGolden("no-workspace", ended, in: workspace)
            #expect(ended.exit == 64)
        }
    }

    @Test func aDatabaseOfALaterProgramOrADamagedOneIsLeftAsItIs() async throws {
        try await withWorkspace(.training) { workspace in
            let text = "this is no database, and somebody may want to look at it\n"
            try workspace.write(text, to: ".dbuild/state.db")
            for arguments in [[], ["status"], ["clean", "notes"]] {
                let ended = try await workspace.start(arguments).ended()
                #expect(ended.exit == 3)
                if arguments.isEmpty { try expectGolden("damaged-database", ended, in: workspace) }
            }
            #expect(try workspace.read(".dbuild/state.db") == text)
        }
    }
}
