import Foundation
import Testing

/// Rules that build what is current: by age, by the calendar, and always.
@Suite struct RefreshTests {
    @Test func aRefreshThatGivesTheSameBytesDisturbsNobody() async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, ["after-refresh"], lines: ["refresh": 12],
                    runs: ["refresh", "after-refresh"]),
                ScenarioStep(
                    "a second before it is due", at: "2013-12-08T10:59:59Z", ["after-refresh"],
                    lines: ["refresh": 5, "after-refresh": 5]),
            ])
            let before = try workspace.fileIdentity("out/refresh.csv")
            try await workspace.run([
                ScenarioStep(
                    "due", at: "2013-12-08T11:00:00Z", ["after-refresh"], lines: ["refresh": 4, "after-refresh": 5],
                    runs: ["refresh"],
                    holds: { workspace, record, _ throws in
                        #expect(record.reasons("refresh") == ["its refresh was due at 2013-12-08T11:00:00Z"])
                        #expect(try workspace.fileIdentity("out/refresh.csv") == before)
                    }),
                ScenarioStep(
                    "a week from then", at: "2013-12-15T10:59:59Z", ["after-refresh"],
                    lines: ["refresh": 5, "after-refresh": 5]),
            ])
        }
    }

    @Test func aFileDeletedBeforeItIsDueIsPutBackAndStaysAsOldAsItWas() async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, ["refresh"], lines: ["refresh": 12], runs: ["refresh"]),
                ScenarioStep(
                    "deleted", at: Morning.fourth, ["refresh"], lines: ["refresh": 8], restores: ["refresh"],
                    edit: { try $0.remove("out/refresh.csv") },
                    holds: { workspace, _, _ throws in
                        #expect(try workspace.read("out/refresh.csv") == workspace.read("data/rows.csv"))
                    }),
                ScenarioStep(
                    "a second before it is due", at: "2013-12-08T10:59:59Z", ["refresh"], lines: ["refresh": 5]),
                ScenarioStep(
                    "due by its first build", at: "2013-12-08T11:00:00Z", ["refresh"], lines: ["refresh": 4],
                    runs: ["refresh"]),
            ])
        }
    }

    /// In New York clocks went forward on Sunday, 2014-03-09: that Monday began at 04:00 UTC, the one before at 05:00.
    @Test func aMissedMondayIsMadeUpForAndBeginsByTheClockOfItsZone() async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first build, on a Monday", at: "2014-03-03T05:00:00Z", ["monday"], lines: ["monday": 12],
                    runs: ["monday"]),
                ScenarioStep(
                    "Sunday, 23:59:59", at: "2014-03-10T03:59:59Z", ["monday"], lines: ["monday": 5]),
                ScenarioStep(
                    "Monday, 00:00", at: "2014-03-10T04:00:00Z", ["monday"], lines: ["monday": 4], runs: ["monday"],
                    holds: { _, record, _ throws in
                        #expect(record.reasons("monday") == ["its refresh was due at 2014-03-10T04:00:00Z"])
                    }),
                ScenarioStep("once", at: "2014-03-10T04:00:00Z", ["monday"], lines: ["monday": 5]),
                ScenarioStep(
                    "Monday the 17th was missed: on Wednesday", at: "2014-03-19T12:00:00Z", ["monday"],
                    lines: ["monday": 4], runs: ["monday"],
                    holds: { _, record, _ throws in
                        #expect(record.reasons("monday") == ["its refresh was due at 2014-03-17T04:00:00Z"])
                    }),
                ScenarioStep(
                    "and not again before Monday", at: "2014-03-24T03:59:59Z", ["monday"], lines: ["monday": 5]),
            ])
        }
    }

    @Test func whatIsAlwaysBuiltIsReadOnceAndItsValuesAreActions() async throws {
        let further = ["--set", "further=values"]
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, ["each"] + further,
                    lines: ["each[value=a]": 12, "each[value=b]": 12],
                    runs: ["values", "each[value=a]", "each[value=b]"]),
                ScenarioStep(
                    "nothing new", at: Morning.first, ["each"] + further,
                    lines: ["values": 3, "each[value=a]": 5, "each[value=b]": 5], runs: ["values"],
                    holds: { _, record, _ throws in
                        #expect(record.reasons("values") == ["its rule builds it in every run"])
                    }),
                ScenarioStep(
                    "one more value", at: Morning.first, ["each"] + further,
                    lines: ["values": 3, "each[value=a]": 12, "each[value=b]": 12, "each[value=c]": 12],
                    runs: ["values", "each[value=a]", "each[value=b]", "each[value=c]"],
                    edit: { try $0.writeRows(",a", ",b", ",c") }),
                ScenarioStep(
                    "deleted, and still built instead of put back", at: Morning.first, ["values"] + further,
                    lines: ["values": 3], runs: ["values"], edit: { try $0.remove("out/values.csv") }),
            ])
        }
    }
}

extension ExampleWorkspace {
    /// What shows that a file was replaced, or written again: its inode number and the time of its last change.
    fileprivate func fileIdentity(_ path: String) throws -> [String] {
        let attributes = try FileManager.default.attributesOfItem(atPath: place(path).path)
        return [FileAttributeKey.systemFileNumber, .modificationDate].map { "\(attributes[$0] ?? "")" }
    }
}
