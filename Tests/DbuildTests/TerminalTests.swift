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

    @Test(arguments: [true, false])
    func aBuildGoesOnWhileNobodyReadsWhatItSays(readsLater: Bool) async throws {
        try await withWorkspace(.wide) { workspace in
            let said = try await python(
                Self.fullPipe, [try Built.program().path, readsLater ? "read" : "interrupt"], in: workspace.root)
            let ended = try #require(try JSONSerialization.jsonObject(with: Data(said.utf8)) as? [String: Any])
            let output = try #require(ended["output"] as? String)
            #expect(ended["exit"] as? Int == (readsLater ? 0 : 130), "\(said)")
            #expect(try workspace.lastRun()?.summary?.exit == 0)
            if readsLater {
                #expect(output.contains("plan     ") && output.contains("\ndone     61 built"), "\(said)")
            }
        }
    }

    /// A build whose standard error is a pipe that is full and told not to make anybody wait.
    private static let fullPipe = #"""
        import json, os, signal, subprocess, sys, time
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        filled = 0
        try:
            while True: filled += os.write(writer, b"x" * 4096)
        except BlockingIOError: pass
        build = subprocess.Popen([sys.argv[1], "-j", "4"], stderr=writer, stdin=subprocess.DEVNULL)
        os.close(writer)
        deadline = time.monotonic() + 60
        def told():
            try: return '"event":"summary"' in open(".dbuild/runs/1/events.jsonl").read()
            except OSError: return False
        while not told():
            assert time.monotonic() < deadline and build.poll() is None, build.poll()
            time.sleep(0.02)
        while sys.argv[2] == "interrupt" and build.poll() is None:
            build.send_signal(signal.SIGINT)
            assert time.monotonic() < deadline
            time.sleep(0.05)
        output = b""
        while chunk := os.read(reader, 65536): output += chunk
        print(json.dumps({"exit": build.wait(), "output": output[filled:].decode(errors="replace")}))
        """#

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
