import Foundation
import Glibc
import Testing

/// Builds that find nothing to do, said from what an earlier one wrote down; and that they are not, where anything changed.
@Suite struct SettledTests {
    @Test func whatIsSettledIsSaidAsTheWholeProgramSaysIt() async throws {
        try await withWorkspace(.training) { workspace in
            _ = try await workspace.dbuild()
            let settled = try await workspace.settled()
            let told = try workspace.plainEvents()
            try workspace.remove(".dbuild/settled")
            let whole = try await workspace.dbuild()
            #expect(settled.exit == 0)
            #expect(settled.errors.withoutNumbersOfARun == whole.errors.withoutNumbersOfARun)
            #expect(try workspace.plainEvents() == told)
            #expect(settled.output.isEmpty)
            // Runs go on being counted, whoever tells of them.
            #expect(workspace.runs == [1, 2, 3])
            let history = try await workspace.dbuild("history")
            #expect(history.output.split(separator: "\n").count { $0.contains("  0       0  0 ") } == 2)
        }
    }

    /// What is changed, and which actions then run; they may also be restored.
    private struct Change: Sendable {
        let name: String
        var arguments: [String] = []
        var environment: [String: String] = [:]
        var runs: [String] = []
        var exit: Int32 = 0
        let edit: @Sendable (ExampleWorkspace) throws -> Void
    }

