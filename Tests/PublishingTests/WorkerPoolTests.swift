import Artifact
import Foundation
import Hashing
import Planning
import Processes
import Rules
import Synchronization
import TestSupport
import Testing

@testable import dbuild

/// Workers that die, played by a script: it notes each start and each request, and then does what the test says.
@Suite(.timeLimit(.minutes(2))) struct WorkerPoolTests {
    @Test func aWorkerThatDiedIdleCostsNoAction() async throws {
        let stage = try WorkerStage(afterEachRequest: "cat reply; exit 0")
        try await stage.run { pool async throws in
            for _ in 0 ..< 3 {
                #expect(try await pool.run(stage.task).ending == .succeeded)
                try await stage.untilLastWorkerIsDead()
            }
        }
        #expect(try stage.said() == ["start", "request", "start", "request", "start", "request"])
    }

    @Test func anActionThatKillsItsWorkerFailsAndDoesNotRunTwice() async throws {
        let stage = try WorkerStage(
            afterEachRequest: "[ -e second ] && kill -SEGV $$ && sleep 60; touch second; cat reply")
        try await stage.run { pool async throws in
            #expect(try await pool.run(stage.task).ending == .succeeded)
            #expect(try await pool.run(stage.task).ending == .signalled(11))
        }
        #expect(try stage.said() == ["start", "request", "request"])
    }

    @Test func aRecipeThatLeavesTheProcessHasFailed() async throws {
        let stage = try WorkerStage(afterEachRequest: "exit 0")
        try await stage.run { pool async throws in
            #expect(try await pool.run(stage.task).ending == .exited(0))
        }
    }

    @Test func aWorkerThatHasGrownIsReplaced() async throws {
        let stage = try WorkerStage(afterEachRequest: "cat reply", hasGrown: true)
        try await stage.run { pool async throws in
            for _ in 0 ..< 2 { #expect(try await pool.run(stage.task).ending == .succeeded) }
        }
        #expect(try stage.said() == ["start", "request", "start", "request"])
    }

    @Test func whatItPrintsIsTheLogOfItsAction() async throws {
        let stage = try WorkerStage(afterEachRequest: "wc -l < said >&2; cat reply")
        try await stage.run { pool async throws in
            for lines in ["2\n", "3\n"] {
                #expect(try await pool.run(stage.task).ending == .succeeded)
                #expect(try stage.log() == lines)
            }
        }
    }

    @Test func anActionThatSaysNothingLeavesNoLog() async throws {
        let stage = try WorkerStage(afterEachRequest: "cat reply")
        try await stage.run { pool async throws in
            #expect(try await pool.run(stage.task).ending == .succeeded)
        }
        #expect(try stage.log() == nil)
    }

    @Test func ofALongLogTheBeginningAndTheEndAreKept() async throws {
        let stage = try WorkerStage(
            afterEachRequest: "echo begin >&2; head -c 30000000 /dev/zero | tr '\\0' x >&2; echo end >&2; cat reply")
        try await stage.run { pool async throws in
            #expect(try await pool.run(stage.task).ending == .succeeded)
        }
        let log = try #require(try stage.log())
        #expect(log.utf8.count < (16 << 20) + 100)
        #expect(log.hasPrefix("begin\nxxx") && log.hasSuffix("xxxend\n"))
        #expect(log.contains("\n[dbuild: \(30_000_010 - (16 << 20)) bytes dropped]\n"))
    }

    @Test func whatAWorkerLeavesWhenItDiesIsEndedAndCounted() async throws {
        let nap = "300.\(Int.random(in: 100_000_000 ..< 1_000_000_000))"
        let stage = try WorkerStage(
            afterEachRequest: "sleep \(nap) & setsid sh -c 'sleep \(nap) & exit'; sleep 0.1; kill -KILL $$; sleep 60")
        try await stage.run { pool async throws in
            let report = try await pool.run(stage.task)
            #expect(report.ending == .signalled(9))
            #expect(report.survivors == 2)
        }
        #expect(try stage.log() == "[dbuild: 2 processes that it left running were ended]\n")
        #expect(!(try runningCommandLines().contains { $0.contains(nap) }))
    }

    @Test(arguments: [ActionTask.Limits(timeoutSeconds: 2), ActionTask.Limits(memoryBytes: 32 << 20)])
    func limitsEndTheActionAndItsWorkerAndNobodyElse(limits: ActionTask.Limits) async throws {
        let stage = try WorkerStage(
            afterEachRequest:
                "if [ -e second ]; then cat reply; else x=$(head -c 64000000 /dev/zero | tr '\\0' x); sleep 600; fi"
        )
        try await stage.run { pool async throws in
            var task = stage.task
            task.limits = limits
            let report = try await pool.run(task)
            if let bytes = limits.memoryBytes {
                #expect(report.ending == .outOfMemory(limitBytes: bytes))
                #expect(report.peakBytes > bytes)
            } else {
                #expect(report.ending == .timedOut(limitSeconds: 2))
                task.limits.timeoutSeconds = 600
            }
            try stage.touch("second")
            for _ in 0 ..< 2 { #expect(try await pool.run(task).ending == .succeeded) }
        }
        #expect(try stage.said() == ["start", "request", "start", "request", "request"])
    }

    @Test func limitsOfOneActionAreNotThoseOfTheNext() async throws {
        // Where a busy machine does not come to the first answer in time, there is more of it.
        for seconds in [0.5, 5, 50] {
            let stage = try WorkerStage(
                afterEachRequest: "[ -e second ] && sleep \(seconds + 0.3); touch second; cat reply")
            var isInTime = false
            try await stage.run { pool async throws in
                var limited = stage.task
                limited.limits.timeoutSeconds = seconds
                isInTime = try await pool.run(limited).ending != .timedOut(limitSeconds: seconds)
                if isInTime { #expect(try await pool.run(stage.task).ending == .succeeded) }
            }
            guard isInTime else { continue }
            #expect(try stage.said() == ["start", "request", "request"])
            return
        }
        Issue.record("no answer came in time")
    }

    @Test func anAnswerThatCannotBeReadFailsItsAction() async throws {
        let stage = try WorkerStage(afterEachRequest: "printf '\\3\\0\\0\\0abc'; sleep 60")
        try await stage.run { pool async throws in
            let report = try await pool.run(stage.task)
            #expect(report.ending == .noAnswer(.unreadable))
        }
    }

    @Test func aWorkerThatClosesTheWayForItsAnswersAndGoesOnIsEnded() async throws {
        let stage = try WorkerStage(
            afterEachRequest: "[ -e second ] || { touch second; exec >&-; sleep 600; }; cat reply")
        try await stage.run { pool async throws in
            let report = try await pool.run(stage.task)
            #expect(report.ending == .noAnswer(.closed))
            #expect(report.ending.category == .outputs && !report.ending.canRetry(ofTimeouts: true))
            #expect(try await pool.run(stage.task).ending == .succeeded)
        }
        #expect(try stage.said() == ["start", "request", "start", "request"])
    }

    @Test func whenItsHelperIsKilledAnActionHasBeenKilled() async throws {
        let stage = try WorkerStage(
            afterEachRequest: "[ -e second ] || { touch second; kill -KILL $PPID; sleep 600; }; cat reply")
        try await stage.run { pool async throws in
            let ending = try await pool.run(stage.task).ending
            #expect(ending == .helperKilled)
            #expect(ending.category == .killed && ending.canRetry(ofTimeouts: false))
            #expect(ending.inWords == "its process helper was killed, and it with it")
            #expect(try await pool.run(stage.task).ending == .succeeded)
        }
        #expect(try stage.said() == ["start", "request", "start", "request"])
    }

    @Test func aWorkerServesOnlyActionsOfAsManyCPUs() async throws {
        let stage = try WorkerStage(afterEachRequest: "cat reply")
        try await stage.run(jobs: 2) { pool async throws in
            for cpus in [1, 2, 1, 2] { #expect(try await pool.run(stage.task(cpus: cpus)).ending == .succeeded) }
        }
        #expect(try stage.said() == ["start", "request", "start", "request", "request", "request"])
    }

    @Test func noMoreWorkersAreKeptThanActionsMayRunAtOnce() async throws {
        let stage = try WorkerStage(afterEachRequest: "cat reply")
        try await stage.run(jobs: 2) { pool async throws in
            for cpus in [1, 2, 3, 1] { #expect(try await pool.run(stage.task(cpus: cpus)).ending == .succeeded) }
        }
        #expect(try stage.said().count { $0 == "start" } == 4)
    }

    @Test func ofABatchNothingBeginsThatMayNotAnyMore() async throws {
        let stage = try WorkerStage(afterEachRequest: "cat reply")
        try await stage.run { pool async throws in
            let asked = Mutex<[Int]>([])
            let told = Mutex<[Int]>([])
            let tasks = [stage.task, stage.task, stage.task]
            try await pool.run(tasks) { place in
                // When its turn comes: what was before it is over.
                #expect(told.withLock { $0 } == Array(0 ..< min(place, 2)))
                asked.withLock { $0.append(place) }
                return place < 2
            } finished: { place, report in
                #expect(report.ending == .succeeded)
                told.withLock { $0.append(place) }
            }
            #expect(asked.withLock { $0 } == [0, 1, 2])
            #expect(told.withLock { $0 } == [0, 1])
            #expect(try await pool.run(stage.task, turn(false)) == nil)
        }
        #expect(try stage.said() == ["start", "request", "request"])
    }

    @Test func membersOfABatchComeBackUnstartedOneByOne() async throws {
        let stage = try WorkerStage(afterEachRequest: "cat reply")
        try await stage.run { pool async throws in
            let batch = Batch(Array(repeating: stage.task.action, count: 3), Threads())
            let reports = try await withThrowingTaskGroup(of: Bool.self) { group in
                for place in 0 ..< 3 {
                    group.addTask {
                        try await batch.run(stage.task, on: pool, turn(place == 1)) != nil
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(reports.count { $0 } == 1)
        }
        #expect(try stage.said() == ["start", "request"])
    }
}

extension LocalExecutor {
    fileprivate func run(_ task: ActionTask) async throws -> ActionReport {
        try #require(try await run(task, turn(true)))
    }
}

private func turn(_ begins: Bool) -> Turn { Turn(begins: { begins }, isOver: {}) }

/// Of all processes that can be looked into.
private func runningCommandLines() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }.compactMap {
        FileManager.default.contents(atPath: "/proc/\($0)/cmdline").map { String(decoding: $0, as: UTF8.self) }
    }
}

private final class WorkerStage: Sendable {
    private let root = FileManager.default.temporaryDirectory.appending(path: "workers-\(UUID().uuidString)").path()
    var task: ActionTask { task(cpus: 1) }

    func task(cpus: Int) -> ActionTask {
        ActionTask(
            action: ActionID(0), name: "a", work: .recipe(type: "A", fields: .absent), cpus: cpus, seed: 0,
            staging: "s",
            scratch: "t", log: "l", missing: [:])
    }

    /// - Parameter afterEachRequest: shell, in a directory where `reply` holds one.
    init(afterEachRequest: String, hasGrown: Bool = false) throws {
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        let reply = WorkerReply(
            failure: nil, nanoseconds: 1, cpuNanoseconds: 1, peakKilobytes: 1, hasGrown: hasGrown
        ).frame
        let head = (0 ..< 4).map { UInt8(truncatingIfNeeded: reply.count >> (8 * $0)) }
        try Data(head + reply).write(to: URL(filePath: root + "/reply"))
        let script = """
            #!/bin/sh
            cd '\(root)' && echo $$ > pid && echo start >> said
            while size=$(head -c 4 | od -An -tu4) && [ -n "$size" ]; do
                head -c $size > /dev/null
                echo request >> said
                \(afterEachRequest)
            done
            """
        try Data(script.utf8).write(to: URL(filePath: root + "/script"))
        // By another process: one that a test starts meanwhile could hold a file open that this one writes, which then
        // cannot be executed.
        let copied = try runToEnd("/bin/cp", [root + "/script", root + "/program"])
        try #require(copied.exitCode == 0)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: root + "/program")
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func run(jobs: Int = 1, _ body: (LocalExecutor) async throws -> Void) async throws {
        // As the program does: the worker may be dead when it is asked.
        Signal.ignoreBrokenPipes()
        try FileManager.default.createDirectory(atPath: root + "/.dbuild", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: root + "/rules", withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: root + "/rules/Rulesfile.swift"))
        let workspace = try Workspace(directory: root, rules: nil)
        let executor = LocalExecutor(
            helpers: Helpers(
                jobs: jobs, executable: Array((Bundle.main.bundlePath + "/dbuild-helper").utf8),
                marker: RunMarker(workspace)),
            rules: root + "/program", disk: try WorkspaceDisk(root: Path(root)), root: root,
            keptLinks: ".dbuild/staging/links", threads: Threads())
        do { try await body(executor) } catch {
            try await executor.close()
            throw error
        }
        try await executor.close()
        #expect(!FileManager.default.fileExists(atPath: root + "/.dbuild/marker"))
    }

    /// Nil where there is none.
    func log() throws -> String? {
        FileManager.default.contents(atPath: root + "/l").map { String(decoding: $0, as: UTF8.self) }
    }

    /// Makes a file where the script works.
    func touch(_ name: String) throws { try Data().write(to: URL(filePath: root + "/" + name)) }

    func said() throws -> [String] {
        try String(contentsOfFile: root + "/said", encoding: .utf8).split(separator: "\n").map(String.init)
    }

    func untilLastWorkerIsDead() async throws {
        let pid = try String(contentsOfFile: root + "/pid", encoding: .utf8).split(separator: "\n").joined()
        while FileManager.default.fileExists(atPath: "/proc/\(pid)") { try await Task.sleep(for: .milliseconds(5)) }
    }
}
