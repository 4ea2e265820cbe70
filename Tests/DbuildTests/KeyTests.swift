import Foundation
import Testing

/// What is part of a command's key beside its files and arguments.
@Suite struct KeyTests {
    private static let one = ["DBUILD_TEST_TOKEN": "correct horse 1"]
    private static let two = ["DBUILD_TEST_TOKEN": "battery staple 22"]

    // MARK: Secrets

    @Test func aChangedSecretMakesItsCommandRunAgainAndIsNamedWithoutItsValue() async throws {
        try await withWorkspace(.keys) { workspace in
            _ = try await workspace.dbuild("secret", environment: Self.one)
            #expect(try workspace.read("out/secret.txt").trimmingCharacters(in: .whitespacesAndNewlines) == "15")
            _ = try await workspace.dbuild("secret", environment: Self.one)
            #expect(try workspace.lastRun()?.finished == [])
            let explained = try await workspace.dbuild("--explain", "--all", "secret", environment: Self.two)
            #expect(explained.output.contains("environment variable `DBUILD_TEST_TOKEN` changed"))
            #expect(!explained.output.contains("staple"))
            _ = try await workspace.dbuild("secret", environment: Self.two)
            let record = try #require(try workspace.lastRun())
            #expect(record.finished == ["secret"])
            #expect(record.reasons("secret") == ["environment variable `DBUILD_TEST_TOKEN` changed"])
            // The first one is in the store under the key that it had.
            _ = try await workspace.dbuild("secret", environment: Self.one)
            #expect(try workspace.lastRun()?.restored == ["secret"])
        }
    }

    @Test func nothingOfASecretIsKeptButACodeUnderTheWorkspacesKey() async throws {
        try await withWorkspace(.keys) { workspace in
            _ = try await workspace.dbuild("secret", environment: Self.one)
            _ = try await workspace.dbuild("secret", environment: Self.two)
            let kept = try workspace.files(below: ".dbuild").filter { !$0.key.hasPrefix("rules/") }
            #expect(kept.keys.contains("secret") && kept.count > 3)
            for (path, bytes) in kept {
                for text in ["correct horse", "battery staple"] {
                    #expect(bytes.range(of: Data(text.utf8)) == nil, "\(text) in \(path)")
                }
            }
            let key = try #require(kept["secret"])
            #expect(key.count == 32)
            let attributes = try FileManager.default.attributesOfItem(
                atPath: workspace.place(".dbuild/secret").path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            for (path, bytes) in kept where path != "secret" { #expect(bytes.range(of: key) == nil, "\(path)") }
            // It is made once.
            _ = try await workspace.dbuild("secret", environment: Self.two)
            #expect(try Data(contentsOf: workspace.place(".dbuild/secret")) == key)
        }
    }

    @Test func aViewMakesNoKeyAndADamagedOneIsNamed() async throws {
        try await withWorkspace(.keys) { workspace in
            let explained = try await workspace.dbuild("--explain", "secret", environment: Self.one)
            #expect(explained.exit == 0, "\(explained.testDescription)")
            #expect(!workspace.exists(".dbuild/secret"))
            _ = try await workspace.dbuild("secret", environment: Self.one)
            try workspace.write("short", to: ".dbuild/secret")
            let damaged = try await workspace.dbuild("secret", environment: Self.one)
            #expect(damaged.exit == 3)
            #expect(damaged.errors.contains("holds no key of 32 bytes"))
            try workspace.remove(".dbuild/secret")
            _ = try await workspace.dbuild("secret", environment: Self.one)
            #expect(try workspace.lastRun()?.finished == ["secret"])
        }
    }

    // MARK: Probes

    @Test func aProbeRunsOnceInABuildAndWhatItPrintsIsPartOfTheKey() async throws {
        try await withWorkspace(.keys) { workspace in
            _ = try await workspace.dbuild("probed", "twin", "plain")
            #expect(try workspace.takeWitnesses() == ["probe"])
            _ = try await workspace.dbuild("probed", "twin", "plain")
            #expect(try workspace.lastRun()?.finished == [])
            #expect(try workspace.takeWitnesses() == ["probe"])
            // Who has no probe waits for none.
            _ = try await workspace.dbuild("plain")
            #expect(try workspace.takeWitnesses() == [])
            try workspace.write("2.0\n", to: "probes/version")
            _ = try await workspace.dbuild("probed", "twin", "plain")
            let record = try #require(try workspace.lastRun())
            #expect(record.finished == ["probed", "twin"])
            #expect(record.reasons("probed") == ["what `sh probes/version.sh --all` prints changed"])
        }
    }

    @Test func aViewGoesByWhatAProbePrintedTheLastTime() async throws {
        try await withWorkspace(.keys) { workspace in
            let before = try await workspace.dbuild("--explain", "probed")
            #expect(before.errors.contains("probe `sh probes/version.sh --all` has not run yet: a build runs it"))
            _ = try await workspace.dbuild("probed")
            _ = try workspace.takeWitnesses()
            try workspace.write("2.0\n", to: "probes/version")
            let after = try await workspace.dbuild("--check", "probed")
            #expect(after.exit == 0, "\(after.testDescription)")
            #expect(!after.errors.contains("probe"))
            #expect(try workspace.takeWitnesses() == [])
        }
    }

    @Test func aProbeThatFailsBlocksItsCommandsAlone() async throws {
        try await withWorkspace(.keys) { workspace in
            try workspace.write("", to: "probes/fails")
            let failed = try await workspace.dbuild("probed", "plain")
            #expect(failed.exit == 1)
            #expect(
                failed.errors.contains("its probe `sh probes/version.sh --all` failed: exit 7, no packages here"),
                "\(failed.testDescription)")
            #expect(try workspace.lastRun()?.finished == ["plain"])
            #expect(workspace.names(below: ".dbuild/staging").isEmpty)
            try workspace.remove("probes/fails")
            #expect(try await workspace.dbuild("probed").exit == 0)
        }
    }

    @Test func aSourceIsKnownByWhatItsProbePrints() async throws {
        try await withWorkspace(.keys) { workspace in
            let first = try await workspace.dbuild("orders")
            #expect(first.exit == 0, "\(first.testDescription)")
            _ = try await workspace.dbuild("orders")
            #expect(try workspace.lastRun()?.finished == [])
            try workspace.write("etag-2\n", to: "probes/orders")
            _ = try await workspace.dbuild("orders")
            let record = try #require(try workspace.lastRun())
            #expect(record.finished == ["orders"])
            #expect(record.reasons("orders").contains { $0.contains("`warehouse/orders` changed") })
            try workspace.remove("probes/orders")
            let failed = try await workspace.dbuild("orders")
            #expect(failed.exit == 1)
            #expect(
                failed.errors.contains("its probe `cat probes/orders` failed: exit 1, "), "\(failed.testDescription)")
            #expect(workspace.exists("out/orders.txt"))
        }
    }