    private static let training = [
        Change(name: "a source", runs: ["notes"]) { try $0.write("other\n", to: "data/notes/1.txt") },
        Change(name: "a source of the same size", runs: ["notes"]) { workspace in
            let place = workspace.place("data/notes/1.txt")
            let before = try FileManager.default.attributesOfItem(atPath: place.path)[.modificationDate] as? Date
            try workspace.write("othes\n", to: "data/notes/1.txt")
            try FileManager.default.setAttributes([.modificationDate: try #require(before)], ofItemAtPath: place.path)
        },
        Change(name: "a source may be absent, and comes", runs: ["total", "train[entity=a]"]) {
            try $0.write("entity,value\na,9\n", to: "data/late.csv")
        },
        Change(name: "an output is gone") { try $0.remove("out/count.txt") },
        Change(name: "an output is edited") { try $0.write("mine\n", to: "out/notes.txt") },
        Change(name: "a member of a tree is edited") { try $0.write("mine\n", to: "out/parts/a.csv") },
        Change(name: "a file is put into a tree") { try $0.write("mine\n", to: "out/parts/z.csv") },
        Change(name: "a script", runs: ["report"]) { workspace in
            try workspace.write(try workspace.read("scripts/report.sh") + "# edited\n", to: "scripts/report.sh")
        },
        Change(name: "parameters", runs: ["total", "train[entity=a]", "train[entity=b]", "train[entity=c]"]) {
            try $0.write("{\"boost-rounds\": 11}", to: "params.json")
        },
        Change(name: "a file beside the rules") { try $0.write("// nothing\n", to: "rules/Other.swift") },
        Change(name: "what a killed run leaves") { try $0.write("0123456789abcdef0", to: ".dbuild/marker") },
        Change(name: "where the compiler is looked for", environment: ["PATH": "/nowhere"]) { _ in },
    ]

    @Test func whateverHasChangedIsLookedAtByTheWholeProgram() async throws {
        try await withWorkspace(.training) { workspace in
            _ = try await workspace.dbuild()
            _ = try await workspace.settled()
            _ = try workspace.takeWitnesses()
            for change in Self.training {
                let before = try workspace.stateStamp()
                try change.edit(workspace)
                let ended = try await workspace.start(change.arguments, environment: change.environment).ended()
                let said = Comment(rawValue: "\(change.name): \(ended.testDescription)")
                #expect(ended.exit == change.exit, said)
                #expect(try workspace.stateStamp() != before, said)
                let ran = try #require(try workspace.lastRun()).finished
                #expect(Set(change.runs).isSubset(of: ran) && (change.runs.isEmpty == ran.isEmpty), said)
                // Where only how it was asked for differs, the one of before holds again.
                _ = try await workspace.dbuild()
                _ = try await workspace.settled()
            }
        }
    }

    @Test func commandsThatFindNothingToDoLeaveEachOtherSettled() async throws {
        try await withWorkspace(.training) { workspace in
            _ = try await workspace.dbuild()
            _ = try await workspace.dbuild("models")
            _ = try await workspace.dbuild("--quiet", "notes")
            for _ in 0 ..< 2 {
                _ = try await workspace.settled()
                _ = try await workspace.settled("models")
                let quiet = try await workspace.settled("--quiet", "notes")
                #expect(quiet.errors.split(separator: "\n").count == 1)
                #expect(quiet.errors.hasPrefix("done     0 built, 2 current, 0 failed   "))
            }
            // One that builds something may have changed what the others rest on.
            try workspace.write("other\n", to: "data/notes/1.txt")
            let before = try workspace.stateStamp()
            _ = try await workspace.dbuild("notes")
            #expect(try workspace.stateStamp() != before)
            _ = try await workspace.settled("notes")
        }
    }

    @Test func aFileThatWasOnlyTouchedIsReadAndNothingElse() async throws {
        try await withWorkspace(.training) { workspace in
            _ = try await workspace.dbuild()
            for path in ["data/rows.csv", "out/parts/a.csv", "out/models/a.txt"] {
                #expect(unsafe utimes(workspace.place(path).path, nil) == 0)
            }
            // So that no later change can hide in the same tick.
            try await Task.sleep(for: .milliseconds(50))
            _ = try await workspace.settled()
            _ = try await workspace.settled()
        }
    }

    @Test func whereOnlyFilesHaveChangedWhatWasWrittenDownIsPutRightWhereItLies() async throws {
        try await withWorkspace(.training) { workspace in
            // Where a tree is among it, it is written anew.
            _ = try await workspace.dbuild("notes")
            let name = try #require(workspace.names(below: ".dbuild/settled").first { $0.count == 32 })
            let file = workspace.place(".dbuild/settled/\(name)").path
            let before = try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber] as? Int
            for text in ["other\n", "another\n"] {
                try workspace.write(text, to: "data/notes/1.txt")
                _ = try await workspace.dbuild("notes")
                #expect(try #require(try workspace.lastRun()).finished == ["notes"])
                #expect(try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber] as? Int == before)
                _ = try await workspace.settled("notes")
            }
        }
    }

    @Test func ofARunThatPlannedAnewAllFilesAreWatched() async throws {
        try await withWorkspace(.training) { workspace in
            _ = try await workspace.dbuild()
            let rules = try workspace.read("rules/Rulesfile.swift")
            let arguments = ["--set", "boost-rounds=11"]
            // A plan of other parameters, and one of other rules that say the same: both read a table while planning.
            for (number, text) in [rules, "// A comment.\n" + rules].enumerated() {
                try workspace.write(text, to: "rules/Rulesfile.swift")
                _ = try await workspace.start(arguments).ended()
                // What the table is made from that was read while planning: an earlier plan of the run had looked at it.
                for trial in 0 ..< 2 {
                    let rows = try workspace.read("data/rows.csv") + "a,\(10 * number + trial)\n"
                    try workspace.write(rows, to: "data/rows.csv")
                    let ended = try await workspace.start(arguments).ended()
                    #expect(ended.exit == 0, "\(ended.testDescription)")
                    #expect(
                        try #require(try workspace.lastRun()).finished.contains("entities"), "\(ended.testDescription)")
                }
            }
        }
    }

    @Test func whatSomebodyElseHasLeftInTheEnvironmentIsNotTakenUp() async throws {
        try await withWorkspace(.training) { workspace in
            _ = try await workspace.dbuild()
            let name = try #require(workspace.names(below: ".dbuild/settled").first { $0.count == 32 })
            for text in ["", "x", name, "\(name) 1 1 0 0 0 0", String(repeating: "1 ", count: 5000)] {
                try workspace.write("text \(text.count)\n", to: "data/notes/1.txt")
                // No look at all is its own: were this believed, nothing would have changed.
                let ended = try await workspace.start(
                    ["--now", "2013-12-31T00:00:00Z"], environment: ["DBUILD_FOUND": text]
                ).ended()
                #expect(ended.exit == 0, "\(ended.testDescription)")
                #expect(try #require(try workspace.lastRun()).finished.contains("notes"), "\(ended.testDescription)")
            }
        }
    }

    @Test func policiesProbesAndSecretsAreAskedEachTime() async throws {
        try await withWorkspace(.keys) { workspace in
            let environment = ["DBUILD_TEST_TOKEN": "correct horse 1"]
            for target in ["secret", "probed", "orders"] {
                _ = try await workspace.dbuild(target, environment: environment)
                let before = try workspace.stateStamp()
                _ = try await workspace.dbuild(target, environment: environment)
                #expect(try workspace.stateStamp() != before, "\(target)")
            }
            _ = try await workspace.dbuild("packaged")
            _ = try await workspace.settled("packaged")
            try workspace.write("x = 1\n", to: "package/deep/new.py")
            let before = try workspace.stateStamp()
            _ = try await workspace.dbuild("packaged")
            #expect(try workspace.stateStamp() != before)
            #expect(try #require(try workspace.lastRun()).finished == ["packaged"])
        }
    }

    @Test func whatIsForcedIsBuiltEachTimeAndWhatChangesDuringARunIsNotForgotten() async throws {
        try await withWorkspace(.training) { workspace in
            _ = try await workspace.dbuild("notes")
            for _ in 0 ..< 2 {
                _ = try await workspace.dbuild("--force", "notes")
                #expect(try #require(try workspace.lastRun()).finished == ["notes"])
            }
            // Parameters that are edited while they are used: those of the run are those that it read.
            try workspace.write("{\"boost-rounds\": 12}", to: "params.json")
            let running = try workspace.start([])
            #expect(try await eventually { workspace.exists("out/parts/a.csv") })
            try workspace.write("{\"boost-rounds\": 13}", to: "params.json")
            let first = try await running.ended()
            #expect(first.exit == 0, "\(first.testDescription)")
            let second = try await workspace.dbuild()
            #expect(second.exit == 0)
            #expect(try workspace.read("out/models/a.txt").contains("13 rounds"), "\(second.testDescription)")
        }
    }

    @Test func whoeverHasTheWorkspaceIsWaitedFor() async throws {
        try await withWorkspace(.training) { workspace in
            _ = try await workspace.dbuild("notes")
            let lock = unsafe open(workspace.place(".dbuild/lock").path, O_RDWR)
            defer { close(lock) }
            #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
            let refused = try await workspace.dbuild("--no-wait", "notes")
            #expect(refused.exit == 4, "\(refused.testDescription)")
        }
    }

    @Test func damageOfWhatIsRememberedIsNeverBelieved() async throws {
        try await withWorkspace(.training) { workspace in
            _ = try await workspace.dbuild()
            let name = try #require(workspace.names(below: ".dbuild/settled").first { $0.count == 32 })
            let file = ".dbuild/settled/\(name)"
            let whole = try Data(contentsOf: workspace.place(file))
            let mark = try Data(contentsOf: workspace.place(".dbuild/settled/state"))
            var random = SystemRandomNumberGenerator()
            for trial in 0 ..< 60 {
                var (damaged, damagedMark) = (whole, mark)
                switch trial % 4 {
                case 0: damaged = damaged.prefix(Int.random(in: 0 ..< whole.count, using: &random))
                case 1: damaged[Int.random(in: 0 ..< 80, using: &random)] ^= UInt8.random(in: 1 ... 255, using: &random)
                case 2:
                    for _ in 0 ..< 20 { damaged[Int.random(in: 80 ..< whole.count, using: &random)] ^= 0xFF }
                default: damagedMark[Int.random(in: 0 ..< mark.count, using: &random)] ^= 0x40
                }
                try damaged.write(to: workspace.place(file))
                try damagedMark.write(to: workspace.place(".dbuild/settled/state"))
                let ended = try await workspace.dbuild()
                #expect(ended.exit == 0 && ended.errors.contains("0 built, 8 current"), "\(ended.testDescription)")
                try whole.write(to: workspace.place(file))
            }
        }
    }
}

extension ExampleWorkspace {
    /// Builds, and sees that the whole program was not started for it.
    fileprivate func settled(
        _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> EndedCommand {
        let before = try stateStamp()
        let number = runs.last ?? 0
        let ended = try await start(arguments).ended()
        let said = Comment(rawValue: ended.testDescription)
        #expect(ended.exit == 0, said, sourceLocation: sourceLocation)
        #expect(try stateStamp() == before, said, sourceLocation: sourceLocation)
        #expect(runs.last == number + 1, said, sourceLocation: sourceLocation)
        return ended
    }

    /// Every run of the whole program leaves something in the state.
    fileprivate func stateStamp() throws -> [Int] {
        var status = stat()
        #expect(unsafe stat(place(".dbuild/state.db").path, &status) == 0)
        return [Int(status.st_ino), status.st_size, status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
    }

    /// The last run's events without what is another number in each.
    fileprivate func plainEvents() throws -> String {
        let number = try #require(runs.last)
        return try read(".dbuild/runs/\(number)/events.jsonl").withoutNumbersOfARun
    }
}

extension String {
    /// Without how long it took, when it was, and which process it had.
    fileprivate var withoutNumbersOfARun: String {
        replacing(#/"(t|run|now|started|process|processStart|seconds)":[0-9.e-]+/#) { "\"\($0.output.1)\":N" }
            .replacing(#/failed   [0-9.]+ s/#, with: "failed   N s")
    }
}
