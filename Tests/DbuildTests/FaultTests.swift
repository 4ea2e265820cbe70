import Foundation
import Glibc
import Testing

/// Kills at bad moments, and builds at once.
@Suite struct FaultTests {
    private static let layers =
        ["first", "second", "third"].flatMap { layer in (0 ..< 20).map { "\(layer)[n=\($0)]" } } + ["last"]

    @Test(.enabled(if: hasTestHooks), arguments: [1, 2])
    func aSetThatAKillCutInHalfIsCompletedByTheNextStart(renames: Int) async throws {
        try await withWorkspace(.wide) { workspace in
            let killed = try await workspace.dbuild(
                "pair", environment: ["DBUILD_TEST_KILL_AFTER_RENAMES": "\(renames)"])
            #expect(killed.ending == .signalled(SIGKILL), "\(killed.testDescription)")
            #expect(workspace.exists("out/left.txt"))
            #expect(workspace.exists("out/right.txt") == (renames == 2))
            #expect(try workspace.takeWitnesses() == ["pair"])
            #expect(try workspace.lastRun()?.finished == [])
            let next = try await workspace.dbuild("pair")
            #expect(next.exit == 0, "\(next.testDescription)")
            #expect(next.errors.contains("resumed  2 outputs of an interrupted run put in place"))
            #expect(try workspace.takeWitnesses() == [])
            #expect(try workspace.read("out/left.txt") == "left of seed\n")
            #expect(try workspace.read("out/right.txt") == "right of seed\n")
            #expect(workspace.names(below: ".dbuild/staging").isEmpty)
            #expect(try await workspace.dbuild("--check", "pair").exit == 0)
        }
    }

    @Test(.enabled(if: hasTestHooks))
    func aSetWhoseRestIsGoneIsBrokenAndBuiltAgain() async throws {
        try await withWorkspace(.wide) { workspace in
            _ = try await workspace.dbuild("pair", environment: ["DBUILD_TEST_KILL_AFTER_RENAMES": "1"])
            try workspace.remove(".dbuild/staging")
            try workspace.emptyStore()
            _ = try workspace.takeWitnesses()
            let next = try await workspace.dbuild("pair")
            #expect(next.exit == 0, "\(next.testDescription)")
            #expect(next.errors.contains("warning: `out/left.txt` was left half in place and is built again"))
            #expect(try workspace.takeWitnesses() == ["pair"])
            #expect(try workspace.read("out/right.txt") == "right of seed\n")
        }
    }

    @Test func nothingThatFinishedBeforeAKillRunsAgain() async throws {
        let expected = try await withWorkspace(.wide) { workspace in
            #expect(try await workspace.dbuild().exit == 0)
            return try workspace.files(below: "out")
        }
        try await withWorkspace(.wide) { workspace in
            try workspace.write("40", to: "pause")
            var finished: Set<String> = []
            var delays: [Int] = []
            for _ in 0 ..< (isLong ? 200 : 10) {
                if finished.count == Self.layers.count {
                    // Nothing is left to be killed: from the beginning.
                    finished = []
                    for path in [
                        "out", ".dbuild/runs", ".dbuild/state.db", ".dbuild/state.db-wal", ".dbuild/state.db-shm",
                    ]
                    where workspace.exists(path) { try workspace.remove(path) }
                }
                let command = try workspace.start(["-j", "4"])
                delays.append(Int.random(in: 0 ..< 500))
                try await Task.sleep(for: .milliseconds(delays.last ?? 0))
                command.send(SIGKILL)
                _ = try await command.ended()
                let ran = try workspace.takeWitnesses()
                #expect(finished.isDisjoint(with: ran), "ran again after kills at \(delays) ms")
                if let record = try workspace.lastRun() { finished.formUnion(record.finished) }
            }
            try workspace.remove("pause")
            let last = try await workspace.dbuild("-j", "4")
            #expect(last.exit == 0, "kills at \(delays) ms: \(last.testDescription)")
            let ran = try workspace.takeWitnesses()
            #expect(finished.isDisjoint(with: ran), "ran again after kills at \(delays) ms")
            #expect(Set(ran).count == ran.count)
            #expect(try workspace.files(below: "out") == expected, "after kills at \(delays) ms")
            #expect(workspace.names(below: ".dbuild/staging").isEmpty)
            #expect(try await workspace.dbuild("--check").exit == 0)
        }
    }

    @Test func theNumberOfJobsChangesNoByte() async throws {
        var trees: [[String: Data]] = []
        for jobs in ["1", "8"] {
            try await withWorkspace(.wide) { workspace in
                #expect(try await workspace.dbuild("-j", jobs).exit == 0)
                #expect(try workspace.takeWitnesses() == Self.layers.sorted())
                #expect(try #require(try workspace.lastRun()?.summary?.workers) <= 8)
                trees.append(try workspace.files(below: "out"))
            }
        }
        #expect(trees.first?.count == 61)
        #expect(trees.first == trees.last)
    }

    @Test(arguments: [true, false])
    func twoBuildsAtOnceBothSucceedAndEachActionRunsOnce(isCompiled: Bool) async throws {
        try await withWorkspace(.wide, isCompiled: isCompiled) { workspace in
            try workspace.write("5", to: "pause")
            let both = [try workspace.start([]), try workspace.start([])]
            for command in both {
                let ended = try await command.ended()
                #expect(ended.exit == 0, "\(ended.testDescription)")
            }
            #expect(try workspace.takeWitnesses() == Self.layers.sorted())
            #expect(
                try workspace.runs.flatMap { try RunRecord(number: $0, in: workspace).finished }.sorted()
                    == Self.layers.sorted())
        }
    }

    @Test func aSecondBuildThatMayNotWaitLeavesAtOnce() async throws {
        try await withWorkspace(.wide) { workspace in
            try workspace.write("60000", to: "pause")
            let first = try workspace.start([])
            #expect(try await eventually { try workspace.lastRun()?.started.isEmpty == false })
            let second = try await workspace.dbuild("--no-wait")
            #expect(second.exit == 4)
            try expectGolden("locked", second, in: workspace)
            // Views wait for nobody.
            #expect(try await workspace.dbuild("status").exit == 0)
            first.send(SIGINT)
            #expect(try await first.ended().exit == 130)
        }
    }
}
