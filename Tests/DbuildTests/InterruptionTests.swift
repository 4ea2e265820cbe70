import Foundation
import Glibc
import Testing

/// Ctrl-C, and what it leaves.
@Suite struct InterruptionTests {
    /// Far below the five seconds after which actions are killed, and above what a loaded machine needs.
    private static let soon: Duration = isLong ? .seconds(1) : .seconds(4)

    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143), (SIGHUP, 129), (SIGQUIT, 131)] as [(Int32, Int32)])
    func recipesEndAtOnceAndFinishedWorkIsKept(signal: Int32, exit: Int32) async throws {
        try await withWorkspace(.wide) { workspace in
            #expect(try await workspace.dbuild("first").exit == 0)
            try workspace.write("60000", to: "pause")
            let command = try workspace.start(["-j", "2"])
            #expect(try await eventually { try workspace.lastRun()?.started.count == 2 })
            // The guard, and for each worker the helper that looks after it.
            #expect(try await eventually { descendants(of: command.pid).count == 5 })
            let children = descendants(of: command.pid)
            let start = ContinuousClock.now
            command.send(signal)
            let ended = try await command.ended()
            #expect(ended.exit == exit, "\(ended.testDescription)")
            #expect(ContinuousClock.now - start < Self.soon)
            #expect(children.allSatisfy { !isAlive($0) })
            #expect(ended.errors.contains("2 cancelled"))
            #expect(workspace.names(below: ".dbuild/staging").isEmpty)
            #expect(workspace.names(below: "out/first").count == 20)
            _ = try workspace.takeWitnesses()
            try workspace.remove("pause")
            try await workspace.run([
                ScenarioStep(
                    name: "the rest",
                    runs: ["second", "third"].flatMap { layer in (0 ..< 20).map { "\(layer)[n=\($0)]" } } + ["last"])
            ])
        }
    }

    @Test func howeverOftenItIsInterruptedARunSaysWhatItLeavesAndKeepsWhatIsFinished() async throws {
        try await withWorkspace(.wide) { workspace in
            #expect(try await workspace.dbuild("first").exit == 0)
            try workspace.write("60000", to: "pause")
            let command = try workspace.start(["-j", "2"])
            #expect(try await eventually { try workspace.lastRun()?.started.count == 2 })
            for _ in 0 ..< 10 { command.send(SIGINT) }
            let ended = try await command.ended()
            #expect(ended.exit == 130, "\(ended.testDescription)")
            let lines = ended.errors.split(separator: "\n")
            #expect(lines.count { $0.hasSuffix("again to stop at once") } == 1)
            #expect(
                lines.suffix(2).first == "left     39 not started before the interruption: 18 second, 20 third, 1 last")
            #expect(
                lines.last?.hasPrefix("done     0 built, 20 current, 39 not started, 2 cancelled, 0 failed") == true)
            #expect(try workspace.lastRun()?.summary?.exit == 130)
            #expect(workspace.names(below: "out/first").count == 20)
            #expect(workspace.names(below: ".dbuild/staging").isEmpty)
        }
    }

    @Test func commandsEndWithAllTheirDescendants() async throws {
        try await withWorkspace(.wide) { workspace in
            let nap = "300.\(Int.random(in: 100_000_000 ..< 1_000_000_000))"
            try workspace.write(nap, to: "nap")
            let command = try workspace.start(["-j", "4", "nap"])
            #expect(try await eventually { processes(withArgument: nap).count == 12 })
            let start = ContinuousClock.now
            command.send(SIGINT)
            let ended = try await command.ended()
            #expect(ended.exit == 130, "\(ended.testDescription)")
            #expect(ContinuousClock.now - start < Self.soon)
            #expect(processes(withArgument: nap).isEmpty)
            #expect(!workspace.exists("out"))
            #expect(workspace.names(below: ".dbuild/staging").isEmpty)
        }
    }

    @Test func actionsThatIgnoreTheSignalAreKilledByASecondOne() async throws {
        try await withWorkspace(.wide) { workspace in
            let nap = "300.\(Int.random(in: 100_000_000 ..< 1_000_000_000))"
            try workspace.write(nap, to: "nap")
            try workspace.replace("nap=$(", by: "trap '' TERM; nap=$(", in: "scripts/nap.sh")
            let command = try workspace.start(["-j", "2", "nap"])
            #expect(try await eventually { processes(withArgument: nap).count == 6 })
            command.send(SIGINT)
            #expect(try await eventually { try command.errorsSoFar().contains("again to stop at once") })
            let start = ContinuousClock.now
            command.send(SIGINT)
            let ended = try await command.ended()
            #expect(ended.exit == 130, "\(ended.testDescription)")
            #expect(ContinuousClock.now - start < Self.soon)
            #expect(processes(withArgument: nap).isEmpty)
        }
    }

    @Test func aBuildThatIsKilledTakesItsProcessesWithIt() async throws {
        try await withWorkspace(.wide) { workspace in
            let nap = "300.\(Int.random(in: 100_000_000 ..< 1_000_000_000))"
            try workspace.write(nap, to: "nap")
            try workspace.write("60000", to: "pause")
            let command = try workspace.start(["-j", "24", "nap", "first"])
            #expect(try await eventually { processes(withArgument: nap).count == 12 })
            #expect(try await eventually { try workspace.lastRun()?.started.count == 24 })
            let children = descendants(of: command.pid)
            command.send(SIGKILL)
            #expect(try await command.ended().ending == .signalled(SIGKILL))
            #expect(
                try await eventually { children.allSatisfy { !isAlive($0) } && processes(withArgument: nap).isEmpty })
        }
    }

    @Test func whoWaitsForAnotherBuildCanBeInterrupted() async throws {
        try await withWorkspace(.wide) { workspace in
            try workspace.write("60000", to: "pause")
            let first = try workspace.start([])
            #expect(try await eventually { try workspace.lastRun()?.started.isEmpty == false })
            for arguments in [[], ["clean", "first"]] {
                let second = try workspace.start(arguments)
                #expect(try await eventually { try second.errorsSoFar().contains("waiting") })
                second.send(SIGINT)
                let isOver = try await eventually { !isAlive(second.pid) }
                #expect(isOver, "\(arguments)")
                if !isOver { second.send(SIGKILL) }
                #expect(try await second.ended().ending == .signalled(SIGINT))
            }
            first.send(SIGINT)
            #expect(try await first.ended().exit == 130)
        }
    }

    @Test(arguments: [[], ["status"], ["params"]])
    func aCompilationCanBeInterrupted(arguments: [String]) async throws {
        try await withWorkspace(.wide, isCompiled: false) { workspace in
            var command = try workspace.start(arguments)
            // On a busy machine the compiler may be done before anybody looks: then once more.
            for _ in 0 ..< 5 {
                if try await eventually({ !descendants(of: command.pid).isEmpty || !isAlive(command.pid) }),
                    isAlive(command.pid)
                {
                    break
                }
                _ = try await command.ended()
                for name in [".dbuild", "out"] where workspace.exists(name) { try workspace.remove(name) }
                command = try workspace.start(arguments)
            }
            let children = descendants(of: command.pid)
            #expect(!children.isEmpty)
            command.sendToGroup(SIGINT)
            let ended = try await command.ended()
            #expect(ended.ending == .signalled(SIGINT), "\(ended.testDescription)")
            #expect(try await eventually { children.allSatisfy { !isAlive($0) } })
            #expect(!workspace.exists("out"))
            #expect(try await workspace.dbuild("first").exit == 0)
        }
    }
}
