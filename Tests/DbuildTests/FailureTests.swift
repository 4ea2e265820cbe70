import Foundation
import Testing

/// What is remembered of failures, and what is done about them.
@Suite struct FailureTests {
    private static let parts = (0 ..< 5).map { "part[n=\($0)]" }

    @Test func failuresAreListedUntilTheyAreBuilt() async throws {
        try await withWorkspace(.failures) { workspace in
            let none = try await workspace.dbuild("failures")
            #expect(none.exit == 0 && none.output.isEmpty)
            #expect(none.errors.hasSuffix("nothing failed that was not built since\n"))
            try expectSchema("failures", try await workspace.dbuild("failures", "--json"))

            try workspace.write("echo no such column; exit 3", to: "control/part[n=1]")
            try workspace.write("exit 75", to: "control/flaky")
            let build = try await workspace.dbuild()
            #expect(build.exit == 1, "\(build.testDescription)")
            try expectGolden("failures", try await workspace.dbuild("failures"), in: workspace)
            let json = try await workspace.dbuild("failures", "--json")
            try expectSchema("failures", json)
            for text in [#""n" : "1""#, #""category" : "exited""#, #""attempt" : 3"#, #""canRetry" : true"#] {
                #expect(json.output.contains(text), "\(text) in \(json.output)")
            }
            // Of what a target needs.
            #expect(try await workspace.dbuild("failures", "report").output.hasPrefix("failed   part[n=1] in run 1"))
            #expect(try await workspace.dbuild("failures", "firm").output.isEmpty)

            for name in ["part[n=1]", "flaky"] { try workspace.remove("control/\(name)") }
            #expect(try await workspace.dbuild("flaky").exit == 0)
            #expect(!(try await workspace.dbuild("failures").output.contains("flaky")))
        }
    }

