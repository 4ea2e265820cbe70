import Foundation
import TestSupport
import Testing

/// `dbuild lock` and `dbuild verify --locked`.
@Suite struct LockTests {
    private func lines(_ workspace: ExampleWorkspace) throws -> [String] {
        try workspace.read("dbuild.lock").split(separator: "\n").map(String.init)
    }

    private func line(_ end: String, _ workspace: ExampleWorkspace) throws -> String {
        try #require(try lines(workspace).first { $0.hasSuffix(end) }, "\(end)")
    }

    private func build(_ workspace: ExampleWorkspace, _ arguments: String...) async throws {
        let ended = try await workspace.start(arguments).ended()
        try #require(ended.exit == 0, "\(ended.testDescription)")
    }

    private func lock(_ workspace: ExampleWorkspace, _ arguments: String...) async throws {
        let ended = try await workspace.start(["lock"] + arguments).ended()
        try #require(ended.exit == 0, "\(ended.testDescription)")
    }

    /// A clone as CI has it: nothing but what is in git.
    private func withClone(
        of workspace: ExampleWorkspace, _ body: (ExampleWorkspace) async throws -> Void
    ) async throws {
        let files = FileManager.default
        let root = files.temporaryDirectory.resolvingSymlinksInPath().appending(
            path: "dbuild-clone-\(UUID().uuidString)")
        defer { try? files.removeItem(at: root) }
        try files.createDirectory(at: root.appending(path: ".dbuild/rules"), withIntermediateDirectories: true)
        for name in ["rules", "data", "scripts", "dbuild.lock"] {
            try files.copyItem(at: workspace.place(name), to: root.appending(path: name))
        }
        // Compiling takes seconds and is not what is tested; CI keeps them, too.
        for name in try files.contentsOfDirectory(atPath: workspace.place(".dbuild/rules").path) where name.count == 32
        {
            try files.copyItem(
                at: workspace.place(".dbuild/rules/\(name)"), to: root.appending(path: ".dbuild/rules/\(name)"))
        }
        try await body(ExampleWorkspace(root: root))
    }

    /// All that the workspace itself has, which a verification must leave as it is.
    private func state(_ workspace: ExampleWorkspace) throws -> [String: Data] {
        try workspace.files(below: "").filter {
            !$0.key.hasPrefix(".dbuild/verify-locked/") && $0.key != ".dbuild/lock"
        }
    }

    @Test func `a lock names what there is in lines that another tool can check`() async throws {
        try await withWorkspace(.locked) { workspace in
            try await build(workspace)
            try await lock(workspace)
            let text = try workspace.read("dbuild.lock")
            #expect(text.hasPrefix("dbuild.lock 1\n"))
            #expect(!text.contains(workspace.root.path))
            let rows = Data(try Data(contentsOf: workspace.place("data/rows.csv")))
            let (said, exit) = try runToEnd("/usr/bin/sha256sum", [workspace.place("data/rows.csv").path])
            try #require(exit == 0)
            let digest = String(decoding: said.prefix(64), as: UTF8.self)
            #expect(try line(" data/rows.csv", workspace) == "source file \(digest) \(rows.count) data/rows.csv")
            #expect(try line(" data/late.csv", workspace) == "source absent - 0 data/late.csv")
            #expect(try line(" data/extra.txt", workspace).hasPrefix("source file "))
            #expect(try lines(workspace).contains("parameter default factor 2"))
            // A thousand files and their directory.
            let family = try line(" scatter", workspace).split(separator: " ")
            #expect(family[..<2] == ["family", "outputs"] && family[3] == "1002")
            #expect(!text.contains("out/parts/"))
            let sections = try lines(workspace).dropFirst(2).map { String($0.prefix { $0 != " " }) }
            let outputs = try lines(workspace).filter { $0.hasPrefix("output ") }.map { $0.split(separator: " ")[4] }
            #expect(outputs == outputs.sorted())
            #expect(sections.contains("code") && sections.contains("tool") && sections.contains("platform"))
            // It depends on nothing but what it names.
            try await lock(workspace)
            #expect(try workspace.read("dbuild.lock") == text)
            #expect(try await workspace.dbuild("lock", "--check").exit == 0)
        }
    }

