import Foundation
import Testing

/// Plans that are kept for the next command.
@Suite struct PlanKeepingTests {
    private static let plans = ".dbuild/plans"

    @Test func aPlanThatCannotBeKeptIsSaidAndTheBuildIsWhole() async throws {
        try await withWorkspace(.training) { workspace in
            try workspace.write("in the way\n", to: Self.plans)
            for counts in ["8 built, 0 current", "0 built, 8 current"] {
                let ended = try await workspace.dbuild()
                #expect(ended.exit == 0, "\(ended.testDescription)")
                #expect(ended.errors.contains("the plan could not be kept in `.dbuild/plans`"))
                #expect(ended.errors.contains(counts), "\(ended.testDescription)")
                #expect(try #require(try workspace.lastRun()).finished.count == (counts.hasPrefix("8") ? 8 : 0))
                try workspace.remove(".dbuild/settled")
            }
        }
    }

    @Test func aPlanIsKeptAlsoWhereItsCommandWasWrong() async throws {
        try await withWorkspace(.training) { workspace in
            let ended = try await workspace.start(["nothing-is-called-so"]).ended()
            #expect(ended.exit == 64, "\(ended.testDescription)")
            #expect(workspace.names(below: Self.plans).count == 1)
            // What a killed process has left goes with the next plan.
            try workspace.write("half\n", to: Self.plans + "/0123456789abcdef0123456789abcdef.new")
            try workspace.write("{\"boost-rounds\": 11}", to: "params.json")
            _ = try await workspace.dbuild()
            #expect(workspace.names(below: Self.plans).count == 2)
            #expect(workspace.names(below: Self.plans).allSatisfy { $0.count == 32 })
        }
    }
}
