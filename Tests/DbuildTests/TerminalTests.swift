import Foundation
import Glibc
import Testing

/// What a person at a terminal sees, and what a terminal does to a build.
@Suite struct TerminalTests {
    @Test(arguments: [80, 20])
    func aLineIsRedrawnInPlaceAndNothingOfItIsLeft(columns: Int) async throws {
        try await withWorkspace(.wide) { workspace in
            try workspace.write("20", to: "pause")
            let ended = try await PseudoTerminal.run(["-j", "4"], in: workspace, columns: columns)
            #expect(ended.exit == 0, "\(ended.testDescription)")
            let drawings = ended.drawings.filter { $0.contains("/61") }
            #expect(!drawings.isEmpty, "\(ended.testDescription)")
            #expect(drawings.allSatisfy { $0.count < columns }, "\(drawings)")
            #expect(columns == 20 || drawings.contains { $0.contains("first[") }, "\(drawings)")
            // The line is gone before the last word.
            #expect(ended.output.contains("\r\u{1B}[Jdone     61 built"), "\(ended.testDescription)")
        }
    }

    @Test func linesForATerminalThatCannotRedrawAndWhereTheyAreAskedFor() async throws {
        try await withWorkspace(.wide) { workspace in
            let ended = try await PseudoTerminal.run(["--progress", "plain"], in: workspace)
            #expect(ended.exit == 0)
            #expect(!ended.output.contains("\u{1B}"), "\(ended.testDescription)")
            let none = try await PseudoTerminal.run(["--progress", "none", "--force"], in: workspace)
            #expect(none.output.hasPrefix("done     1 built"), "\(none.testDescription)")
        }
    }

    @Test func aClosedTerminalEndsTheBuildUnlessItIsToGoOn() async throws {
        try await withWorkspace(.wide) { workspace in
            try workspace.write("100", to: "pause")
            let hungUp = try await PseudoTerminal.run(
                ["-j", "4"], in: workspace, [.wait("/61"), .wait("/61"), .close])
            #expect(hungUp.exit == 129, "\(hungUp.testDescription)")
            #expect(workspace.names(below: ".dbuild/staging").isEmpty)
            try workspace.write("20", to: "pause")
            let kept = try await PseudoTerminal.run(
                ["-j", "4"], in: workspace, ignoresHangUp: true, [.wait("/"), .close])
            #expect(kept.exit == 0, "\(kept.testDescription)")
            #expect(try workspace.lastRun()?.summary?.exit == 0)
            #expect(workspace.exists("out/last.txt"))
        }
    }

    @Test func ctrlZStopsWhatRunsToo() async throws {
        try await withWorkspace(.wide) { workspace in
            // Longer than any machine takes: a sleep goes on while it is stopped.
            let nap = "300.\(Int.random(in: 100_000_000 ..< 1_000_000_000))"
            try workspace.write(nap, to: "nap")
            let ended = try await PseudoTerminal.run(
                ["-j", "4", "nap"], in: workspace,
                [
                    .states("SR", of: 12, withArgument: nap), .type("\u{1A}"), .waitStopped,
                    .states("T", of: 12, withArgument: nap),
                    .signal(SIGCONT), .states("SR", of: 12, withArgument: nap), .type("\u{3}"),
                ])
            #expect(ended.exit == 130, "\(ended.testDescription)")
        }
    }
}