    @Test func `a second lock reads no file again`() async throws {
        try await withWorkspace(.locked) { workspace in
            try await build(workspace)
            try await lock(workspace)
            let text = try workspace.read("dbuild.lock")
            try workspace.remove("dbuild.lock")
            // Whoever opens it is seen.
            let trace = workspace.place("trace")
            let (_, exit) = try runToEnd(
                "/usr/bin/strace",
                [
                    "-f", "-e", "trace=open,openat", "-o", trace.path, try Built.program().path, "lock", "-C",
                    workspace.root.path,
                ])
            try #require(exit == 0)
            let opened = try workspace.read("trace").split(separator: "\n").filter {
                $0.contains("data/rows.csv") || $0.contains("\"out/") || $0.contains("/out/")
            }.filter { !$0.contains("O_DIRECTORY") }
            #expect(opened.isEmpty, "\(opened)")
            #expect(try workspace.read("dbuild.lock") == text)
        }
    }

    @Test func `a lock verifies in a clone that has nothing but what is in git, and leaves only compiled rules there`()
        async throws
    {
        try await withWorkspace(.locked) { workspace in
            try await build(workspace)
            try await lock(workspace)
            try await withClone(of: workspace) { clone in
                let ended = try await clone.dbuild("verify", "--locked", "-q")
                #expect(ended.exit == 0, "\(ended.testDescription)")
                try expectGolden("verify-locked", ended, in: clone)
                #expect(!clone.exists("out") && !clone.exists(".dbuild/state.db"))
                #expect(!clone.exists(".dbuild/verify-locked/scratch"))
                let json = try await clone.dbuild("verify", "--locked", "-q", "--json", "-j", "1")
                try expectSchema("verify-locked", json)
            }
            // Where it was made its own state is not touched, and nothing is built in it.
            let before = try state(workspace)
            let ended = try await workspace.dbuild("verify", "--locked", "-q")
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(try state(workspace) == before)
        }
    }

    @Test func `one changed cell of a source is the first that differs, and what follows from it is counted`()
        async throws
    {
        try await withWorkspace(.locked) { workspace in
            try await build(workspace)
            try await lock(workspace)
            try await withClone(of: workspace) { clone in
                try clone.replace("b,2", by: "b,7", in: "data/rows.csv")
                let ended = try await clone.dbuild("verify", "--locked", "-q")
                #expect(ended.exit == 5)
                try expectGolden("verify-locked-data", ended, in: clone)
                let again = try await clone.dbuild("verify", "--locked", "-q", "--json")
                let document = try JSONDecoder().decode(Document.self, from: Data(again.output.utf8))
                #expect(document.roots == ["data/rows.csv: data"])
                // The count of rows is the same, and what is made from it.
                #expect(document.differences.map(\.name) == ["data/rows.csv", "out/scaled.csv", "out/apart.csv"])
            }
        }
    }

    private struct Document: Decodable {
        struct Difference: Decodable {
            let name: String
            let cause: String?
            let action: String?
        }

        let differences: [Difference]
        let isSame: Bool
        var roots: [String] { differences.compactMap { entry in entry.cause.map { "\(entry.name): \($0)" } } }
    }

    private func verify(_ workspace: ExampleWorkspace, exit: Int32 = 5) async throws -> Document {
        let ended = try await workspace.dbuild("verify", "--locked", "-q", "--json")
        try #require(ended.exit == exit, "\(ended.testDescription)")
        return try JSONDecoder().decode(Document.self, from: Data(ended.output.utf8))
    }

    @Test func `a file that was read undeclared is part of the data`() async throws {
        try await withWorkspace(.locked) { workspace in
            try await build(workspace)
            try await lock(workspace)
            try workspace.write("another\n", to: "data/extra.txt")
            let document = try await verify(workspace)
            #expect(document.roots == ["data/extra.txt: data"])
            #expect(document.differences.map(\.name) == ["data/extra.txt", "out/followed.txt"])
            try workspace.write("extra\n", to: "data/extra.txt")
            try workspace.write("came\n", to: "data/late.csv")
            #expect(try await verify(workspace).roots == ["data/late.csv: data"])
        }
    }

