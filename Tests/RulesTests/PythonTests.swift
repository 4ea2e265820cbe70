import Foundation
import Testing

@testable import Rules

/// `Command.python`: what is said to the interpreter, and what is in the key.
@Suite struct PythonTests {
    /// The recipe of one step.
    private func step(_ command: Command) throws -> Value {
        let plan = try plan(answers: ["src/model": ["a.py"]]) { $0.action("step", command) }
        return plan.actions[0].recipe
    }

    @Test func aStepSaysScriptAndPackageAndReadsBoth() throws {
        let step = try step(
            .python(
                script: "steps/train.py", package: "src/model", interpreter: ".venv/bin/python",
                .input("rows.csv"), .output("model"), .flag("--trees", 3)))
        let words = try Command.arguments(of: step)
        #expect(words.prefix(3) == [.text(".venv/bin/python"), .text("-B"), .text("-c")])
        #expect(
            words.dropFirst(4) == [.input(0), .text("src"), .input(1), .output(0), .text("--trees"), .text("3")])
        #expect(
            try step.field("inputs").references == [
                .file("steps/train.py"), .file("rows.csv"), .file("src/model/a.py"),
            ])
        let probe = try #require(try step.field("probes").list().first).strings()
        #expect(probe.prefix(3) == [".venv/bin/python", "-I", "-c"])
    }

    @Test func withoutAPackageTheWorkspaceStandsForIt() throws {
        let step = try step(.python(script: "train.py", .output("model")))
        let words = try Command.arguments(of: step)
        #expect(words.first == .text("python3"))
        #expect(words.dropFirst(4) == [.input(0), .text("."), .output(0)])
    }

    @Test func aStepThatStaysAliveIsStartedWithItsScript() throws {
        let step = try step(.python(script: "train.py", .worker, .input("rows.csv"), .output("model")))
        #expect(try step.field("startWords") == .int(6))
        #expect(try step.field("startInputs") == .list([.int(0)]))
    }

    // MARK: In a real interpreter

    /// What a script prints that is started as a step is, in a directory as an action has it: the files are links to
    /// those of the workspace.
    private func printed(_ script: String, _ arguments: [String] = [], linked: [String]) throws -> (Int32, String) {
        let root = FileManager.default.temporaryDirectory.appending(path: "python-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let (workspace, place) = (root.appending(path: "workspace"), root.appending(path: "place"))
        let files = [
            script: "import sys\nimport beside\nfrom model import a\nprint(*sys.argv[1:], beside.word, a.word)\n",
            "steps/beside.py": "word = 'beside'\n", "src/model/a.py": "word = 'packaged'\n",
        ]
        for (path, text) in files {
            let file = workspace.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        for path in linked {
            let link = place.appending(path: path)
            try FileManager.default.createDirectory(
                at: link.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: workspace.appending(path: path))
        }
        let recipe = try step(.python(script: Artifact(script), package: "src/model", .output("out")))
        let start = try #require(Command.arguments(of: recipe).dropFirst(3).first)
        guard case .text(let code) = start else { throw NotText() }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-B", "-c", code, script, "src"] + arguments
        process.currentDirectoryURL = place
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(
            FileManager.default.enumerator(atPath: root.path)?.allObjects.contains { "\($0)".hasSuffix(".pyc") }
                == false)
        return (process.terminationStatus, text)
    }

    private struct NotText: Error {}

    @Test func aScriptImportsWhatLiesBesideItAndItsPackage() throws {
        let (code, text) = try printed(
            "steps/train.py", ["x y", "--z"], linked: ["steps/train.py", "steps/beside.py", "src/model/a.py"])
        #expect(text == "x y --z beside packaged\n")
        #expect(code == 0)
    }

    @Test func aModuleThatIsNotDeclaredIsNotFoundAlthoughItLiesInTheWorkspace() throws {
        let (code, text) = try printed("steps/train.py", linked: ["steps/train.py", "src/model/a.py"])
        #expect(text.contains("No module named 'beside'"))
        #expect(code == 1)
    }
}
