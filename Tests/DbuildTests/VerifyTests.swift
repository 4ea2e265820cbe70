import Foundation
import Testing

/// `verify`: what reproduces, what does not and why.
@Suite struct VerifyTests {
    private struct Report: Decodable {
        let checked: Int
        let exitCode: Int32
        let notCurrent: [String]
        let leftOut: Int
        let notVaried: [String: Int]
        let findings: [Finding]

        struct Finding: Decodable {
            let action: String
            let result: String
            let why: String?
            let denied: [String]
            let differences: [Difference]
            let cause: String?
            let factors: [String]
        }

        struct Difference: Decodable {
            let path: String
            let result: String
            let differingRows: Int?
            let columns: [Column]
        }

        struct Column: Decodable {
            let name: String
            let cells: Int
            let largest: Double?
        }
    }

    private static func verify(_ workspace: ExampleWorkspace, _ arguments: [String] = []) async throws -> Report {
        let ended = try await workspace.start(["verify", "--json"] + arguments).ended()
        let report = try JSONDecoder().decode(Report.self, from: Data(ended.output.utf8))
        #expect(ended.exit == report.exitCode)
        return report
    }

    private static func execute(_ sql: String, in workspace: ExampleWorkspace) throws {
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/env")
        python.arguments = [
            "python3", "-c", "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1]) as d: d.execute(sys.argv[2])",
            workspace.place(".dbuild/state.db").path, sql,
        ]
        try python.run()
        python.waitUntilExit()
        #expect(python.terminationStatus == 0)
    }

