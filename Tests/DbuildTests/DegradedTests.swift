import Foundation
import Testing

/// Results that are there although something is missing: named first, and healed as soon as it comes.
@Suite struct DegradedTests {
    private static let parts = (0 ..< 5).map { "part[n=\($0)]" }

    @Test func whatIsMissingIsNamedAndTheNextRunHealsIt() async throws {
        try await withWorkspace(.failures) { workspace in
            try await workspace.run([
                ScenarioStep(
                    name: "a part fails", arguments: ["report"], runs: Self.parts + ["whole", "report"],
                    failing: ["part[n=3]"], exit: 1,
                    edit: { try $0.write("echo why; exit 1", to: "control/part[n=3]") },
                    holds: { workspace, record, ended throws in
                        try expectGolden("degraded", ended, in: workspace)
                        #expect(record.summary?.degraded == 1)
                        #expect(record.events.last { $0.event == "degraded" }?.missingNames == ["3"])
                    }),
                ScenarioStep(
                    name: "it fails again", arguments: ["report"], runs: ["part[n=3]"], failing: ["part[n=3]"], exit: 1,
                    holds: { _, record, ended throws in
                        #expect(record.summary?.degraded == 1)
                        #expect(ended.errors.contains("degraded whole: 4 of 5 `parts` (80.0 %), missing 3\n"))
                    }),
                ScenarioStep(
                    name: "healed", arguments: ["report"], runs: ["part[n=3]", "whole", "report"],
                    edit: { try $0.remove("control/part[n=3]") },
                    holds: { _, record, ended throws in
                        #expect(record.summary?.degraded == 0)
                        #expect(!ended.errors.contains("degraded"))
                    }),
            ])
        }
    }

    @Test func whatAnEarlierRunMadeServesReadersAndTheNextRunHealsThem() async throws {
        try await withWorkspace(.failures) { workspace in
            let uses = (0 ..< 3).map { "use[k=a,day=\($0)]" }
            #expect(try await workspace.dbuild("use").exit == 0)
            for path in (0 ..< 3).map({ "out/use/a-\($0).txt" }) { try workspace.remove(path) }
            try workspace.emptyStore()
            _ = try workspace.takeWitnesses()
            try await workspace.run([
                ScenarioStep(
                    name: "a model fails", arguments: ["use"],
                    runs: ["model[k=a]", "model[k=b]"] + uses + (0 ..< 3).map { "use[k=b,day=\($0)]" },
                    failing: ["model[k=a]"], exit: 1,
                    edit: {
                        try $0.write("2\n", to: "data/rows.txt")
                        try $0.write("exit 1", to: "control/model[k=a]")
                    },
                    holds: { workspace, record, ended throws in
                        #expect(try workspace.read("out/use/a-1.txt") == "use[k=a,day=1] of model[k=a] of 1\n")
                        #expect(record.summary?.degraded == 3)
                        #expect(
                            ended.errors.contains(
                                "degraded use[k=a,day=0] and 2 more: made with what `model[k=a]` gave at "),
                            "\(ended.testDescription)")
                        let event = record.events.last { $0.event == "degraded" }
                        #expect(event?.madeWith == "model[k=a]" && event?.names == uses)
                    }),
                ScenarioStep(
                    name: "still", arguments: ["use"], runs: ["model[k=a]"], failing: ["model[k=a]"], exit: 1,
                    holds: { _, record, _ throws in #expect(record.summary?.degraded == 3) }),
                ScenarioStep(
                    name: "healed", arguments: ["use"], runs: ["model[k=a]"] + uses,
                    edit: { try $0.remove("control/model[k=a]") },
                    holds: { workspace, record, _ throws in
                        #expect(try workspace.read("out/use/a-1.txt") == "use[k=a,day=1] of model[k=a] of 2\n")
                        #expect(record.summary?.degraded == 0)
                    }),
            ])
        }
    }
}
