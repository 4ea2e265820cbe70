import Foundation
import Glibc
import Testing

/// What runs beside what: memory, pools, batches; and what a build says beforehand that it will take.
@Suite struct MachineTests {
    @Test func actionsThatNeedTooMuchMemoryTogetherRunOneByOne() async throws {
        try await withWorkspace(.machine) { workspace in
            let ended = try await workspace.dbuild("-j", "4", "--memory", "400M", "heavy")
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(try workspace.shifts() == Shifts(count: 4, mostAtOnce: 1))
        }
    }

    @Test func actionsForWhichThereIsMemoryRunTogether() async throws {
        try await withWorkspace(.machine) { workspace in
            try workspace.write("4", to: "meet")
            let ended = try await workspace.dbuild("-j4", "--memory", "1300M", "heavy")
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(try workspace.shifts() == Shifts(count: 4, mostAtOnce: 4))
        }
    }

    @Test func whatWasLearnedCountsInsteadOfWhatIsDeclared() async throws {
        try await withWorkspace(.machine) { workspace in
            #expect(try await workspace.dbuild("heavy").exit == 0)
            _ = try workspace.shifts()
            try workspace.write("other", to: "data/seed.txt")
            try workspace.write("4", to: "meet")
            // They hold some megabytes each, with a margin of 16.
            let ended = try await workspace.dbuild("-j", "4", "--memory", "400M", "heavy")
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(try workspace.shifts() == Shifts(count: 4, mostAtOnce: 4))
            let events = try workspace.read(".dbuild/runs/\(try #require(workspace.runs.last))/events.jsonl")
            let starts = events.split(separator: "\n").filter { $0.contains(#""event":"start""#) }
            #expect(starts.count == 4)
            #expect(starts.allSatisfy { $0.contains(#""estimatedBytes":"#) && $0.contains(#""estimatedSeconds":"#) })
        }
    }

    @Test func whatIsDeclaredLargerThanTheMachineIsRefusedAndOthersGoOn() async throws {
        try await withWorkspace(.machine) { workspace in
            let ended = try await workspace.dbuild("-j", "2", "giant", "free")
            #expect(ended.exit == 1, "\(ended.testDescription)")
            #expect(ended.errors.contains("giant"))
            #expect(ended.errors.contains("it is declared to need 1,000,000 GiB of memory, and this machine has"))
            #expect(try workspace.lastRun()?.finished == (0 ..< 4).map { "free[n=\($0)]" })
            // Told that there is more, it runs, and alone.
            let told = try await workspace.dbuild("-j", "2", "--memory", "2000000G", "giant")
            #expect(told.exit == 0, "\(told.testDescription)")
        }
    }

    @Test func whatIsLargerThanTheBudgetRunsAlone() async throws {
        try await withWorkspace(.machine) { workspace in
            let ended = try await workspace.dbuild("-j", "4", "--memory", "100M", "heavy", "free")
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(try workspace.shifts() == Shifts(count: 8, mostAtOnce: 1))
        }
    }

    @Test func aBusyMachineIsNoReasonToWaitForEver() async throws {
        try await withWorkspace(.machine) { workspace in
            let ended = try await workspace.dbuild("-j", "4", "--load", "0.5", "free")
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(try workspace.lastRun()?.finished.count == 4)
        }
    }

    @Test(arguments: [
        ["--memory", "much"], ["--memory", "0%"], ["--memory", "101%"], ["--memory", "0"], ["--memory", "-1G"],
        ["--load", "0"], ["--load", "-1"], ["--load", "nan"], ["-j", "0"], ["-j", "1025"],
        ["-j", "9223372036854775807"], ["-n", "-j", "9223372036854775807"],
    ])
    func nonsenseIsRefused(arguments: [String]) async throws {
        try await withWorkspace(.machine) { workspace in
            let ended = try await workspace.start(arguments + ["free"]).ended()
            #expect(ended.exit == 64, "\(ended.testDescription)")
            #expect(!workspace.exists("out"))
        }
    }

    @Test func aPoolLetsOneGoAtATimeAndOthersBesideIt() async throws {
        try await withWorkspace(.machine) { workspace in
            // The first caller and all that are free meet, which they cannot unless they run together.
            try workspace.write("5", to: "meet")
            let ended = try await workspace.dbuild("-j", "8", "caller", "free")
            #expect(ended.exit == 0, "\(ended.testDescription)")
            let lines = try workspace.read("witness").split(separator: "\n").map(String.init)
            #expect(Shifts(lines.filter { $0.contains("caller") }) == Shifts(count: 4, mostAtOnce: 1))
            #expect(Shifts(lines).mostAtOnce >= 5)
        }
    }

    @Test func aRunThatWaitsForAPoolCanBeInterrupted() async throws {
        try await withWorkspace(.machine) { workspace in
            let command = try workspace.start(["-j", "4", "counted"])
            #expect(try await eventually { try workspace.lastRun()?.finished.count == 2 })
            #expect(try workspace.lastRun()?.started.count == 2)
            let start = ContinuousClock.now
            command.send(SIGINT)
            let ended = try await command.ended()
            #expect(ended.exit == 130, "\(ended.testDescription)")
            #expect(ContinuousClock.now - start < .seconds(30))
            #expect(try workspace.shifts().count == 2)
        }
    }

    @Test func aBatchGoesTogetherAndEachHasItsOwnEnd() async throws {
        try await withWorkspace(.machine) { workspace in
            try workspace.write("small-a-1\nsmall-b-4", to: "fails")
            let ended = try await workspace.dbuild("-j", "1", "small")
            #expect(ended.exit == 1, "\(ended.testDescription)")
            let record = try #require(try workspace.lastRun())
            #expect(record.failed == ["small[entity=a,m=1]", "small[entity=b,m=4]"])
            #expect(record.finished.count == 8)
            #expect(record.summary?.workers == 1)
            let run = record.number
            let logs = workspace.names(below: ".dbuild/logs/\(run)")
            #expect(logs.count == 10)
            #expect(try workspace.read(".dbuild/logs/\(run)/small[entity=b,m=2].log") == "shift of small-b-2\n")
            // Three of one entity go together, and each starts when its turn comes.
            let starts = record.events.filter { $0.event == "start" }
            #expect(starts.prefix(3).compactMap(\.action) == (0 ..< 3).map { "small[entity=a,m=\($0)]" })
            #expect(starts.allSatisfy { $0.lane == 0 }, "they ran one after another")
            try workspace.remove("fails")
            _ = try workspace.shifts()
            #expect(try await workspace.dbuild("-j", "1", "small").exit == 0)
            #expect(try workspace.shifts() == Shifts(count: 2, mostAtOnce: 1))
        }
    }

    @Test func afterTheFirstFailureNothingOfABatchStarts() async throws {
        try await withWorkspace(.machine) { workspace in
            try workspace.write("small-a-1", to: "fails")
            let ended = try await workspace.dbuild("-j", "1", "--fail-fast", "small")
            #expect(ended.exit == 1, "\(ended.testDescription)")
            let record = try #require(try workspace.lastRun())
            #expect(record.failed == ["small[entity=a,m=1]"])
            #expect(record.started == ["small[entity=a,m=0]", "small[entity=a,m=1]"])
            #expect(record.left.count == 8)
        }
    }

    @Test func aBatchThatIsInterruptedLeavesWhatHasNotBegun() async throws {
        try await withWorkspace(.machine) { workspace in
            // More than ever begin: the first one waits.
            try workspace.write("9", to: "meet")
            let command = try workspace.start(["-j", "1", "small"])
            #expect(try await eventually { try workspace.lastRun()?.started.count == 1 })
            command.send(SIGINT)
            let ended = try await command.ended()
            #expect(ended.exit == 130, "\(ended.testDescription)")
            let record = try #require(try workspace.lastRun())
            #expect(record.started == ["small[entity=a,m=0]"])
            #expect(record.left.count == 9)
        }
    }

    @Test func aBuildOfMoreThanAFewSecondsSaysBeforehandWhatItTakes() async throws {
        try await withWorkspace(.machine) { workspace in
            let dry = try await workspace.dbuild("-n", "-j", "1", "small")
            #expect(
                dry.output.contains("price    about 10.0 s, 10 actions never ran: assumed 1.0 s and 256 MiB each"),
                "\(dry.testDescription)")
            let assumed = try await workspace.dbuild("-j", "1", "free")
            #expect(
                assumed.errors.contains("price    about 4.0 s, 4 actions never ran: assumed 1.0 s and 256 MiB each"),
                "\(assumed.testDescription)")
            // What is thought to be short is not worth a word.
            try workspace.write("400", to: "pause")
            let first = try await workspace.dbuild("-j", "10", "small")
            #expect(first.exit == 0)
            #expect(!first.errors.contains("price"), "\(first.testDescription)")
            try workspace.remove("pause")
            try workspace.write("one", to: "data/seed.txt")
            let ended = try await workspace.dbuild("-j", "1", "small")
            let line = try #require(
                ended.errors.firstMatch(of: #/\nprice    about ([\d.]+) s, [\d.,]+ [KMG]iB at the peak\n/#),
                "\(ended.testDescription)")
            #expect(try #require(Double(line.1)) >= 4)
            #expect(ended.errors.contains("(priced \(line.1) s)"), "\(ended.testDescription)")
            // What it took now is not worth a word.
            try workspace.write("other", to: "data/seed.txt")
            let again = try await workspace.dbuild("-j", "1", "small")
            #expect(again.exit == 0)
            #expect(!again.errors.contains("price"), "\(again.testDescription)")
        }
    }
}

/// What the actions said of their beginnings and ends.
private struct Shifts: Hashable {
    var count = 0
    var mostAtOnce = 0

    init(count: Int, mostAtOnce: Int) { (self.count, self.mostAtOnce) = (count, mostAtOnce) }

    init(_ lines: [String]) {
        var now = 0
        for line in lines {
            if line.hasPrefix("begin") {
                (count, now) = (count + 1, now + 1)
            } else {
                now -= 1
            }
            mostAtOnce = max(mostAtOnce, now)
        }
    }
}

extension ExampleWorkspace {
    /// Since it was last asked.
    fileprivate func shifts() throws -> Shifts {
        defer { try? remove("witness") }
        return Shifts(try read("witness").split(separator: "\n").map(String.init))
    }
}
