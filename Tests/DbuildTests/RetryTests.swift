import Foundation
import Glibc
import Testing

/// Actions that fail in a way which may pass.
@Suite struct RetryTests {
    @Test func whatSaysThatItMayPassRunsAgainAndEachAttemptKeepsItsLog() async throws {
        try await withWorkspace(.failures) { workspace in
            try workspace.write("echo half > \"$1\"; [ $tries -lt 3 ] && exit 75", to: "control/flaky")
            let ended = try await workspace.dbuild("flaky")
            #expect(ended.exit == 0, "\(ended.testDescription)")
            let run = try #require(try workspace.lastRun())
            #expect(try workspace.takeWitnesses() == ["flaky", "flaky", "flaky"])
            #expect(run.retried == ["flaky", "flaky"])
            #expect(run.events.filter { $0.event == "start" }.map(\.attempt) == [1, 2, 3])
            // The pause doubles.
            #expect(run.events.filter { $0.event == "retry" }.map(\.pauseSeconds) == [0.05, 0.1])
            #expect(run.failed == [] && run.finished == ["flaky"] && run.summary?.retried == 2)
            for (name, text) in [("flaky.1", "try 1\n"), ("flaky.2", "try 2\n"), ("flaky", "try 3\n")] {
                #expect(try workspace.read(".dbuild/logs/1/\(name).log") == text)
            }
            for attempt in 1 ... 3 {
                #expect(
                    try await workspace.dbuild("log", "flaky", "--attempt", "\(attempt)").output == "try \(attempt)\n")
            }
            #expect(try await workspace.dbuild("log", "flaky").output == "try 3\n")
            let none = try await workspace.dbuild("log", "flaky", "--attempt", "4")
            #expect(none.output.isEmpty && none.errors == "`flaky` left no log of attempt 4 in run 1\n")
            #expect(workspace.names(below: ".dbuild/staging").isEmpty)
            #expect(try workspace.read("out/flaky.txt") == "flaky of 1\n")
        }
    }

    @Test func afterTheLastAttemptItHasFailedAndTheNextRunBeginsAnew() async throws {
        try await withWorkspace(.failures) { workspace in
            try workspace.write("exit 75", to: "control/flaky")
            for number in 1 ... 2 {
                let ended = try await workspace.dbuild("flaky")
                #expect(ended.exit == 1)
                #expect(ended.errors.contains("failed   flaky after"))
                #expect(ended.errors.contains(", attempt 3 of 3: exit 75"))
                #expect(try workspace.takeWitnesses().count == 3, "run \(number)")
                let failure = try #require(try workspace.lastRun()?.events.last { $0.event == "failure" })
                #expect(failure.attempt == 3 && failure.category == "exited" && failure.canRetry == true)
            }
            // No lock-out: it is repaired as if it had never failed.
            try workspace.remove("control/flaky")
            #expect(try await workspace.dbuild("flaky").exit == 0)
        }
    }

    @Test(arguments: [
        ("exit 1", 1, "exit 1", "exited"), ("exit 76", 1, "exit 76", "exited"),
        ("kill -KILL $$", 3, "killed by SIGKILL", "killed"), ("kill -TERM $$", 3, "killed by SIGTERM", "killed"),
        ("kill -SEGV $$", 1, "killed by SIGSEGV", "crashed"), ("rm -f \"$1\"; exit 0", 1, "did not write", "outputs"),
    ])
    func onlyFailuresThatMayPassAreRetried(does: String, attempts: Int, says: String, category: String) async throws {
        try await withWorkspace(.failures) { workspace in
            try workspace.write(does, to: "control/flaky")
            let ended = try await workspace.dbuild("flaky")
            #expect(ended.exit == 1, "\(ended.testDescription)")
            #expect(ended.errors.contains(says), "\(ended.testDescription)")
            #expect(try workspace.takeWitnesses().count == attempts)
            let failure = try #require(try workspace.lastRun()?.events.last { $0.event == "failure" })
            #expect(failure.category == category && failure.attempt == attempts)
        }
    }

    @Test(arguments: [("2 busy", 3, Int32(0)), ("9 busy", 3, 1), ("2 refused", 1, 1)])
    func aRecipeSaysByItsErrorWhetherItMayPass(control: String, attempts: Int, exit: Int32) async throws {
        try await withWorkspace(.failures) { workspace in
            try workspace.write(control, to: "control/fetch")
            let ended = try await workspace.dbuild("fetch")
            #expect(ended.exit == exit, "\(ended.testDescription)")
            #expect(try workspace.takeWitnesses().count == attempts)
            #expect(try workspace.read(".dbuild/logs/1/fetch.log") == "try \(attempts)\n")
        }
    }

    @Test func whatWaitsForItsNextAttemptTakesNoSlotAndAnInterruptionEndsTheWait() async throws {
        try await withWorkspace(.failures) { workspace in
            try workspace.write("exit 75", to: "control/patient")
            let build = try workspace.start(["-j", "1", "patient", "firm"])
            #expect(
                try await eventually {
                    let run = try workspace.lastRun()
                    return run?.finished == ["firm"] && run?.retried == ["patient"]
                })
            build.send(SIGINT)
            let ended = try await build.ended()
            #expect(ended.exit == 130, "\(ended.testDescription)")
            // What the attempt came to stands.
            #expect(try workspace.lastRun()?.failed == ["patient"])
            #expect(try workspace.takeWitnesses() == ["firm", "patient"])
            #expect(ended.errors.contains("failed   patient after"))
            #expect(ended.errors.contains("attempt 1 of 2: exit 75"))
            #expect(try await workspace.dbuild("failures").output.contains("failed   patient in run 1"))
        }
    }

    @Test func anAttemptThatWouldBeginAfterTheDeadlineIsNotWaitedFor() async throws {
        try await withWorkspace(.failures) { workspace in
            try workspace.write("exit 75", to: "control/patient")
            let ended = try await workspace.dbuild("--deadline", "+30m", "patient")
            #expect(ended.exit == 1, "\(ended.testDescription)")
            #expect(try workspace.lastRun()?.retried == [])
            #expect(try workspace.lastRun()?.failed == ["patient"])
        }
    }

    @Test func aTimeoutIsRetriedOnlyWhereThatWasAskedFor() async throws {
        try await withWorkspace(.failures) { workspace in
            for name in ["slow", "slow-again"] {
                try workspace.write("[ $tries -lt 2 ] && sleep 300", to: "control/\(name)")
            }
            let ended = try await workspace.dbuild("slow", "slow-again")
            #expect(ended.exit == 1, "\(ended.testDescription)")
            let run = try #require(try workspace.lastRun())
            #expect(run.retried == ["slow-again"] && run.finished == ["slow-again"] && run.failed == ["slow"])
            #expect(run.events.last { $0.event == "failure" }?.category == "timedOut")
            #expect(ended.errors.contains("took longer than 0.5 s, its limit"))
        }
    }
}
