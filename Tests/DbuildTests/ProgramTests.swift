import Foundation
import Testing

/// Actions that are commands: what they see, what they may do, and how they fail.
@Suite struct ProgramTests {
    /// In the workspace when a test starts: all that the actions read.
    private static func prepare(_ workspace: ExampleWorkspace, script: String) throws {
        let inputs = [
            "data/with space.txt", "data/it's \"quoted\".txt", "data/two\nlines.txt", "-n", "data/$HOME;`ls`.txt",
        ]
        for (number, path) in inputs.enumerated() { try workspace.write("content \(number)\n", to: path) }
        try workspace.write(script, to: "scripts/step.sh")
    }

    /// Runs a script as the action `step`: `$1` is its input, `$2` its output.
    private func run(
        _ script: String, target: String = "step", environment: [String: String] = [:],
        _ body: (ExampleWorkspace, EndedCommand, RunRecord) async throws -> Void
    ) async throws {
        try await withWorkspace(.programs) { workspace in
            try Self.prepare(workspace, script: script)
            let ended = try await workspace.start([target], environment: environment).ended()
            let record = try #require(try workspace.lastRun(), "\(ended.testDescription)")
            try await body(workspace, ended, record)
        }
    }

    @Test func aCommandSeesExactlyTheAllowedEnvironment() async throws {
        let environment = ["DBUILD_TEST_TOKEN": "to ken", "DBUILD_TEST_OTHER": "secret", "TZ": "Asia/Tokyo"]
        try await run("tr '\\0' '\\n' < /proc/$$/environ | sort > \"$2\"\n", environment: environment) {
            workspace, ended, _ throws in
            #expect(ended.exit == 0, "\(ended.testDescription)")
            let variables = try workspace.read("out/step.txt").split(separator: "\n").map(String.init)
            let places = variables.filter { $0.hasPrefix("HOME=") || $0.hasPrefix("TMPDIR=") }
            let markers = variables.filter { $0.hasPrefix("DBUILD_RUN=") }
            #expect(places.count == 2)
            #expect(markers.count == 1)
            #expect(places.allSatisfy { $0.contains(workspace.root.path + "/.dbuild/") })
            #expect(
                variables.filter { !places.contains($0) && !markers.contains($0) } == [
                    "DBUILD_TEST_TOKEN=to ken", "LC_ALL=C.UTF-8", "MKL_NUM_THREADS=2", "NUMEXPR_NUM_THREADS=2",
                    "OMP_NUM_THREADS=2", "OPENBLAS_NUM_THREADS=2", "PATH=/usr/local/bin:/usr/bin:/bin", "TZ=UTC",
                    "VECLIB_MAXIMUM_THREADS=2",
                ])
        }
    }

    @Test func aDeclaredVariableIsPartOfTheKey() async throws {
        try await run("echo \"$DBUILD_TEST_TOKEN\" > \"$2\"\n", environment: ["DBUILD_TEST_TOKEN": "one"]) {
            workspace, _, _ in
            #expect(try workspace.read("out/step.txt") == "one\n")
            _ = try await workspace.dbuild("step", environment: ["DBUILD_TEST_TOKEN": "one", "UNDECLARED": "2"])
            #expect(try workspace.lastRun()?.finished == [])
            _ = try await workspace.dbuild("step", environment: ["DBUILD_TEST_TOKEN": "two"])
            #expect(try workspace.lastRun()?.finished == ["step"])
            #expect(try workspace.read("out/step.txt") == "two\n")
        }
    }

    @Test func standardInputIsEmptyAndTheDirectoryHoldsTheInputsAlone() async throws {
        let script = """
            { wc -c; pwd -P; find . -mindepth 1 -not -path './.dbuild-scratch*' | sort; } > "$2"
            echo scratch > "$HOME/home" && echo scratch > "$(mktemp)" && echo "homes work" >> "$2"
            """
        try await run(script) { workspace, ended, _ throws in
            #expect(ended.exit == 0, "\(ended.testDescription)")
            var lines = try workspace.read("out/step.txt").split(separator: "\n").map(String.init)
            #expect(lines.removeFirst() == "0")
            #expect(lines.removeFirst().hasPrefix(workspace.root.path + "/.dbuild/staging/"))
            #expect(
                lines == [
                    "./data", "./data/with space.txt", "./out", "./out/step.txt", "./scripts", "./scripts/step.sh",
                    "homes work",
                ])
            #expect(workspace.names(below: ".dbuild/staging").isEmpty)
        }
    }

    @Test func aFileThatNobodyDeclaredIsNotPublished() async throws {
        try await run("echo made > \"$2\"; echo more > out/undeclared.txt; echo more > undeclared.txt\n") {
            workspace, ended, _ throws in
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(workspace.names(below: "out") == ["step.txt"])
            #expect(!workspace.exists("undeclared.txt"))
        }
    }

    @Test func `a source that is put back under a run is not taken for what it was when the run began`() async throws {
        try await withWorkspace(.programs) { workspace in
            // Somebody edits it, a build begins, makes one of two things, and somebody undoes the edit.
            try Self.prepare(
                workspace,
                script: """
                    if [ -e "$DBUILD_TEST_TOKEN/undo" ]; then
                        rm "$DBUILD_TEST_TOKEN/undo"
                        until cmp -s "$DBUILD_TEST_TOKEN/out/other.txt" "$1"; do sleep 0.01; done
                        echo first > "$DBUILD_TEST_TOKEN/data/with space.txt"
                    fi
                    cat "$1" > "$2"

                    """)
            func build(_ content: String, makes made: String) async throws {
                try workspace.write(content + "\n", to: "data/with space.txt")
                let environment = ["DBUILD_TEST_TOKEN": workspace.root.path]
                let ended = try await workspace.start(["-j", "3", "step", "other"], environment: environment)
                    .ended()
                #expect(ended.exit == 0, "\(ended.testDescription)")
                #expect(try workspace.read("out/step.txt") == made + "\n", "\(ended.testDescription)")
            }
            try await build("first", makes: "first")
            try workspace.write("", to: "undo")
            try await build("edited", makes: "first")
            #expect(!workspace.exists("undo"))
            // Nothing may have been recorded of the content that was gone when it was read.
            try await build("edited", makes: "edited")
        }
    }

    @Test(arguments: [
        ("echo more > data/parts/more.txt", "data/parts/more.txt"),
        ("mkdir data/parts/deep; echo more > data/parts/deep/more.txt", "data/parts/deep"),
    ])
    func `what is written beside very many inputs is named, whether or not their links are shared`(
        line: String, left: String
    ) async throws {
        try await withWorkspace(.programs) { workspace in
            let script = "ls data/parts > \"$1\"\n"
            try Self.prepare(workspace, script: script + line + "\n")
            for number in 1000 ..< 2100 { try workspace.write("part\n", to: "data/parts/\(number)") }
            let warning =
                "1 action of `gather` wrote what it does not declare, as `\(left)`: it is not kept"
            let first = try await workspace.dbuild("gather")
            #expect(first.exit == 0, "\(first.testDescription)")
            // Its links were shared at first, and then they were not.
            #expect(first.errors.contains("`data/parts` changed while it was read"), "\(first.testDescription)")
            var record = try #require(try workspace.lastRun())
            #expect(record.warnings == [warning])
            let inputs = (1000 ..< 2100).map { "\($0)\n" }.joined()
            #expect(try workspace.read("out/gather.txt") == inputs)
            // From the first on they are not.
            try workspace.write("# again\n" + script + line + "\n", to: "scripts/step.sh")
            let second = try await workspace.dbuild("gather")
            #expect(second.exit == 0, "\(second.testDescription)")
            #expect(!second.errors.contains("changed while it was read"), "\(second.testDescription)")
            record = try #require(try workspace.lastRun())
            #expect(record.finished == ["gather"])
            #expect(record.warnings == [warning])
            #expect(workspace.names(below: "data/parts").count == 1100)
            // Of one that leaves nothing there nothing is said.
            try workspace.write(script, to: "scripts/step.sh")
            let third = try await workspace.dbuild("gather")
            #expect(third.exit == 0, "\(third.testDescription)")
            record = try #require(try workspace.lastRun())
            #expect(record.finished == ["gather"])
            #expect(record.warnings == [])
            #expect(try workspace.read("out/gather.txt") == inputs)
        }
    }

    @Test func namesOfAllKindsComeThroughAsSingleArguments() async throws {
        // Five inputs, then three outputs.
        let script = """
            for place in 6 7 8; do
                eval "output=\\${$place}"
                for name in "$1" "$2" "$3" "$4" "$5"; do
                    [ -f "$name" ] || exit 9
                    printf '%s: ' "$name" | tr '\\n' '/'
                    cat -- "$name"
                done > "$output"
            done
            """
        try await run(script, target: "odd") { workspace, ended, _ throws in
            #expect(ended.exit == 0, "\(ended.testDescription)")
            let expected = """
                data/with space.txt: content 0
                data/it's "quoted".txt: content 1
                data/two/lines.txt: content 2
                ./-n: content 3
                data/$HOME;`ls`.txt: content 4

                """
            for output in ["-o", "out/a b/it's \"$PWD\".txt", "out/new\nline.txt"] {
                #expect(try workspace.read(output) == expected)
            }
            let again = try await workspace.dbuild("odd")
            #expect(again.exit == 0)
            #expect(try workspace.lastRun()?.finished == [])
            try workspace.remove("out/new\nline.txt")
            let explained = try await workspace.dbuild("--explain", "odd")
            // One line stays one line.
            #expect(
                explained.output.contains("are missing, as `out/new\\x0aline.txt`:"), "\(explained.testDescription)")
        }
    }

    @Test func aTreeOfAProgramIsPublishedWhole() async throws {
        try await run("mkdir -p \"$1/deep/empty\"; echo a > \"$1/a\"; echo b > \"$1/deep/b\"\n", target: "tree") {
            workspace, ended, _ throws in
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(workspace.names(below: "out/tree") == ["a", "deep/", "deep/b", "deep/empty/"])
            try workspace.write("mkdir -p \"$1\"; echo a > \"$1/a\"; echo c > \"$1/deep\"\n", to: "scripts/step.sh")
            let again = try await workspace.dbuild("tree")
            #expect(again.exit == 0, "\(again.testDescription)")
            #expect(workspace.names(below: "out/tree") == ["a", "deep"])
            try workspace.write("mkdir -p \"$1/a/b\"; echo c > \"$1/a/b/c\"\n", to: "scripts/step.sh")
            let third = try await workspace.dbuild("tree")
            #expect(third.exit == 0, "\(third.testDescription)")
            #expect(workspace.names(below: "out/tree") == ["a/", "a/b/", "a/b/c"])
            #expect(!workspace.exists(".dbuild/displaced"))
        }
    }

    @Test(arguments: [
        ("exit", "echo last words >&2; exit 3", "step"),
        ("signal", "kill -SEGV $$", "step"),
        ("output-missing", "true", "step"),
        ("second-output-missing", "echo 1 > \"$1\"", "twice"),
        ("directory-for-file", "mkdir \"$2\"", "step"),
        ("file-for-directory", "echo 1 > \"$1\"", "tree"),
        ("link-for-file", "ln -s /etc/passwd \"$2\"", "step"),
        ("program-missing", "true", "nowhere"),
    ])
    func aCommandThatDoesNotDoWhatItDeclaresFails(name: String, script: String, target: String) async throws {
        try await run(script, target: target) { workspace, ended, record in
            try expectGolden("command-\(name)", ended, in: workspace)
            #expect(ended.exit == 1)
            #expect(record.failed == [target])
            #expect(workspace.names(below: "out").isEmpty)
            #expect(workspace.names(below: ".dbuild/staging").isEmpty)
            #expect(workspace.exists("data/with space.txt"))
        }
    }

    @Test func inputsCannotBeChangedThroughTheirLinksUnseen() async throws {
        try await run("echo made > \"$2\"; rm \"$1\"; echo mine > \"$1\"\n") { workspace, ended, _ throws in
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(try workspace.read("data/with space.txt") == "content 0\n")
        }
    }

    @Test func otherActionsGoOnBesideOneThatFails() async throws {
        try await withWorkspace(.programs) { workspace in
            try Self.prepare(workspace, script: "exit 1")
            let ended = try await workspace.dbuild("step", "other")
            #expect(ended.exit == 1)
            #expect(try workspace.lastRun()?.finished == ["other"])
            #expect(try workspace.read("out/other.txt") == "content 0\n")
        }
    }

    @Test func aScriptIsAnInput() async throws {
        try await run("echo one > \"$2\"\n") { workspace, _, _ throws in
            try workspace.write("echo two > \"$2\"\n", to: "scripts/step.sh")
            let explained = try await workspace.dbuild("--explain", "step")
            #expect(explained.output.contains("`scripts/step.sh` changed: 16 bytes as before: 1 action"))
            _ = try await workspace.dbuild("step")
            #expect(try workspace.read("out/step.txt") == "two\n")
        }
    }
}