    @Test func aSignalEndsAProbeThatHangs() async throws {
        try await withWorkspace(.keys) { workspace in
            try workspace.write("echo probe >> witness; exec sleep 600\n", to: "probes/version.sh")
            let running = try workspace.start(["probed"])
            #expect(try await eventually { workspace.exists("witness") })
            running.send(15)
            let ended = try await running.ended()
            #expect(ended.exit == 143, "\(ended.testDescription)")
        }
    }

    // MARK: Packages

    @Test func filesOfAPackageAreInputsWhateverTheyAreCalled() async throws {
        try await withWorkspace(.keys) { workspace in
            _ = try await workspace.dbuild("packaged")
            #expect(
                try workspace.read("out/packaged.txt")
                    == "package\npackage/a.py\npackage/deep\npackage/deep/b.py\na = 1\nb = 1\n")
            func reasons(_ edit: (ExampleWorkspace) throws -> Void) async throws -> [String] {
                try edit(workspace)
                let check = try await workspace.dbuild("--check", "packaged")
                _ = try await workspace.dbuild("packaged")
                let record = try #require(try workspace.lastRun())
                let isBuilt = record.finished + record.restored == ["packaged"]
                #expect(check.exit == (isBuilt ? 1 : 0), "\(check.testDescription)")
                return isBuilt ? record.reasons("packaged") : []
            }
            #expect(try await reasons { _ in } == [])
            #expect(try await reasons { try $0.write("more\n", to: "package/notes.txt") } == [])
            #expect(try await reasons { try $0.write("c = 2\n", to: "package/.hidden/c.py") } == [])
            let edited = try await reasons { try $0.write("a = 22\n", to: "package/a.py") }
            #expect(edited.count == 1 && edited[0].hasPrefix("input `package/a.py` changed"))
            let added = try await reasons { try $0.write("d = 1\n", to: "package/deep/d.py") }
            #expect(added == ["input `package/deep/d.py` added"])
            #expect(try workspace.read("out/packaged.txt").contains("d = 1"))
            let removed = try await reasons { try $0.remove("package/deep/b.py") }
            #expect(removed == ["input `package/deep/b.py` removed"])
        }
    }

    @Test func aPackageWithoutFilesIsAMistakeInTheRules() async throws {
        try await withWorkspace(.keys) { workspace in
            for path in ["package/a.py", "package/deep/b.py"] { try workspace.remove(path) }
            let ended = try await workspace.dbuild("plain")
            #expect(ended.exit == 2)
            #expect(ended.errors.contains("there are no Python files in `package` of the workspace"))
            #expect(ended.errors.contains("Rulesfile.swift:19"), "\(ended.testDescription)")
        }
    }
}