    @Test func eachThingThatMustNotMatterIsNamed() async throws {
        try await withWorkspace(.reproduction) { workspace in
            try #expect(await workspace.dbuild("-q").exit == 0)
            let before = try workspace.files(below: "out")
            let report = try await Self.verify(workspace)
            #expect(report.exitCode == 5)
            #expect(report.checked == 16)
            let factors = Dictionary(uniqueKeysWithValues: report.findings.map { ($0.action, $0.factors) })
            #expect(
                factors
                    == [
                        "clock": ["clock"], "random": ["randomNumbers"], "hash": ["hashSeeds"],
                        "names": ["directoryOrder"],
                        "place": ["workingDirectory"], "zone": ["timeZone"], "date": ["clock", "timeZone"],
                        "undeclared": [], "roughly": [], "wildly": ["randomNumbers"],
                        "cores": ["cores"],
                    ].filter { ProcessInfo.processInfo.activeProcessorCount > 1 || $0.key != "cores" })
            let undeclared = try #require(report.findings.first { $0.action == "undeclared" })
            #expect(undeclared.result == "failed")
            #expect(undeclared.why?.contains("data/secret.txt") == true)
            if try await workspace.dbuild("doctor").output.contains("Landlock") {
                #expect(undeclared.denied.contains { $0.contains("`build.source(\"data/secret.txt\")`") })
            }
            // What was verified is as it was.
            try #expect(workspace.files(below: "out") == before)
            #expect(workspace.names(below: ".dbuild/staging").isEmpty)
        }
    }

    @Test func numbersMayDifferByWhatTheRuleTolerates() async throws {
        try await withWorkspace(.reproduction) { workspace in
            try #expect(await workspace.dbuild("-q").exit == 0)
            let report = try await Self.verify(workspace, ["roughly"])
            #expect(report.exitCode == 0)
            #expect(report.findings.map(\.result) == ["tolerated"])
            let wild = try await Self.verify(workspace, ["wildly", "--times", "1"])
            let difference = try #require(wild.findings.first?.differences.first)
            #expect(difference.result == "different")
            #expect(difference.columns.map(\.name) == ["y"])
            #expect((difference.columns.first?.largest ?? 0) > 0.01)
            #expect((1 ... 2).contains(difference.differingRows ?? 0))
        }
    }

    @Test func whatIsUnstableIsRememberedUntilItReproduces() async throws {
        try await withWorkspace(.reproduction) { workspace in
            try #expect(await workspace.dbuild("-q", "random").exit == 0)
            let verified = try await workspace.dbuild("verify", "random")
            #expect(verified.exit == 5)
            #expect(verified.output.contains("cause: the system's random numbers"))
            let why = try await workspace.dbuild("why", "out/random.txt")
            #expect(why.output.contains("unstable"))
            #expect(why.output.contains("the system's random numbers"))
            try workspace.replace("Int.random(in: 0 ..< 1 << 40)", by: "4", in: "rules/Rulesfile.swift")
            try #expect(await workspace.dbuild("-q", "random").exit == 0)
            try #expect(await !workspace.dbuild("why", "out/random.txt").output.contains("unstable"))
            try #expect(await workspace.dbuild("verify", "-q", "random").exit == 0)
            try #expect(await !workspace.dbuild("why", "out/random.txt").output.contains("unstable"))
        }
    }

    @Test func whatIsNotCurrentIsNotChecked() async throws {
        try await withWorkspace(.reproduction) { workspace in
            try #expect(await workspace.dbuild("-q", "nothing").exit == 0)
            try workspace.write("x,y\n1,2\n", to: "data/numbers.csv")
            let ended = try await workspace.dbuild("verify", "nothing")
            #expect(ended.exit == 10)
            #expect(ended.output.contains("not current, and not checked: nothing"))
        }
    }

    @Test func inputsThatAreAwayAreTakenFromTheStore() async throws {
        try await withWorkspace(.reproduction) { workspace in
            try #expect(await workspace.dbuild("-q", "all", "whole").exit == 0)
            for name in ["out/part.txt", "out/parts"] { try workspace.remove(name) }
            let before = try workspace.files(below: "out")
            let report = try await Self.verify(workspace, ["all", "whole"])
            #expect(report.exitCode == 0)
            #expect(report.checked == 2)
            #expect(report.findings.isEmpty)
            // What was away stays so: nobody has asked for it.
            try #expect(workspace.files(below: "out") == before)
            #expect(workspace.names(below: ".dbuild/staging").isEmpty)
        }
    }

    @Test func whatReadsAnInputThatNobodyHasAnyMoreIsNotChecked() async throws {
        try await withWorkspace(.reproduction) { workspace in
            try #expect(await workspace.dbuild("-q", "all", "whole").exit == 0)
            for name in ["out/part.txt", "out/parts/c"] { try workspace.remove(name) }
            try workspace.emptyStore()
            let report = try await Self.verify(workspace, ["all", "part", "whole"])
            #expect(report.exitCode == 10)
            #expect(report.checked == 1)
            #expect(report.findings.map(\.action) == ["all", "whole"])
            #expect(report.findings.map(\.result) == ["away", "away"])
            #expect(report.findings.map(\.why) == ["out/parts", "out/part.txt"])
            let ended = try await workspace.dbuild("verify", "whole")
            #expect(ended.exit == 10)
            let what = "not checked: whole, since `out/part.txt` is away: `dbuild out/part.txt` brings it back"
            #expect(ended.output.contains(what))
            try #expect(await !workspace.dbuild("why", "out/whole.txt").output.contains("unstable"))
            // What it says helps.
            try #expect(await workspace.dbuild("-q", "out/part.txt").exit == 0)
            try #expect(await workspace.dbuild("verify", "whole").exit == 0)
        }
    }

    @Test func aSampleIsTheSameEachTime() async throws {
        try await withWorkspace(.reproduction) { workspace in
            try #expect(await workspace.dbuild("-q").exit == 0)
            let first = try await Self.verify(workspace, ["--sample", "50%", "--times", "1"])
            let second = try await Self.verify(workspace, ["--sample", "50%", "--times", "1"])
            #expect(first.checked == second.checked)
            #expect(first.checked + first.leftOut == 16)
            #expect(first.findings.map(\.action) == second.findings.map(\.action))
            let refused = try await workspace.dbuild("verify", "--sample", "0")
            #expect(refused.exit == 64)
            #expect(refused.errors.contains("is no share"))
        }
    }

    @Test func everyDamagedCopyIsNamed() async throws {
        try await withWorkspace(.reproduction) { workspace in
            try #expect(await workspace.dbuild("-q").exit == 0)
            let whole = try await workspace.dbuild("verify", "--store")
            #expect(whole.exit == 0)
            #expect(whole.output.contains("all whole"))
            // Small copies are rows of the database.
            try Self.execute("UPDATE object SET bytes = zeroblob(3) WHERE bytes IS NOT NULL", in: workspace)
            let damaged = try await workspace.dbuild("verify", "--store")
            #expect(damaged.exit == 5)
            #expect(damaged.output.contains("a copy of out/clock.txt"))
        }
    }
}
