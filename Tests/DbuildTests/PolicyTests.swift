import Foundation
import Testing

/// Policies as rules say them and as commands say otherwise, with the built program.
@Suite struct PolicyTests {
    private static let all = ["dated", "filed", "kept", "plain", "settled", "weekly"]

    @Test func everyPolicyDecidesByTheRunsInstant() async throws {
        try await withWorkspace(.policies) { workspace in
            func build(_ now: String, _ arguments: String..., runs: [String], exit: Int32 = 0) async throws {
                let ended = try await workspace.start(["--now", now] + arguments).ended()
                #expect(ended.exit == exit, "\(ended.testDescription)")
                #expect(try workspace.takeWitnesses() == runs, "\(ended.testDescription)")
            }
            // A first build waits for nothing.
            try await build("2013-12-01T11:00:00Z", runs: Self.all)
            try await build("2013-12-01T11:00:00Z", runs: [])

            // Observed 2013-12-01T11:00Z, in any spelling: admitted when exactly 24 hours have passed, not before.
            for (run, text) in ["2013-12-01T06:00:00-05:00", "2013-12-01 20:00:00+09:00", "2013-12-01T11:00:00Z"]
                .enumerated()
            {
                try workspace.write("name,observed_at\n\(run),\(text)\n", to: "data/rows.csv")
                try await build("2013-12-02T04:59:00Z", runs: [])
                // Monday has begun in New York.
                try await build("2013-12-02T10:59:59.999Z", runs: run == 0 ? ["weekly"] : [])
                try await build("2013-12-02T11:00:00Z", runs: ["plain", "settled"])
            }
            // Told otherwise: 6 hours are not enough an hour later, and with 0 nothing waits.
            try workspace.write("name,observed_at\na,2013-12-03T11:00:00Z\n", to: "data/rows.csv")
            try await build("2013-12-03T12:00:00Z", "--min-age-hours", "6", runs: [])
            try await build("2013-12-03T12:00:00Z", "--min-age-hours", "0=settled", runs: ["plain", "settled"])

            // What exists is kept until somebody says otherwise; file times are those of the edit.
            try workspace.write("another seed\n", to: "data/seed.txt")
            try await build("2013-12-03T12:00:00Z", "kept", runs: [])
            try await build("2013-12-03T12:00:00Z", "--retrain-if-exists", "true", "kept", runs: ["kept"])
            try await build("2013-12-03T12:00:00Z", "--only", "weekly", runs: ["weekly"])
            try await build("2013-12-03T12:00:00Z", "--skip", "dated", "--from", "plain", runs: ["plain"])
            try await build("2013-12-03T12:00:00Z", runs: ["dated", "plain"])
        }
    }

    @Test func yesterdayIsADayInTheZoneOfItsParameter() async throws {
        try await withWorkspace(.policies) { workspace in
            var screens = ""
            func say(_ arguments: String...) async throws {
                screens += transcript(try await workspace.start(arguments).ended(), in: workspace) + "\n"
            }
            // In New York it is still the 30th.
            try await say("--now", "2013-12-01T03:30:00Z", "--set", "as-of=yesterday", "dated")
            #expect(try workspace.read("out/dated.txt").hasSuffix("dated2013-11-29\n"))
            // The run recorded the day, and not the word.
            try await say("--check", "--now", "2014-06-01T00:00:00Z", "dated")
            try await say("params")
            try workspace.write("{\"asOf\": \"today\"}", to: "params.json")
            try await say("--check", "--now", "2013-11-29T12:00:00Z", "--set", "martian=2013-11-30", "dated")
            try await say("-n", "--now", "2013-11-30T12:00:00Z", "--set", "asOf=tomorrow", "dated")
            try await say("--set", "martian=today", "dated")
            try await say("--set", "as-of=someday", "dated")
            try expectGolden("days", screens)
        }
    }

    @Test func whatCannotBeMeantIsRefusedBeforeAnythingIsBuilt() async throws {
        try await withWorkspace(.policies) { workspace in
            var screens = ""
            for arguments in [
                ["--min-age-hours", "-1"], ["--min-age-hours", "nan"], ["--min-age-hours", "a day"],
                ["--min-age-hours", "0x10"], ["--min-age-hours", "6="], ["--min-age-hours", "6=settled,"],
                ["--min-age-hours", "6=setled"], ["--min-age-hours", "6=kept"], ["--min-age-hours", "6", "kept"],
                ["--retrain-if-exists", "yes"], ["--retrain-if-exists", "true", "settled"],
                ["--retrain-if-exists", "true=kpt"], ["--skip", "data/rows.csv"], ["--skip", "setled"],
                ["--from", "data/seed.txt"], ["--force", "--skip", "settled", "settled"],
            ] {
                for view in [[], ["-n"], ["status"]] {
                    let ended = try await workspace.start(view + arguments).ended()
                    #expect(ended.exit == 64, "\(ended.testDescription)")
                    if view.isEmpty { screens += transcript(ended, in: workspace) + "\n" }
                }
            }
            #expect(workspace.runs.isEmpty && !workspace.exists("out"))
            try expectGolden("policy-options", screens)
        }
    }

    @Test func whatSomebodyElseMadeIsAdoptedAsItIs() async throws {
        try await withWorkspace(.policies) { workspace in
            var screens = ""
            func say(_ arguments: String...) async throws {
                screens += transcript(try await workspace.start(arguments).ended(), in: workspace) + "\n"
            }
            try workspace.write("32 hours of work\n", to: "out/dated.txt")
            try await say("adopt", "dated", "kept")
            try await say("adopt", "-n", "dated")
            try await say("--check", "dated")
            try await say("adopt", "plain")
            try await say("adopt", "data/seed.txt")
            try await say("adopt", "dated")
            try await say("adopt", "dated")
            try await say("--check", "dated")
            #expect(try await workspace.dbuild("dated").exit == 0)
            #expect(try workspace.takeWitnesses() == [])
            #expect(try workspace.read("out/dated.txt") == "32 hours of work\n")
            // Adopted, then changed: it is built as anything else.
            try workspace.write("another seed\n", to: "data/seed.txt")
            #expect(try await workspace.dbuild("dated").exit == 0)
            #expect(try workspace.takeWitnesses() == ["dated"])
            try expectGolden("adopt", screens)
        }
    }
}
