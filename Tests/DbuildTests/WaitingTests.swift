import Foundation
import Testing

/// Rules that wait: until the newest observation has settled, and between two builds.
///
/// The newest observation of a step is that of the rows written before it; a day ago is exactly 24 h ago.
@Suite struct WaitingTests {
    /// The same instant in three spellings, none of which sorts as text as the instants do.
    @Test(arguments: ["2013-12-01T06:00:00-05:00", "2013-12-01T20:00:00+09:00", "2013-12-01T11:00:00Z"])
    func exactlyOldEnoughIsOldEnoughHoweverItIsSpelled(_ newest: String) async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, ["settle"], lines: ["settle": 12], runs: ["settle"]),
                ScenarioStep(
                    "a second too young", at: "2013-12-02T10:59:59Z", ["settle"], lines: ["settle": 10],
                    // The older one is the later text.
                    edit: { try $0.writeRows("2013-12-01T19:59:59+09:00,a", "\(newest),b") },
                    holds: { workspace, record, _ throws in
                        #expect(record.reasons("settle").first?.hasPrefix("input `data/rows.csv` changed") == true)
                        #expect(try workspace.read("out/settle.csv").contains("2013-11-29"))
                    }),
                ScenarioStep(
                    "old enough", at: Morning.second, ["settle"], lines: ["settle": 12], runs: ["settle"],
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/settle.csv") == workspace.read("data/rows.csv"))
                    }),
            ])
        }
    }

    @Test func readersOfWhatWaitsGoOnWithWhatIsThere() async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, ["after-settle"], lines: ["settle": 12, "after-settle": 12],
                    runs: ["settle", "after-settle"]),
                ScenarioStep(
                    "waiting", at: Morning.second, ["after-settle", "--set", "reader-rounds=1"],
                    lines: ["settle": 10, "after-settle": 12], runs: ["after-settle"],
                    edit: { try $0.writeRows("2013-12-02T00:00:00Z,late") },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/after-settle.csv").contains("late") == false)
                    }),
            ])
        }
    }

    @Test func aFirstBuildWaitsOnlyWhereItsRuleSaysSo() async throws {
        try await withWorkspace(.verdicts) { workspace in
            try workspace.writeRows("2013-12-01T10:00:00Z,an hour old")
            try await workspace.run([
                ScenarioStep(
                    "it builds", at: Morning.first, ["settle"], lines: ["settle": 12], runs: ["settle"]),
                ScenarioStep(
                    "it waits", at: Morning.first, ["after-settle-first"],
                    lines: ["settle-first": 10, "after-settle-first": 2], exit: 10,
                    holds: { workspace, record, _ throws in
                        #expect(record.reasons("settle-first") == ["never built"])
                        #expect(!workspace.exists("out/settle-first.csv"))
                    }),
                ScenarioStep(
                    "until it has settled", at: "2013-12-02T10:00:00Z", ["after-settle-first"],
                    lines: ["settle-first": 12, "after-settle-first": 12],
                    runs: ["settle-first", "after-settle-first"]),
            ])
        }
    }

    @Test func aParameterIsHeldOnlyWhereTheRuleHoldsEverything() async throws {
        try await withWorkspace(.verdicts) { workspace in
            let both = ["settle", "settle-all"]
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, both, lines: ["settle": 12, "settle-all": 12], runs: both),
                ScenarioStep(
                    "new rows, and another parameter", at: Morning.second, both + ["--set", "rounds=20"],
                    lines: ["settle": 12, "settle-all": 10], runs: ["settle"],
                    edit: { try $0.writeRows("2013-12-02T00:00:00Z,c") },
                    holds: { workspace, record, _ throws in
                        #expect(record.reasons("settle-all").contains("parameter `rounds` 10 -> 20"))
                        #expect(try workspace.read("out/settle.txt") == "20 rounds\n")
                        #expect(try workspace.read("out/settle-all.txt") == "10 rounds\n")
                    }),
            ])
        }
    }

    @Test func whatIsDeletedWhileItWaitsIsPutBack() async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep("first build", at: Morning.first, ["settle"], lines: ["settle": 12], runs: ["settle"]),
                ScenarioStep(
                    "new rows, and deleted", at: Morning.second, ["settle"], lines: ["settle": 10],
                    restores: ["settle"],
                    edit: {
                        try $0.writeRows("2013-12-02T00:00:00Z,c")
                        try $0.remove("out/settle.csv")
                    },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/settle.csv").contains("2013-11-29"))
                    }),
            ])
        }
    }

    @Test func whatCannotBePutBackDoesNotWait() async throws {
        try await withWorkspace(.verdicts) { workspace in
            let (target, file) = ("settle-unstored", "out/settle-unstored.csv")
            try await workspace.run([
                ScenarioStep("first build", at: Morning.first, [target], lines: [target: 12], runs: [target]),
                ScenarioStep(
                    "new rows", at: Morning.second, [target], lines: [target: 10],
                    edit: { try $0.writeRows("2013-12-02T00:00:00Z,c") }),
                ScenarioStep(
                    "and deleted", at: Morning.second, [target], lines: [target: 12], runs: [target],
                    edit: { try $0.remove(file) },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read(file) == workspace.read("data/rows.csv"))
                    }),
            ])
        }
    }

    @Test func whatIsFedEveryDayDoesNotStarve() async throws {
        func feed(_ day: Int) -> (ExampleWorkspace) throws -> Void {
            { try $0.writeRows("2013-12-0\(day)T10:59:00Z,a minute old") }
        }
        try await withWorkspace(.verdicts) { workspace in
            let (ends, starves) = ("settle", "settle-unstored")
            let both = [ends, starves]
            try await workspace.run([
                ScenarioStep("first build", at: Morning.first, both, lines: [ends: 12, starves: 12], runs: both),
                ScenarioStep(
                    "stale since now", at: Morning.second, both, lines: [ends: 10, starves: 10], edit: feed(2)),
                ScenarioStep("a day", at: Morning.third, both, lines: [ends: 10, starves: 10], edit: feed(3)),
                ScenarioStep(
                    "a second before three days are over", at: "2013-12-05T10:59:59Z", both,
                    lines: [ends: 10, starves: 10], edit: feed(5)),
                ScenarioStep(
                    "three days", at: Morning.fifth, both, lines: [ends: 12, starves: 10], runs: [ends],
                    holds: { workspace, record, _ throws in
                        #expect(
                            record.reasons(ends).contains(
                                "not current since 2013-12-02T11:00:00Z, longer than its rule lets it wait"))
                        #expect(try workspace.read("out/\(ends).csv") == workspace.read("data/rows.csv"))
                    }),
                ScenarioStep(
                    "stale anew, from now on", at: "2013-12-06T11:00:00Z", both, lines: [ends: 10, starves: 10],
                    edit: feed(6)),
            ])
        }
    }

    @Test func forceDoesNotWait() async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, ["settle"], lines: ["settle": 12], runs: ["settle"]),
                ScenarioStep(
                    "waiting", at: Morning.second, ["settle"], lines: ["settle": 10],
                    edit: { try $0.writeRows("2013-12-02T00:00:00Z,c") }),
                ScenarioStep(
                    "forced", at: Morning.second, ["settle", "--force"], lines: ["settle": 3], runs: ["settle"],
                    holds: { workspace, record, _ throws in
                        #expect(record.reasons("settle") == ["forced"])
                        #expect(try workspace.read("out/settle.csv") == workspace.read("data/rows.csv"))
                    }),
                ScenarioStep("current", at: Morning.second, ["settle"], lines: ["settle": 5]),
            ])
        }
    }

    @Test func anIntervalIsCountedFromTheLastBuild() async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, ["interval"], lines: ["interval": 12], runs: ["interval"]),
                ScenarioStep(
                    "a second too early", at: "2013-12-01T16:59:59Z", ["interval"], lines: ["interval": 11],
                    edit: { try $0.writeRows(",c") }),
                ScenarioStep(
                    "six hours", at: "2013-12-01T17:00:00Z", ["interval"], lines: ["interval": 12],
                    runs: ["interval"]),
                ScenarioStep(
                    "a parameter does not wait", at: "2013-12-01T17:00:01Z", ["interval", "--set", "rounds=20"],
                    lines: ["interval": 12], runs: ["interval"]),
            ])
        }
    }

    @Test func aCommandWaitsAlsoWhereAnInputComesOrGoes() async throws {
        try await withWorkspace(.verdicts) { workspace in
            func gather(_ inputs: Int) -> [String] {
                ["gathered", "--set", "further=gather", "--set", "reader-rounds=\(inputs)"]
            }
            for number in 0 ..< 2 { try workspace.write("more\n", to: "data/more-\(number).csv") }
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, gather(1), lines: ["gathered": 12], runs: ["gathered"]),
                ScenarioStep(
                    "one more", at: "2013-12-01T16:59:59Z", gather(2), lines: ["gathered": 11],
                    holds: { _, record, _ throws in
                        #expect(record.reasons("gathered") == ["input `data/more-1.csv` added"])
                    }),
                ScenarioStep("one less", at: "2013-12-01T16:59:59Z", gather(0), lines: ["gathered": 11]),
                ScenarioStep(
                    "six hours", at: "2013-12-01T17:00:00Z", gather(2), lines: ["gathered": 12], runs: ["gathered"]),
            ])
        }
    }

    /// `--min-age-hours` says how long for rules that settle, all or those named; 0 is off.
    @Test func anOptionSaysHowLongObservationsSettle() async throws {
        try await withWorkspace(.verdicts) { workspace in
            let both = ["settle", "settle-off"]
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, both, lines: ["settle": 12, "settle-off": 12], runs: both),
                ScenarioStep(
                    "as the rules say", at: Morning.second, both, lines: ["settle": 10, "settle-off": 12],
                    runs: ["settle-off"], edit: { try $0.writeRows("2013-12-02T05:00:00Z,6 h old") }),
                ScenarioStep(
                    "7 h", at: Morning.second, both + ["--min-age-hours", "7"], lines: ["settle": 10, "settle-off": 5]),
                ScenarioStep(
                    "6 h for another", at: Morning.second, both + ["--min-age-hours", "6=settle-off"],
                    lines: ["settle": 10, "settle-off": 5]),
                ScenarioStep(
                    "6 h", at: Morning.second, both + ["--min-age-hours", "6=settle"],
                    lines: ["settle": 12, "settle-off": 5], runs: ["settle"]),
                ScenarioStep(
                    "24 h for what is off", at: Morning.second, both + ["--min-age-hours", "24"],
                    lines: ["settle": 10, "settle-off": 10], edit: { try $0.writeRows("2013-12-02T06:00:00Z,c") }),
                ScenarioStep(
                    "off", at: Morning.second, both + ["--min-age-hours", "0"],
                    lines: ["settle": 12, "settle-off": 12], runs: both),
            ])
        }
    }
}
