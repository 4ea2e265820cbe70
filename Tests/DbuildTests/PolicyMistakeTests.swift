import Foundation
import Testing

/// Policies that cannot be meant: by the rules, or by the data.
@Suite struct PolicyMistakeTests {
    @Test(arguments: ["two": "twofold", "column": "nameless"])
    func whatARuleCannotMeanIsAMistakeOfTheRules(_ mistake: String, _ rule: String) async throws {
        try await withWorkspace(.verdicts) { workspace in
            let ended = try await workspace.dbuild("plain", "--set", "further=\(mistake)")
            #expect(ended.exit == 2, "\(ended.testDescription)")
            #expect(ended.errors.contains("`\(rule)`"), "\(ended.testDescription)")
            #expect(ended.errors.contains("Rulesfile.swift:"), "\(ended.testDescription)")
            #expect(try workspace.takeWitnesses() == [])
            try expectGolden("policy-rules-\(mistake)", ended, in: workspace)
        }
    }

    @Test(arguments: [
        "no-column": "seen_at,value\n2013-12-02T00:00:00Z,c\n", "no-zone": "observed_at,value\n2013-12-02T00:00:00,c\n",
        "no-instant": "observed_at,value\nyesterday,c\n",
    ])
    func aColumnThatHoldsNoInstantsIsAMistakeOfTheRules(_ name: String, _ rows: String) async throws {
        try await withWorkspace(.verdicts) { workspace in
            try await workspace.run([
                ScenarioStep(
                    "first build", at: Morning.first, ["settle"], lines: ["settle": 12], runs: ["settle"]),
                ScenarioStep(
                    name, at: Morning.second, ["settle"], lines: ["settle": 2], exit: 2,
                    edit: { try $0.write(rows, to: "data/rows.csv") },
                    holds: { workspace, _, ended throws in
                        #expect(ended.errors.contains("`settle`"), "\(ended.testDescription)")
                        #expect(ended.errors.contains("`data/rows.csv`"), "\(ended.testDescription)")
                        #expect(ended.errors.contains("observed_at"), "\(ended.testDescription)")
                        #expect(try workspace.read("out/settle.csv").contains("2013-11-29"))
                    }),
            ])
            try expectGolden(
                "policy-\(name)", try await workspace.dbuild("settle", "--now", Morning.second), in: workspace)
        }
    }
}
