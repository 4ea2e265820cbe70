import Testing

@testable import dbuild

@Suite struct RunStateTests {
    @Test func itCountsWhatIsDoneAndWhatIsToCome() {
        var telling = Telling()
        telling.at(
            0, .assessed(Event.Outlook(actions: 9, current: 3, certain: 2, undecided: 3, restorable: 1), causes: []))
        #expect(telling.state.expected == 6)
        telling.at(1, Telling.start("a"), Telling.start("b"))
        #expect(telling.state.runningCount == 2)
        telling.at(2, .actionRan(action: "a"), Telling.finish("a"), .actionRestored(action: "r"))
        #expect((telling.state.done, telling.state.built, telling.state.restored) == (2, 1, 1))
        // Cut off, and blocked: they will not run. What was so from the beginning was never expected.
        telling.at(2, .verdict(Event.Decision(action: "c", line: 5, isLate: true)))
        telling.at(2, .verdict(Event.Decision(action: "d", line: 2, isLate: true)))
        telling.at(2, .verdict(Event.Decision(action: "e", line: 12, isLate: true)))
        telling.at(2, .verdict(Event.Decision(action: "f", line: 2)))
        #expect(telling.state.expected == 4)
        telling.at(3, .actionFailed(Tellings.failure))
        #expect(telling.state.failed == 1)
        #expect(telling.state.running.map(\.action) == ["b"])
    }

    @Test func anAttemptThatIsTriedAgainIsNeitherDoneNorRunning() {
        var telling = Telling()
        telling.at(0, .remaining(1), Telling.start("a"))
        telling.at(
            1,
            .actionRetried(
                Event.Retry(action: "a", attempt: 1, mostAttempts: 2, what: "exit 75", seconds: 1, pauseSeconds: 5)))
        #expect((telling.state.done, telling.state.runningCount, telling.state.retried) == (0, 0, 1))
        telling.at(6, .actionStarted(action: "a", attempt: 2))
        #expect(telling.state.running("a")?.attempt == 2)
        telling.at(7, Telling.finish("a"))
        #expect((telling.state.done, telling.state.expected) == (1, 1))
    }

    @Test func aLaneIsTheLowestThatIsFree() {
        var telling = Telling()
        telling.at(0, Telling.start("a"), Telling.start("b"), Telling.start("c"))
        #expect(telling.state.freeLane == 3)
        telling.at(1, .actionRan(action: "b"))
        #expect(telling.state.freeLane == 1)
        telling.at(2, Telling.start("d"))
        #expect(telling.state.running("d")?.lane == 1)
        telling.at(3, .actionCancelled(action: "a"))
        #expect(telling.state.freeLane == 0)
    }

    @Test func theEstimateFollowsThePaceOfLate() {
        var telling = Telling()
        telling.at(0, .remaining(100))
        for second in 0 ..< 40 {
            telling.at(Double(second), Telling.start("a[n=\(second)]"))
            telling.at(Double(second) + 1, Telling.finish("a[n=\(second)]"))
        }
        #expect(abs(telling.state.rate(at: 40_000_000_000) - 1) < 0.05)
        #expect(abs((telling.state.secondsLeft(at: 40_000_000_000) ?? 0) - 60) < 3)
        // Ten times as fast from now on: after half a minute nothing is left of the slow beginning.
        for step in 40 ..< 90 {
            telling.at(40 + Double(step - 40) / 10, Telling.start("b[n=\(step)]"))
            telling.at(40 + Double(step - 39) / 10, Telling.finish("b[n=\(step)]"))
        }
        #expect(telling.state.rate(at: 45_000_000_000) > 1.9)
    }

    @Test func learnedSecondsCountWhereAllAreKnownAndTheLongestChainIsTheLeast() {
        var telling = Telling()
        telling.at(
            0, .runStarted(Event.Run(run: 1, nowNanoseconds: 0, targets: [], parameters: [], jobs: 2)),
            .priced(Event.Price(certainSeconds: 10, mostSeconds: 10, workSeconds: 20)), .remaining(3))
        #expect(telling.state.secondsLeft(at: 0) == 10)
        telling.at(
            0, Telling.start("long", seconds: 12, remaining: 15), Telling.start("short", seconds: 4, remaining: 4))
        #expect(telling.state.pathSeconds(at: 0) == 15)
        #expect(telling.state.secondsLeft(at: 0) == 15)
        #expect(telling.state.secondsLeft(at: 5_000_000_000) == 10)
        telling.at(5, Telling.finish("short"))
        #expect(telling.state.secondsLeft(at: 5_000_000_000) == 10)
        telling.at(12, Telling.finish("long"))
        // 4 of 20 seconds of work are left, for two at once.
        #expect(telling.state.secondsLeft(at: 12_000_000_000) == 2)
        telling.at(14, .summary(Event.Summary()))
        #expect(telling.state.secondsLeft(at: 14_000_000_000) == nil)
    }

    @Test func whoReadsFromTheFileSeesTheSame() {
        let lines = Tellings.events.enumerated().map { EventLine(nanoseconds: UInt64($0), $1) }
        var (told, read) = (RunState(), RunState())
        var cutter = EventLines()
        for line in lines { told.apply(line) }
        for line in cutter.take(lines.flatMap(\.bytes)) { read.apply(line) }
        #expect(BarLine.text(read, at: 9, columns: 200) == BarLine.text(told, at: 9, columns: 200))
        #expect((read.done, read.expected, read.summary) == (told.done, told.expected, told.summary))
    }

    @Test func whatCannotBeIsNoTrap() {
        var state = RunState()
        for event in Tellings.events.reversed() {
            for lane in [nil, -1, Int.max, 0] {
                state.apply(EventLine(nanoseconds: .max, lane: lane, event))
                _ = BarLine.text(state, at: 0, columns: 80)
                _ = PlainLines.text(state, at: .max)
            }
        }
        state.apply(EventLine(nanoseconds: 0, .remaining(.max)))
        #expect(!BarLine.text(state, at: 5, columns: 80).isEmpty || state.summary != nil)
    }
}
