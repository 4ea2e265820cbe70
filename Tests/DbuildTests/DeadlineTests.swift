import Foundation
import Testing

/// Runs that start nothing more from an instant on.
@Suite struct DeadlineTests {
    @Test func afterItNothingStartsAndTheRestIsNamed() async throws {
        try await withWorkspace(.failures) { workspace in
            let past = try await workspace.dbuild("--deadline", "2013-12-01T08:00Z", "firm", environment: ["TZ": "UTC"])
            #expect(past.exit == 10, "\(past.testDescription)")
            #expect(try workspace.takeWitnesses() == [])
            #expect(try workspace.lastRun()?.left == ["firm"])
            try expectGolden("deadline", past, in: workspace)

            // Where a busy machine does not come to the first action in time, nothing is built: then there is more of it.
            var secondsAhead = 3
            var run: RunRecord
            repeat {
                secondsAhead *= 2
                let deadline = Int(Date().timeIntervalSince1970) + secondsAhead
                try workspace.write(
                    "while [ $(date +%s) -le \(deadline) ]; do sleep 0.1; done", to: "control/part[n=0]")
                let written = Date(timeIntervalSince1970: Double(deadline)).formatted(.iso8601)
                let ended = try await workspace.dbuild("-j", "1", "--deadline", written, "report")
                #expect(ended.exit == 10, "\(ended.testDescription)")
                run = try #require(try workspace.lastRun())
            } while run.started.isEmpty && secondsAhead < 100
            // What ran then went on to its end.
            #expect(run.started == ["part[n=0]"] && run.finished == ["part[n=0]"])
            #expect(run.left == ["part[n=1]", "part[n=2]", "part[n=3]", "part[n=4]", "whole", "report"])
            #expect(run.events.last { $0.event == "left" }?.kind == "deadline")
            _ = try workspace.takeWitnesses()
            try await workspace.run([
                ScenarioStep(
                    name: "the rest", arguments: ["--deadline", "+2h", "report"],
                    runs: ["part[n=1]", "part[n=2]", "part[n=3]", "part[n=4]", "whole", "report"]),
                ScenarioStep(
                    name: "nothing is left to be late with", arguments: ["--deadline", "2013-12-01T08:00Z", "report"],
                    runs: []),
            ])
        }
    }

    @Test(arguments: [
        "8", "25:00", "08:60", "tomorrow", "+", "+2", "+2x", "+1m2h", "2013-02-30T08:00", "-2h", "+99999999999h",
    ])
    func whatIsNoTimeIsRefused(text: String) async throws {
        try await withWorkspace(.failures) { workspace in
            for arguments in [["--deadline=\(text)"], ["-n", "--deadline=\(text)"]] {
                let ended = try await workspace.start(arguments).ended()
                #expect(ended.exit == 64)
                #expect(ended.errors.hasPrefix("error: `--deadline \(text)` is no time\nhint: as 08:00,"))
            }
        }
    }
}