    @Test func whatFailedIsBuiltAgainAndNothingElse() async throws {
        try await withWorkspace(.failures) { workspace in
            let nothing = try await workspace.dbuild("--failed")
            #expect(nothing.exit == 0)
            #expect(nothing.errors.hasSuffix("nothing failed that was not built since\n"))
            for name in ["part[n=1]", "part[n=2]", "firm"] { try workspace.write("exit 1", to: "control/\(name)") }
            #expect(try await workspace.dbuild("part", "firm").exit == 1)
            _ = try workspace.takeWitnesses()
            for name in ["part[n=1]", "firm"] { try workspace.remove("control/\(name)") }
            let dry = try await workspace.dbuild("--failed", "-n")
            #expect(dry.output.contains("3 actions"), "\(dry.testDescription)")
            try await workspace.run([
                ScenarioStep(
                    name: "of a target", arguments: ["--failed", "report"], runs: ["part[n=1]", "part[n=2]"],
                    failing: ["part[n=2]"], exit: 1),
                ScenarioStep(
                    name: "of all", arguments: ["--failed"], runs: ["part[n=2]", "firm"], failing: ["part[n=2]"],
                    exit: 1),
                ScenarioStep(
                    name: "healed", arguments: ["--failed"], runs: ["part[n=2]"],
                    edit: { try $0.remove("control/part[n=2]") }),
            ])
            #expect(try await workspace.dbuild("--failed").errors.contains("nothing failed"))
            let history = try await workspace.dbuild("history").output.split(separator: "\n")
            #expect(
                history.contains { $0.hasSuffix("  --failed report") }
                    && history.contains { $0.hasSuffix("  --failed") })
            try expectSchema("history", try await workspace.dbuild("history", "--json"))
        }
    }

    @Test func aFailureOfWhatIsGoneIsShownAsSuchAndForgotten() async throws {
        try await withWorkspace(.failures) { workspace in
            for name in ["part[n=4]", "firm"] { try workspace.write("exit 1", to: "control/\(name)") }
            #expect(try await workspace.dbuild("part", "firm").exit == 1)
            // Of a rule that is gone; and of an action that other parameters may bring back.
            let set = ["--set", "has-firm=false", "--set", "parts=4"]
            let shown = try await workspace.start(["failures"] + set).ended()
            #expect(shown.output.contains("firm in run 1"), "\(shown.testDescription)")
            #expect(shown.errors.contains("2 failures of actions that are not in the plan now"))
            let failed = try await workspace.start(["--failed"] + set).ended()
            #expect(failed.exit == 0)
            #expect(failed.errors.contains("2 actions failed, and none of them is in this plan"))
            #expect(try await workspace.start(set + ["flaky"]).ended().exit == 0)
            let left = try await workspace.start(["failures"] + set).ended()
            #expect(!left.output.contains("firm"))
            #expect(left.output.contains("part[n=4] in run 1"))
            #expect(try await workspace.dbuild("failures", "--set", "parts=5").errors.contains("1 action failed"))
        }
    }

    @Test func whatIsAsItWasBeforeItFailedIsNoFailureAnyMore() async throws {
        try await withWorkspace(.failures) { workspace in
            #expect(try await workspace.dbuild("firm").exit == 0)
            try workspace.write("2\n", to: "data/rows.txt")
            try workspace.write("exit 1", to: "control/firm")
            #expect(try await workspace.dbuild("firm").exit == 1)
            #expect(try workspace.read("out/firm.txt") == "firm of 1\n")
            try workspace.write("1\n", to: "data/rows.txt")
            #expect(try await workspace.dbuild("failures").output.isEmpty)
            #expect(try await workspace.dbuild("firm").exit == 0)
            try workspace.write("2\n", to: "data/rows.txt")
            // The run has forgotten it.
            #expect(try await workspace.dbuild("failures").output.isEmpty)
        }
    }

    @Test func afterTheFirstFailureNothingNewStartsIfThatIsAskedFor() async throws {
        try await withWorkspace(.failures) { workspace in
            try workspace.write("exit 1", to: "control/part[n=1]")
            let ended = try await workspace.dbuild("-j", "1", "--fail-fast", "report")
            #expect(ended.exit == 1)
            let run = try #require(try workspace.lastRun())
            #expect(try workspace.takeWitnesses() == ["part[n=0]", "part[n=1]"])
            #expect(run.left == ["part[n=2]", "part[n=3]", "part[n=4]", "whole", "report"])
            #expect(run.summary?.left == 5)
            try expectGolden("fail-fast", ended, in: workspace)
            // The last word counts, and to go on is the default.
            #expect(try await workspace.dbuild("-j", "1", "--fail-fast", "-k", "report").exit == 1)
            #expect(try workspace.lastRun()?.left == [])
            #expect(try workspace.takeWitnesses() == Self.parts.dropFirst() + ["report", "whole"])
        }
    }

    @Test func whatRunsWhenSomethingFailsGoesOnToItsEnd() async throws {
        try await withWorkspace(.failures) { workspace in
            let gone = "while [ ! -e \"$workspace/go\" ]; do sleep 0.05; done"
            try workspace.write(gone, to: "control/part[n=0]")
            try workspace.write(
                "while ! grep -q 'n=0' \"$workspace/witness\"; do sleep 0.05; done; exit 1", to: "control/part[n=1]")
            let build = try workspace.start(["-j", "2", "--fail-fast", "part"])
            #expect(try await eventually { try workspace.lastRun()?.failed == ["part[n=1]"] })
            try workspace.write("", to: "go")
            #expect(try await build.ended().exit == 1)
            #expect(try workspace.lastRun()?.finished == ["part[n=0]"])
            #expect(try workspace.takeWitnesses() == ["part[n=0]", "part[n=1]"])
        }
    }

    @Test func whatDependsOnAFailureIsCountedByRuleBehindIt() async throws {
        try await withWorkspace(.failures) { workspace in
            for number in [1, 2] { try workspace.write("echo why; exit 1", to: "control/part[n=\(number)]") }
            let ended = try await workspace.dbuild("-j", "1", "report", "model", "use")
            #expect(ended.exit == 1)
            try expectGolden("blocked-behind", ended, in: workspace)
            #expect(try workspace.lastRun()?.summary?.blocked == 2)
            #expect(try workspace.lastRun()?.events.last { $0.event == "blocked" }?.action == "part[n=1]")
        }
    }

    @Test func manyFailuresAreCounted() async throws {
        try await withWorkspace(.failures) { workspace in
            for number in 0 ..< 30 { try workspace.write("echo why; exit 1", to: "control/part[n=\(number)]") }
            let ended = try await workspace.dbuild("-j", "4", "--set", "parts=30", "report")
            #expect(ended.exit == 1)
            let lines = ended.errors.split(separator: "\n")
            #expect(lines.count { $0.hasPrefix("failed   part[n=") } == 10)
            #expect(lines.contains("failed   20 more: 20 part"))
            #expect(lines.contains("         all: dbuild failures      again: dbuild --failed --set parts=30"))
            #expect(lines.last?.hasSuffix("30 failed") == false && lines.last?.contains("30 failed") == true)
            let list = try await workspace.dbuild("failures")
            #expect(list.output.split(separator: "\n").count { $0.hasPrefix("failed   part[n=") } == 30)
        }
    }
}
