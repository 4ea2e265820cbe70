import Foundation
import Hashing
import Testing

/// Rules that change while they are compiled, and binaries that are found again.
@Suite struct CompilationTests {
    /// A compiler that writes to the rules first, and then is the real one.
    private func environment(_ workspace: ExampleWorkspace, writing script: String) throws -> [String: String] {
        try workspace.compiler(doing: "[ \"$1\" = --version ] || { \(script); }")
    }

    @Test func rulesThatChangeUnderTheCompilerAreCompiledAgain() async throws {
        try await withWorkspace(.wide, isCompiled: false) { workspace in
            let environment = try environment(
                workspace,
                writing: "[ -e edited ] || { sed -i 's/left of/LEFT of/' rules/Rulesfile.swift; touch edited; exit 0; }"
            )
            let ended = try await workspace.start(["pair"], environment: environment).ended()
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(try workspace.read("out/left.txt") == "LEFT of seed\n")
            let places = try FileManager.default.contentsOfDirectory(atPath: workspace.place(".dbuild/rules").path)
            #expect(places.filter { $0.count == 32 }.count == 1)
        }
    }

    @Test func rulesThatKeepChangingAreGivenUp() async throws {
        try await withWorkspace(.wide, isCompiled: false) { workspace in
            let environment = try environment(workspace, writing: "echo '// more' >> rules/Rulesfile.swift; exit 0")
            let ended = try await workspace.start(["pair"], environment: environment).ended()
            #expect(ended.exit == 6, "\(ended.testDescription)")
            #expect(ended.errors.contains("keep changing while they are compiled"))
            #expect(!workspace.exists("out"))
        }
    }

    @Test func whoWaitsForAnotherCompilationSaysSoAndNoLongerThanItMay() async throws {
        try await withWorkspace(.wide, isCompiled: false) { workspace in
            let environment = try environment(
                workspace, writing: "touch begun; while [ ! -e go ]; do sleep 0.05; done")
            let first = try workspace.start(["-n"], environment: environment)
            #expect(try await eventually { workspace.exists("begun") })
            let holder = "another dbuild compiles the rules (process \(first.pid) on "
            for arguments in [["--no-wait"], ["--wait", "1s"], ["-n", "--no-wait"], ["lock", "--no-wait"]] {
                let refused = try await workspace.start(arguments).ended()
                #expect(refused.exit == 4, "\(refused.testDescription)")
                #expect(refused.errors.contains("error: " + holder), "\(refused.testDescription)")
                #expect(refused.errors.contains("waiting  " + holder) == arguments.contains("1s"))
            }
            #expect(!workspace.exists("out"))
            // What shows or builds what the rules say has no other way.
            let others = try [["status"], ["pair"], ["editor"]].map { try workspace.start($0) }
            for other in others {
                #expect(try await eventually { try other.errorsSoFar().contains("waiting  " + holder) })
            }
            // The compiler goes on without its dbuild, and nobody else may compile.
            first.send(SIGKILL)
            #expect(try await eventually { !isAlive(first.pid) })
            let orphaned = try await workspace.dbuild("--no-wait")
            #expect(orphaned.exit == 4, "\(orphaned.testDescription)")
            #expect(orphaned.errors.contains("; it has ended, and what it started has not)"))
            try workspace.write("", to: "go")
            _ = try await first.ended()
            for other in others {
                let ended = try await other.ended()
                #expect(ended.exit == 0, "\(ended.testDescription)")
            }
            #expect(workspace.exists("out/left.txt"))
        }
    }

