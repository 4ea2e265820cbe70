import Artifact
import Foundation
import Hashing
import Planning
import Rules
import Testing

@testable import dbuild

/// Workers that die, played by a script: it notes each start and each request, and then does what the test says.
@Suite struct WorkerPoolTests {
    @Test func aWorkerThatDiedIdleCostsNoAction() async throws {
        let stage = try WorkerStage(afterEachRequest: "cat reply; exit 0")
        try await stage.run { pool async throws in
            for _ in 0 ..< 3 {
                #expect(try await pool.run([stage.task]).map(\.ending) == [.succeeded])
                try await stage.untilLastWorkerIsDead()
            }
        }
        #expect(try stage.said() == ["start", "request", "start", "request", "start", "request"])
    }

    @Test func anActionThatKillsItsWorkerFailsAndDoesNotRunTwice() async throws {
        let stage = try WorkerStage(
            afterEachRequest: "[ -e second ] && kill -SEGV $$ && sleep 60; touch second; cat reply")
        try await stage.run { pool async throws in
            #expect(try await pool.run([stage.task]).map(\.ending) == [.succeeded])
            #expect(try await pool.run([stage.task]).map(\.ending) == [.signalled(11)])
        }
        #expect(try stage.said() == ["start", "request", "request"])
    }
}

private final class WorkerStage: Sendable {
    private let root = FileManager.default.temporaryDirectory.appending(path: "workers-\(UUID().uuidString)").path()
    let task = ActionTask(
        action: ActionID(0), name: "a", work: .recipe(type: "A", fields: .absent), cpus: 1, seed: 0, staging: "s",
        scratch: "t", log: "l", missing: [:])

    /// - Parameter afterEachRequest: shell, in a directory where `reply` holds one.
    init(afterEachRequest: String) throws {
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        let reply = WorkerReply(failure: nil, nanoseconds: 1, cpuNanoseconds: 1, peakKilobytes: 1).frame
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
        try Data(script.utf8).write(to: URL(filePath: root + "/rules"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: root + "/rules")
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func run(_ body: (WorkerPool) async throws -> Void) async throws {
        let pool = WorkerPool(program: root + "/rules", threads: Threads())
        do { try await body(pool) } catch {
            await pool.close()
            throw error
        }
        await pool.close()
    }

    func said() throws -> [String] {
        try String(contentsOfFile: root + "/said", encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// Dead and not yet reaped.
    func untilLastWorkerIsDead() async throws {
        let pid = try String(contentsOfFile: root + "/pid", encoding: .utf8).split(separator: "\n").joined()
        while try !String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8).contains(") Z ") {
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