    @Test func `a command that gives other bytes each time is not reproducible, and is named`() async throws {
        try await withWorkspace(.locked) { workspace in
            try workspace.write("od -An -N8 -tx8 /dev/urandom > \"$2\"\n", to: "scripts/stamp.sh")
            try await build(workspace)
            try await lock(workspace)
            try await withClone(of: workspace) { clone in
                let ended = try await clone.dbuild("verify", "--locked", "-q")
                #expect(ended.exit == 5)
                try expectGolden("verify-locked-random", ended, in: clone)
                // What it made lies there until the next time.
                #expect(clone.exists(".dbuild/verify-locked/scratch/out/stamp.txt"))
            }
            let document = try await verify(workspace)
            #expect(document.roots == ["out/stamp.txt: notReproducible"])
            #expect(document.differences.map(\.action) == ["stamp"])
        }
    }

    @Test func `a parameter that is another one here is the cause, and one that the lock was made with is set again`()
        async throws
    {
        try await withWorkspace(.locked) { workspace in
            try await build(workspace)
            try await lock(workspace)
            try workspace.write("{\"factor\": 3}", to: "params.json")
            let ended = try await workspace.dbuild("verify", "--locked", "-q")
            #expect(ended.exit == 5)
            try expectGolden("verify-locked-parameter", ended, in: workspace)
            // What the command set is in the lock, and needs no file.
            try await build(workspace, "--set", "factor=5")
            try await lock(workspace)
            #expect(try lines(workspace).contains("parameter set factor 5"))
            #expect(try await verify(workspace, exit: 0).isSame)
            // What a file said that is not in git, too.
            try await build(workspace)
            try await lock(workspace)
            #expect(try lines(workspace).contains("parameter file factor 3"))
            try await withClone(of: workspace) { clone in
                let document = try await verify(clone, exit: 0)
                #expect(document.isSame)
            }
        }
    }

    @Test func `other code that gives other bytes is the cause, and other rules are`() async throws {
        try await withWorkspace(.locked) { workspace in
            try await build(workspace)
            try await lock(workspace)
            try workspace.replace(
                "separator: \"\\n\").count)\\n\"", by: "separator: \"\\n\").count) lines\\n\"",
                in: "rules/Rulesfile.swift")
            try workspace.replace(
                "\"out/apart.csv\", factor: 1)", by: "\"out/apart.csv\", factor: 4)", in: "rules/Rulesfile.swift")
            let document = try await verify(workspace)
            #expect(Set(document.roots) == ["out/count.txt: code", "out/apart.csv: rules"])
            // The family is one line; its members follow from the count.
            #expect(document.differences.map(\.name).contains("scatter"))
        }
    }

    @Test func `with --full every member has a line, and is named`() async throws {
        try await withWorkspace(.locked) { workspace in
            try await build(workspace)
            try await lock(workspace, "--full")
            let text = try workspace.read("dbuild.lock")
            #expect(try line(" out/parts/1001.txt", workspace).hasPrefix("output file "))
            #expect(!text.contains("family"))
            // A file that is damaged with intent: one member's digest.
            let before = try line(" out/parts/7.txt", workspace)
            let digest = before.split(separator: " ")[2]
            try workspace.replace(
                before, by: before.replacing(digest, with: String(repeating: "a", count: 64)), in: "dbuild.lock")
            let document = try await verify(workspace)
            #expect(document.roots == ["out/parts/7.txt: notReproducible"])
            // The same as one line says the family, and how to have its members named.
            try await lock(workspace)
            let family = try line(" scatter", workspace)
            let merkle = family.split(separator: " ")[2]
            try workspace.replace(String(merkle), by: String(repeating: "b", count: 64), in: "dbuild.lock")
            let ended = try await workspace.dbuild("verify", "--locked", "-q")
            #expect(ended.exit == 5)
            try expectGolden("verify-locked-family", ended, in: workspace)
        }
    }