    @Test(arguments: [
        "module compiled with Swift 6.2 cannot be imported by the Swift 6.3.1 compiler: /usr/lib/dbuild/Rules.swiftmodule",
        "compiled module was created by a newer version of the compiler: /usr/lib/dbuild/Rules.swiftmodule",
    ])
    func aCompilerThatIsNotTheOneOfDbuildIsNamedAsTheCause(said: String) async throws {
        try await withWorkspace(.wide, isCompiled: false) { workspace in
            let environment = try environment(workspace, writing: "echo 'error: \(said)' >&2; exit 1")
            let ended = try await workspace.start(["pair"], environment: environment).ended()
            #expect(ended.exit == 3, "\(ended.testDescription)")
            #expect(ended.errors.contains("error: dbuild was built with another Swift"))
            #expect(ended.errors.contains(said))
            #expect(ended.errors.contains("hint: build dbuild with this one and install it again"))
        }
    }

    @Test func aLiteralThatIsNoDayIsNamedByRulesThatAreCompiledWithOptimisation() async throws {
        try await withWorkspace(.policies) { workspace in
            try workspace.replace(
                #"var asOf: Day = "2013-11-30""#, by: #"var asOf: Day = "2013-11-31""#, in: "rules/Rulesfile.swift")
            let ended = try await workspace.dbuild("-n")
            #expect(ended.exit == 2)
            #expect(ended.errors.contains("not a day: 2013-11-31"), "\(ended.testDescription)")
        }
    }

    @Test func rulesOfWhichNothingIsMainSayWhatIsToBeWritten() async throws {
        try await withWorkspace(.policies) { workspace in
            try workspace.replace("@main ", by: "", in: "rules/Rulesfile.swift")
            let ended = try await workspace.dbuild("-n")
            #expect(ended.exit == 2)
            #expect(ended.errors.contains("error: the rules have no beginning"), "\(ended.testDescription)")
            #expect(ended.errors.contains("hint: write `@main` before"))
            #expect(!ended.errors.contains("clang"))
        }
    }

    @Test func aCompilerThatDoesNotEvenSayItsVersionIsHeard() async throws {
        try await withWorkspace(.wide, isCompiled: false) { workspace in
            let environment = try workspace.compiler(
                doing: "[ \"$1\" != --version ] || { echo 'error: no room for what I write'; exit 1; }")
            let ended = try await workspace.start(["pair"], environment: environment).ended()
            #expect(ended.errors.contains("--version` ended with exit 1\n  error: no room for what I write\n"))
            #expect(ended.exit == 2, "\(ended.testDescription)")
        }
    }

    @Test func aNullBuildStartsNothingUntilALibraryMayBeAnother() async throws {
        try await withWorkspace(.wide) { workspace in
            #expect(try await workspace.dbuild("pair").exit == 0)
            let names = try FileManager.default.contentsOfDirectory(atPath: workspace.place(".dbuild/rules").path)
            // What was compiled with an earlier dbuild may lie beside it.
            let places = names.filter { $0.count == 32 }.map { ".dbuild/rules/\($0)" }
            for place in places {
                // The example's binary, put aside for a script that says when it is started.
                let binary = workspace.place(place + "/rules").path
                try FileManager.default.moveItem(atPath: binary, toPath: binary + ".real")
                try workspace.write(
                    "#!/bin/sh\necho \"$1\" >> started\nexec '\(binary).real' \"$@\"\n", to: place + "/rules")
                try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: binary)
            }
            #expect(try await workspace.dbuild("pair").exit == 0)
            #expect(!workspace.exists("started"))

            // Its end is the stamp of the dynamic linker's cache, as that was when the list was taken; it begins with the
            // digest of the rest.
            for place in places {
                var facts = Array(try Data(contentsOf: workspace.place(place + "/facts")).dropFirst(16))
                facts[facts.count - 1] ^= 1
                let digest = XXH3.digest(facts)
                let words = [digest.high, digest.low].flatMap { word in
                    (0 ..< 8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
                }
                try Data(words + facts).write(to: workspace.place(place + "/facts"))
            }
            for _ in 0 ..< 2 {
                #expect(try await workspace.dbuild("pair").exit == 0)
                #expect(try workspace.read("started") == "--libraries\n")
            }
        }
    }
}
