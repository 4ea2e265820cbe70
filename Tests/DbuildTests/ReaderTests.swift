import Foundation
import Testing

/// What readers get of what is skipped, fails, or is away.
@Suite struct ReaderTests {
    @Test func whatIsSkippedIsTakenAsItIsAndIsMissedWhereItIsNot() async throws {
        try await withWorkspace(.verdicts) { workspace in
            let skipping = ["after-plain", "--skip", "plain"]
            try await workspace.run([
                ScenarioStep(
                    "nothing is there", at: Morning.first, skipping, lines: ["plain": 2, "after-plain": 2], exit: 10,
                    holds: { workspace, _, _ throws in #expect(!workspace.exists("out/plain.csv")) }),
                ScenarioStep(
                    "somebody else's", at: Morning.first, skipping, lines: ["plain": 1, "after-plain": 12],
                    runs: ["after-plain"],
                    edit: {
                        try $0.write("observed_at,value\n,theirs\n", to: "out/plain.csv")
                        try $0.write("by hand\n", to: "out/plain.txt")
                    },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/after-plain.csv") == "observed_at,value\n,theirs\n")
                    }),
                ScenarioStep(
                    "nothing of it was recorded", at: Morning.first, ["after-plain"],
                    lines: ["plain": 12, "after-plain": 12], runs: ["plain", "after-plain"],
                    holds: { _, record, _ throws in #expect(record.reasons("plain").first == "never built") }),
                ScenarioStep(
                    "not current, and skipped", at: Morning.first, skipping, lines: ["plain": 1, "after-plain": 5],
                    edit: { try $0.writeRows("2013-12-01T00:00:00Z,c") }),
            ])
        }
    }

    @Test func readersOfWhatFailsGoOnWithWhatIsYoungEnough() async throws {
        try await withWorkspace(.verdicts) { workspace in
            let target = "after-fallback"
            func rounds(_ count: Int) -> [String] { [target, "--set", "reader-rounds=\(count)"] }
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, [target], lines: ["fallback": 12, target: 12],
                    runs: ["fallback", target]),
                ScenarioStep(
                    "two days old", at: Morning.third, rounds(1), lines: ["fallback": 12, target: 12],
                    runs: ["fallback", target], failing: ["fallback"], exit: 1,
                    edit: { try $0.writeRows("2013-12-02T00:00:00Z,fail") },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/\(target).csv").contains("2013-11-29"))
                        #expect(try workspace.read("out/\(target).txt") == "1 rounds\n")
                    }),
                ScenarioStep(
                    "and a second", at: "2013-12-03T11:00:01Z", rounds(2), lines: ["fallback": 12, target: 2],
                    runs: ["fallback"], failing: ["fallback"], exit: 1,
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/\(target).txt") == "1 rounds\n")
                    }),
            ])
        }
    }

    @Test func readersOfWhatFailsAreBlockedWhereTheRuleSaysNothing() async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, ["after-plain"], lines: ["plain": 12],
                    runs: ["plain", "after-plain"]),
                ScenarioStep(
                    "failed", at: Morning.first, ["after-plain"], lines: ["plain": 12, "after-plain": 2],
                    runs: ["plain"], failing: ["plain"], exit: 1, edit: { try $0.writeRows(",fail") }),
            ])
        }
    }

    @Test(arguments: ["part", "part-unstored"]) func whatIsIntermediateComesBackWhenItIsNeeded(
        _ part: String
    ) async throws {
        let isStored = part == "part"
        try await withWorkspace(.verdicts) { workspace in
            let whole = "after-\(part)"
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, [whole], lines: [part: 12, whole: 12], runs: [part, whole]),
                ScenarioStep(
                    "deleted, and not missed", at: Morning.first, [whole], lines: [part: 5, whole: 5],
                    edit: {
                        try $0.remove("out/\(part).csv")
                        try $0.remove("out/\(part).txt")
                    },
                    holds: { workspace, _, _ throws in #expect(!workspace.exists("out/\(part).csv")) }),
                ScenarioStep(
                    "needed", at: Morning.first, [whole, "--set", "reader-rounds=1"], lines: [whole: 12],
                    runs: isStored ? [whole] : [part, whole], restores: isStored ? [part] : [],
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/\(whole).csv") == workspace.read("data/rows.csv"))
                        #expect(try workspace.read("out/\(part).csv") == workspace.read("data/rows.csv"))
                    }),
            ])
        }
    }
}