    @Test func `what is not current is not locked, and the first of it is named`() async throws {
        try await withWorkspace(.locked) { workspace in
            let ended = try await workspace.dbuild("lock")
            #expect(ended.exit == 1)
            #expect(!workspace.exists("dbuild.lock"))
            try await build(workspace)
            try await lock(workspace, "quick")
            #expect(try lines(workspace).contains("target quick"))
            let text = try workspace.read("dbuild.lock")
            #expect(!text.contains("out/apart.csv"))
            try workspace.replace("a,1", by: "a,4", in: "data/rows.csv")
            try expectGolden("lock-stale", try await workspace.dbuild("lock", "quick"), in: workspace)
            #expect(try workspace.read("dbuild.lock") == text)
            try await build(workspace)
            let check = try await workspace.dbuild("lock", "--check")
            #expect(check.exit == 1)
            #expect(check.output.contains("data/rows.csv"))
            #expect(try workspace.read("dbuild.lock") == text)
            // An edit by hand is not what would be made again.
            try await lock(workspace, "quick")
            try workspace.write("key,value\n", to: "out/scaled.csv")
            let edited = try await workspace.dbuild("lock", "quick")
            #expect(edited.exit == 1 && edited.errors.contains("`scale` is not current"), "\(edited.testDescription)")
        }
    }

    @Test func `a file with conflict markers or damage is refused with its line, and a lock replaces it unread`()
        async throws
    {
        try await withWorkspace(.locked) { workspace in
            try await build(workspace)
            try await lock(workspace)
            let text = try workspace.read("dbuild.lock")
            let parameter = try line("factor 2", workspace)
            try workspace.replace(
                parameter, by: "<<<<<<< ours\n\(parameter)\n=======\nparameter default factor 3\n>>>>>>> theirs",
                in: "dbuild.lock")
            try expectGolden(
                "verify-locked-conflict", try await workspace.dbuild("verify", "--locked"), in: workspace)
            #expect(try await workspace.dbuild("lock", "--check").exit == 2)
            try await lock(workspace)
            #expect(try workspace.read("dbuild.lock") == text)
            try workspace.write(text + "output file 12 3 ../elsewhere\n", to: "dbuild.lock")
            try expectGolden(
                "verify-locked-damage", try await workspace.dbuild("verify", "--locked"), in: workspace)
            try workspace.remove("dbuild.lock")
            let ended = try await workspace.dbuild("verify", "--locked")
            #expect(ended.exit == 64)
            #expect(ended.errors.contains("hint: dbuild lock"), "\(ended.testDescription)")
        }
    }

    @Test func `what cannot be made again is no difference but a failure`() async throws {
        try await withWorkspace(.locked) { workspace in
            try await build(workspace)
            try await lock(workspace)
            try await withClone(of: workspace) { clone in
                try clone.write("echo broken; exit 3\n", to: "scripts/stamp.sh")
                let ended = try await clone.dbuild("verify", "--locked", "-q")
                #expect(ended.exit == 1, "\(ended.testDescription)")
                #expect(ended.errors.contains("not compared"), "\(ended.testDescription)")
                #expect(clone.exists(".dbuild/verify-locked/scratch/.dbuild/logs/1/stamp.log"))
            }
        }
    }

    @Test func `a verification that was killed leaves nothing that the next one trips over`() async throws {
        try await withWorkspace(.locked) { workspace in
            try workspace.write("sleep 600.25173; cat \"$1\" > \"$2\"\n", to: "scripts/stamp.sh")
            try await build(workspace, "scale", "count")
            try await lock(workspace, "quick")
            // The lock is of something else than what hangs: its targets are replaced by hand.
            try workspace.replace("target quick", by: "target stamp", in: "dbuild.lock")
            let before = try state(workspace)
            let running = try workspace.start(["verify", "--locked", "-q"])
            #expect(try await eventually { !processes(withArgument: "600.25173").isEmpty })
            let left = processes(withArgument: "600.25173")
            running.send(9)
            _ = try await running.ended()
            #expect(workspace.exists(".dbuild/verify-locked/scratch"))
            #expect(try state(workspace) == before)
            try await lock(workspace, "quick")
            #expect(try await verify(workspace, exit: 0).isSame)
            #expect(!workspace.exists(".dbuild/verify-locked/scratch"))
            #expect(left.allSatisfy { !isAlive($0) })
        }
    }
}
