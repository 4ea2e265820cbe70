import Foundation
import Glibc
import Testing

/// Recipes and programs in processes that stay: what they leave, what they may use, how they fail.
@Suite struct WorkerTests {
    @Test func whatARecipeLeavesRunningIsEndedAndSaid() async throws {
        try await withWorkspace(.workers) { workspace in
            let nap = "300.\(Int.random(in: 100_000_000 ..< 1_000_000_000))"
            try workspace.write(nap, to: "nap")
            let ended = try await workspace.dbuild("leaves")
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(processes(withArgument: nap).isEmpty)
            #expect(try workspace.read("out/leaves.txt") == "left\n")
            #expect(try workspace.lastRun()?.warnings == ["`leaves` left 2 processes running: ended with it"])
            #expect(
                try workspace.read(".dbuild/logs/1/leaves.log")
                    == "[dbuild: 2 processes that it left running were ended]\n")
        }
    }

    @Test func aRecipeThatTakesTooLongFailsAloneAndTheOthersGoOn() async throws {
        try await withWorkspace(.workers) { workspace in
            try workspace.write("60000", to: "pause")
            let ended = try await workspace.dbuild("slow", "-j", "1")
            #expect(ended.exit == 1, "\(ended.testDescription)")
            let record = try #require(try workspace.lastRun())
            #expect(record.failed == ["slow[n=1]"])
            #expect(record.finished == ["slow[n=0]", "slow[n=2]"])
            #expect(ended.errors.contains("took longer than"))
            #expect(!workspace.exists("out/slow/1.txt"))
        }
    }

    @Test func aRecipeWhoseChildrenTakeTooMuchMemoryFailsAlone() async throws {
        try await withWorkspace(.workers) { workspace in
            let ended = try await workspace.dbuild("greedy", "surroundings")
            #expect(ended.exit == 1, "\(ended.testDescription)")
            let record = try #require(try workspace.lastRun())
            #expect(record.failed == ["greedy"])
            #expect(record.finished == ["surroundings"])
            #expect(ended.errors.contains("of memory, its limit"))
            #expect(try workspace.read(".dbuild/logs/1/greedy.log").hasPrefix("greedy\n"))
        }
    }

    @Test func aLogIsCappedAndShownWithoutControlCharacters() async throws {
        try await withWorkspace(.workers) { workspace in
            let ended = try await workspace.dbuild("floods")
            #expect(ended.exit == 1)
            let size = try workspace.files(below: ".dbuild/logs/1")["floods.log"]?.count ?? 0
            #expect(size > 16 << 20 && size < 17 << 20)
            #expect(!ended.errors.contains("\u{1B}") && !ended.errors.contains("\u{07}"))
            #expect(ended.errors.contains("[31mred"))
        }
    }

    @Test func aRecipeHasAHomeOfItsOwnAndItsThreads() async throws {
        try await withWorkspace(.workers) { workspace in
            #expect(try await workspace.dbuild("surroundings").exit == 0)
            let lines = try workspace.read("out/surroundings.txt").split(separator: "\n")
            for (line, name) in zip(lines, ["HOME", "TMPDIR"]) {
                #expect(line.hasPrefix("\(name)=\(workspace.root.path)/.dbuild/staging/"))
            }
            #expect(lines.dropFirst(2).count == 5 && lines.dropFirst(2).allSatisfy { $0.hasSuffix("_THREADS=2") })
        }
    }

    // MARK: - Programs

    private static let sums = (0 ..< 4).map { "sum[n=\($0)]" }

    @Test func oneProgramServesManyActions() async throws {
        try await withWorkspace(.workers) { workspace in
            let ended = try await workspace.dbuild("sum", "-j", "1")
            #expect(ended.exit == 0, "\(ended.testDescription)")
            let record = try #require(try workspace.lastRun())
            #expect(record.finished.sorted() == Self.sums)
            #expect(record.summary?.workers == 1)
            #expect(
                try (0 ..< 4).map { try workspace.read("out/sum/\($0).txt") } == ["3.0\n", "6.0\n", "14.0\n", "36.0\n"])
            #expect(try workspace.read(".dbuild/logs/1/sum[n=2].log") == "adding up data/numbers.txt\n")
            #expect(workspace.names(below: ".dbuild/staging").isEmpty)
            #expect(!workspace.exists(".dbuild/marker"))
            #expect(try await workspace.dbuild("--check", "sum").exit == 0)
            try workspace.replace("float(line)", by: "-float(line)", in: "scripts/sum.py")
            #expect(try await workspace.dbuild("sum", "-j", "2").exit == 0)
            #expect(try workspace.read("out/sum/3.txt") == "-36.0\n")
        }
    }

    /// Runs the sums one after the other with a script in which the third one does something else.
    private func misbehaving(
        _ python: String, _ body: (ExampleWorkspace, EndedCommand, RunRecord) throws -> Void
    ) async throws {
        try await withWorkspace(.workers) { workspace in
            try workspace.replace(
                "    print(\"adding up\", numbers)\n",
                by: "    if power == \"2\":\n        \(python)\n    print(\"adding up\", numbers)\n",
                in: "scripts/sum.py")
            let ended = try await workspace.dbuild("sum", "-j", "1")
            #expect(ended.exit == 1, "\(ended.testDescription)")
            let record = try #require(try workspace.lastRun())
            #expect(record.failed == ["sum[n=2]"])
            #expect(record.finished.sorted() == Self.sums.filter { $0 != "sum[n=2]" })
            #expect(workspace.names(below: ".dbuild/staging").isEmpty)
            try body(workspace, ended, record)
        }
    }

    @Test func aProgramThatCrashesFailsOneAction() async throws {
        try await misbehaving("os.kill(os.getpid(), 11)") { _, ended, record throws in
            #expect(ended.errors.contains("killed by SIGSEGV"))
            #expect(record.summary?.workers == 2)
        }
    }

    @Test func aProgramThatEndsWithoutAResponseFailsOneAction() async throws {
        try await misbehaving("os._exit(0)") { _, ended, _ throws in
            #expect(ended.errors.contains("the worker `python3 scripts/sum.py` ended without a response"))
        }
    }

    @Test func aProgramThatClosesItsOutputAndGoesOnIsEndedAndSaid() async throws {
        try await misbehaving("os.close(3); import time; time.sleep(600)") { _, ended, _ throws in
            #expect(
                ended.errors.contains(
                    "the worker `python3 scripts/sum.py` closed its output without a response and went on: it was ended"
                ),
                "\(ended.errors)")
        }
    }

    @Test func whatAProgramTakesOfTheProcessorsIsItsActions() async throws {
        try await withWorkspace(.workers) { workspace in
            try workspace.replace(
                "    print(\"adding up\", numbers)\n",
                by: "    while power == \"2\" and os.times().user < 1:\n        pass\n", in: "scripts/sum.py")
            let ended = try await workspace.dbuild("sum", "-j", "1")
            #expect(ended.exit == 0, "\(ended.testDescription)")
            let events = try #require(try workspace.lastRun()).events
            let seconds = { name in events.first { $0.event == "finish" && $0.action == name }?.cpuSeconds ?? -1 }
            #expect(seconds("sum[n=2]") > 0.7)
            #expect(seconds("sum[n=3]") < 0.3)
        }
    }

    @Test func anExitCodeFailsOneActionAndItsProgramGoesOn() async throws {
        try await misbehaving("raise ValueError(\"too much\")") { workspace, ended, record throws in
            #expect(ended.errors.contains("exit 1"))
            #expect(ended.errors.contains("ValueError: too much"))
            #expect(record.summary?.workers == 1)
        }
    }

    @Test(arguments: [
        ("answers.write(\"oops\\n\"); answers.flush()", "gave a line that is no JSON: `oops`"),
        ("answers.write(\"[1]\\n\"); answers.flush()", "gave a line that is no response: `[1]`"),
        (
            "answers.write('{\"requestId\": 99}\\n'); answers.flush()",
            "answered request 99, which it was not asked: `{\"requestId\": 99}`"
        ),
        ("answers.write('{}\\nmore\\n'); answers.flush()", "gave another line behind its response: `more`"),
        (
            "answers.write('{\"wasCancelled\": true}\\n'); answers.flush()",
            "says that it was cancelled, and nobody did that: `{\"wasCancelled\": true}`"
        ),
    ])
    func aResponseThatIsNoneNamesTheProgramAndTheLine(python: String, words: String) async throws {
        try await misbehaving(python) { _, ended, record throws in
            #expect(ended.errors.contains("the worker `python3 scripts/sum.py` \(words)"), "\(ended.errors)")
            #expect(record.summary?.workers == 2)
        }
    }

    @Test func limitsHoldForEachActionOfAProgram() async throws {
        try await withWorkspace(.workers) { workspace in
            try workspace.replace(
                ".limits(timeout: .seconds(20))", by: ".limits(timeout: .seconds(1))", in: "rules/Rulesfile.swift")
            try workspace.replace(
                "    print(\"adding up\", numbers)\n",
                by: "    if power == \"2\":\n        import time; time.sleep(60)\n", in: "scripts/sum.py")
            let ended = try await workspace.dbuild("sum", "-j", "1")
            #expect(ended.exit == 1, "\(ended.testDescription)")
            #expect(try workspace.lastRun()?.failed == ["sum[n=2]"])
            #expect(ended.errors.contains("took longer than"))
        }
    }

    @Test func theExampleInTheDocumentationIsTheOneThatIsTested() throws {
        let text = try String(contentsOf: testSources.appending(path: "../../docs/workers.md"), encoding: .utf8)
        let start = try #require(text.range(of: "```python\n")).upperBound
        let end = try #require(text[start...].range(of: "```\n")).lowerBound
        let script = try String(
            contentsOf: Example.workers.original.appending(path: "scripts/sum.py"), encoding: .utf8)
        #expect(text[start ..< end] == script)
    }

    @Test func whatIsLeftWhenAllAreKilledInOneInstantIsEndedByTheNextBuild() async throws {
        try await withWorkspace(.wide) { workspace in
            let nap = "300.\(Int.random(in: 100_000_000 ..< 1_000_000_000))"
            try workspace.write(nap, to: "nap")
            let command = try workspace.start(["-j", "4", "nap"])
            #expect(try await eventually { processes(withArgument: nap).count == 12 })
            let keepers = descendants(of: command.pid).filter { pid in
                let name = FileManager.default.contents(atPath: "/proc/\(pid)/comm") ?? Data()
                return String(decoding: name, as: UTF8.self).hasPrefix("action-")
            }
            #expect(keepers.count == 5)
            // Stopped first, so that none of them sees another one's end.
            for signal in [SIGSTOP, SIGKILL] { for pid in keepers + [command.pid] { kill(pid, signal) } }
            #expect(try await command.ended().ending == .signalled(SIGKILL))
            #expect(!processes(withArgument: nap).isEmpty)
            let next = try await workspace.dbuild("first[n=0]")
            #expect(next.exit == 0, "\(next.testDescription)")
            #expect(next.errors.contains("processes of an interrupted run went on: ended"))
            #expect(processes(withArgument: nap).isEmpty)
            #expect(!workspace.exists(".dbuild/marker"))
        }
    }
}
