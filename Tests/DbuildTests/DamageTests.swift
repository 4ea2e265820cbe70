import Foundation
import Testing

/// What dbuild keeps for itself, changed by somebody; and words that are no text.
@Suite struct DamageTests {
    @Test func whatIsDamagedBesideTheRulesIsNotBelievedAndMadeAnew() async throws {
        try await withWorkspace(.training) { workspace in
            try Self.flip("/facts", in: workspace)
            let ended = try await workspace.dbuild()
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(ended.errors.contains("rules    compiling"))

            try workspace.remove(".dbuild/state.db")
            try Self.flip("/atoms", in: workspace)
            // What is recorded of the code is read from there.
            let seen = try await workspace.dbuild("--explain")
            #expect(seen.exit == 0, "\(seen.testDescription)")
            let warned = try await workspace.dbuild()
            #expect(warned.exit == 0, "\(warned.testDescription)")
            // A view beside others has taken nothing away.
            #expect(!warned.errors.contains("rules    compiling"), "\(warned.testDescription)")
            #expect(
                warned.errors.contains("/atoms` is damaged; the next build compiles the rules anew\n"),
                "\(warned.testDescription)")
            let again = try await workspace.dbuild()
            #expect(again.exit == 0, "\(again.testDescription)")
            #expect(again.errors.contains("rules    compiling"))
        }
    }

    /// Changes a bit in the middle of a file beside the compiled rules, and beside older ones.
    private static func flip(_ name: String, in workspace: ExampleWorkspace) throws {
        let found = workspace.names(below: ".dbuild/rules").filter { $0.hasSuffix(name) }
        #expect(!found.isEmpty)
        for found in found {
            let place = workspace.place(".dbuild/rules/\(found)")
            var bytes = try Data(contentsOf: place)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: place)
        }
    }

    @Test func aDirectoryInTheSnapshotsPlaceGivesWay() async throws {
        try await withWorkspace(.training) { workspace in
            #expect(try await workspace.dbuild().exit == 0)
            try workspace.remove(".dbuild/snapshot")
            try workspace.remove(".dbuild/settled")
            try workspace.write("", to: ".dbuild/snapshot/somebody")
            let ended = try await workspace.dbuild()
            #expect(ended.exit == 0 && !ended.errors.contains("warning"), "\(ended.testDescription)")
            #expect(ended.errors.contains(" 0 built"))
        }
    }

    @Test func aDirectoryInTheLocksPlaceIsNamedAndWhatToDo() async throws {
        try await withWorkspace(.training) { workspace in
            try workspace.write("", to: ".dbuild/lock/somebody")
            let ended = try await workspace.dbuild()
            #expect(ended.exit == 3, "\(ended.testDescription)")
            #expect(ended.errors.contains("/.dbuild/lock`: Is a directory\nhint: dbuild keeps a file there: move"))
        }
    }

    @Test func aVariableThatIsNoTextIsRefusedWhereAnyRuleDeclaresItAndOutsideTheKeyFailsItsAction() async throws {
        try await withWorkspace(.programs) { workspace in
            let said = try await Self.run(in: workspace, variable: "DBUILD_TEST_TOKEN")
            #expect(said.hasPrefix("3\nerror: the environment variable `DBUILD_TEST_TOKEN` is not UTF-8"), "\(said)")
            let outside = try await Self.run(in: workspace, variable: "DBUILD_TEST_OUTSIDE")
            #expect(
                outside.contains(
                    "s: the environment variable `DBUILD_TEST_OUTSIDE` is not UTF-8, and actions are given text\n"))
            #expect(outside.hasPrefix("1\n") && outside.contains("\ndone "), "\(outside)")
            let other = try await Self.run(in: workspace, variable: "DBUILD_TEST_OTHER")
            #expect(other.contains("\ndone "), "\(other)")
        }
    }

    @Test func anArgumentThatIsNoTextIsRefused() async throws {
        try await withWorkspace(.training) { workspace in
            let said = try await Self.run(in: workspace, argument: "out/")
            #expect(said.hasPrefix(#"64\#nerror: the argument `out/\xff` is not UTF-8"#), "\(said)")
        }
    }

    /// Runs dbuild where a variable, or a word behind this one, ends with a byte that no text has.
    private static func run(
        in workspace: ExampleWorkspace, variable: String = "", argument: String = ""
    ) async throws -> String {
        try await python(
            """
            import os, subprocess, sys
            program, variable, argument = map(os.fsencode, sys.argv[1:])
            words = [argument + b"\\xff"] if argument else []
            environment = {**os.environb, **({variable: b"\\xff"} if variable else {})}
            ended = subprocess.run([program, "-q", *words], env=environment, capture_output=True)
            print(ended.returncode, ended.stderr.decode(), sep="\\n")
            """, [Built.program().path, variable, argument], in: workspace.root)
    }
}
