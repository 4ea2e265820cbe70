import Foundation
import TestSupport
import Testing

@testable import dbuild

/// `--sandbox`: what is not declared cannot be read, and is named.
@Suite(.enabled(if: hasLandlock)) struct SandboxTests {
    private static let pipeline = ["split", "act", "names", "discover", "command", "dependent", "python", "worker"]

    /// What a failed action was kept from, as the last run said it: below what went wrong.
    private func said(_ workspace: ExampleWorkspace, _ action: String) throws -> [String] {
        let record = try #require(try workspace.lastRun())
        let what = try #require(record.events.last { $0.event == "failure" && $0.action == action }?.what)
        return what.split(separator: "\n").dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// Has the recipe do one thing.
    private func act(_ line: String, in workspace: ExampleWorkspace) async throws -> EndedCommand {
        try workspace.write(line + "\n", to: "data/acts.txt")
        return try await workspace.dbuild("--sandbox", "act")
    }

    @Test func whatIsDeclaredIsThere() async throws {
        try await withWorkspace(.sandbox) { workspace in
            let outside = FileManager.default.temporaryDirectory.appending(path: "dbuild-linked-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: outside) }
            try Data("elsewhere\n".utf8).write(to: outside)
            try workspace.remove("data/linked.txt")
            try FileManager.default.createSymbolicLink(
                at: workspace.place("data/linked.txt"), withDestinationURL: outside)
            let ended = try await workspace.start(Self.pipeline + ["--sandbox"]).ended()
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(try workspace.lastRun()?.warnings == [])
            #expect(try workspace.read("out/act.txt") == "elsewhere\na\nb\n")
            #expect(try workspace.read("out/tree/m") == "member\n")
            #expect(try workspace.read("out/names.txt") == "0 1\n")
            #expect(try workspace.read("out/discover.txt") == "secret\n")
            #expect(try workspace.read("out/dependent.txt") == "secret\n")
            #expect(try workspace.read("out/command.txt") == "a\nb\n")
            #expect(try workspace.read("out/python.txt") == "connected\n")
            #expect(workspace.names(below: ".dbuild/staging").isEmpty)

            // The key knows nothing of it, and a worker gives the same.
            let again = try await workspace.start(Self.pipeline).ended()
            #expect(again.exit == 0)
            #expect(try workspace.lastRun()?.started == [])
            let boxed = try workspace.files(below: "out").filter { !$0.key.hasPrefix("worker") }
            #expect(try await workspace.start(Self.pipeline + ["--force"]).ended().exit == 0)
            #expect(try workspace.lastRun()?.started.count == 10)
            #expect(try workspace.files(below: "out").filter { !$0.key.hasPrefix("worker") } == boxed)
        }
    }

    @Test func eachActionOfAStayingProgramHasAProcessOfItsOwn() async throws {
        try await withWorkspace(.sandbox) { workspace in
            #expect(try await workspace.dbuild("--sandbox", "worker", "-j", "1").exit == 0)
            let processes = try (0 ..< 3).map { try workspace.read("out/worker/\($0).txt").split(separator: " ")[0] }
            #expect(Set(processes).count == 3)
            #expect(try workspace.read("out/worker/0.txt").hasSuffix(" a\nb\n"))
        }
    }

    /// By its relative path, which works in a worker; by others, which lead out of the directory where it runs.
    @Test(arguments: [
        "data/secret.csv", "../../../../data/secret.csv", "/", "/proc/self/cwd/../../../../data/secret.csv",
    ])
    func whatARecipeReadsUndeclaredIsNamed(path: String) async throws {
        try await withWorkspace(.sandbox) { workspace in
            let path = path == "/" ? workspace.place("data/secret.csv").path : path
            let ended = try await act("read \(path)", in: workspace)
            #expect(ended.exit == 1, "\(ended.testDescription)")
            #expect(
                try said(workspace, "act") == [
                    "it read `data/secret.csv`, which it does not declare: add an input: `@Input var secret: Artifact`, and give it `build.source(\"data/secret.csv\")`"
                ])
            #expect(ended.errors.contains("it read `data/secret.csv`, which it does not declare"))
            #expect(!workspace.exists("out/act.txt"))
        }
    }

    @Test func whatAnActionDoesWithoutIsAWarning() async throws {
        try await withWorkspace(.sandbox) { workspace in
            let ended = try await act("try data/secret.csv", in: workspace)
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(try workspace.read("out/act.txt") == "linked\na\nb\nnothing\n")
            let warnings = try #require(try workspace.lastRun()?.warnings)
            #expect(warnings.count == 1)
            #expect(
                warnings.first?.hasPrefix(
                    "1 action of `act` did without what the sandbox denied: it read `data/secret.csv`, which it does not declare"
                )
                    == true)
            // What is nowhere is nothing to tell of.
            #expect(try await act("try data/nothing.csv", in: workspace).exit == 0)
            #expect(try workspace.lastRun()?.warnings == [])
        }
    }

    @Test func eachKindOfDenialHasItsWords() async throws {
        try await withWorkspace(.sandbox) { workspace in
            let root = workspace.root.path
            for (line, words) in [
                ("list \(root)/scripts", "it listed the directory `scripts`, which it does not declare"),
                ("write \(root)/out/other.txt", "it wrote to `out/other.txt`, which is no output of it"),
                ("write \(root)/out/act.txt", "it wrote to its output `out/act.txt` in the workspace"),
                ("write data/linked.txt", "it wrote to its input `data/linked.txt`"),
                ("read \(root)/out/names.txt", "it read `out/names.txt`, which `names` makes: declare it as an input"),
                ("read \(root)/.dbuild/state.db", "it read `.dbuild/state.db`, which is dbuild's own"),
                ("read /etc/hostname", "it read `/etc/hostname`, outside the workspace: link it into the workspace"),
            ] {
                try workspace.write("names\n", to: "out/names.txt")
                let ended = try await act(line, in: workspace)
                #expect(ended.exit == 1, "\(line): \(ended.testDescription)")
                let said = try said(workspace, "act")
                #expect(said.count == 1 && said[0].hasPrefix(words), "\(line): \(said)")
            }
            #expect(try workspace.read("data/linked.txt") == "linked\n")
            #expect(!workspace.exists("out/other.txt"))
        }
    }

    @Test func whoDeclaresNamesReadsNoMember() async throws {
        try await withWorkspace(.sandbox) { workspace in
            try workspace.write("deep\n", to: "data/deep.txt")
            #expect(try await workspace.dbuild("--sandbox", "names").exit == 1)
            #expect(try said(workspace, "names") == ["it read `parts/0`, which `split` makes: declare it as an input"])
            #expect(try await workspace.dbuild("names").exit == 0)
        }
    }

    @Test func whatACommandReadsUndeclaredIsNamed() async throws {
        try await withWorkspace(.sandbox) { workspace in
            try workspace.write("cat \(workspace.root.path)/data/secret.csv > \"$2\"\n", to: "scripts/command.sh")
            #expect(try await workspace.dbuild("--sandbox", "command").exit == 1)
            #expect(
                try said(workspace, "command") == [
                    "it read `data/secret.csv`, which it does not declare: add an input: `.input(build.source(\"data/secret.csv\"))`"
                ])
            #expect(try await workspace.dbuild("command").exit == 0)
        }
    }

    @Test func aPythonScriptThatImportsWhatLiesBesideItIsToldHow() async throws {
        try await withWorkspace(.sandbox) { workspace in
            try workspace.write("value = 1\n", to: "scripts/beside.py")
            try workspace.write("import beside\n", to: "scripts/step.py")
            #expect(try await workspace.dbuild("--sandbox", "python").exit == 1)
            let said = try said(workspace, "python")
            #expect(said.contains { $0.contains("`Command.python(script:package:)`") }, "\(said)")
        }
    }

    @Test func aStayingProgramIsConfinedToo() async throws {
        try await withWorkspace(.sandbox) { workspace in
            try workspace.replace(
                "text = file.read()", by: "text = open(\"\(workspace.root.path)/data/secret.csv\").read()",
                in: "scripts/worker.py")
            #expect(try await workspace.dbuild("--sandbox", "worker").exit == 1)
            #expect(try said(workspace, "worker[n=0]").contains { $0.hasPrefix("it read `data/secret.csv`") })
        }
    }

    @Test func ofAProgramThatIsLinkedStaticallyItIsSaidThatNobodyHears() async throws {
        let compiler = ["/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        try await withWorkspace(.sandbox) { workspace in
            try workspace.write(
                """
                #include <stdio.h>
                int main(int count, char **words) {
                    FILE *from = fopen("/etc/hostname", "r"), *to = fopen(words[2], "w");
                    if (!to) return 4;
                    fputs("made\\n", to);
                    return from ? 0 : 3;
                }
                """, to: "static.c")
            try workspace.write("", to: "tools/none")
            guard let compiler,
                try runToEnd(
                    compiler, ["-static", "-o", workspace.place("tools/static").path, workspace.place("static.c").path]
                ).exitCode == 0
            else { return }  // no static C library here
            #expect(try await workspace.dbuild("static").exit == 0)
            #expect(try await workspace.dbuild("--sandbox", "--force", "static").exit == 1)
            let said = try said(workspace, "static")
            #expect(said.count == 1 && said[0].hasPrefix("the sandbox may have kept it from something"), "\(said)")
        }
    }

    @Test(arguments: ["0", "2", "-38"])
    func whatCannotBeHadStopsTheBuild(abi: String) async throws {
        guard hasTestHooks else { return }
        try await withWorkspace(.sandbox) { workspace in
            let environment = ["DBUILD_TEST_LANDLOCK_ABI": abi]
            let ended = try await workspace.dbuild("--sandbox", "command", environment: environment)
            #expect(ended.exit == 3)
            #expect(ended.errors.hasPrefix("error: --sandbox cannot be had: this kernel"))
            #expect(ended.errors.split(separator: "\n").count == 1)
            #expect(!workspace.exists("out") && workspace.runs.isEmpty)
            let doctor = try await workspace.dbuild("doctor", environment: environment)
            #expect(doctor.output.contains("--sandbox cannot be had"))
            #expect(try await workspace.dbuild("doctor").output.contains("--sandbox can be had: Landlock ABI"))
            // Who does not ask for it needs none.
            #expect(try await workspace.dbuild("command", environment: environment).exit == 0)
        }
    }
}

private let hasLandlock: Bool = { () -> Bool in (try? Sandbox.check()) != nil }()
