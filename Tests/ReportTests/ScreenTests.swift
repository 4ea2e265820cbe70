import Testing

@testable import dbuild

@Suite struct ScreenTests {
    @Test func whatThereIsNoRoomForIsCounted() {
        var waiting = Screen.Told(messages: ["a"])
        waiting.add(Screen.Told(messages: ["b", "c"], failures: ["d"]), most: 3)
        waiting.add(Screen.Told(messages: ["e"], failures: ["f"], dropped: 2), most: 3)
        #expect(waiting.messages == ["a", "b", "c"])
        #expect(waiting.failures.isEmpty)
        #expect(waiting.dropped == 5)
    }

    @Test func aFailureIsSaidAtOnceAtATerminalAndElsewhereWithTheNextLine() {
        var telling = Telling()
        telling.at(0, .remaining(3), Telling.start("a"), Telling.start("b"), .actionFailed(Tellings.failure))
        var (terminal, lines, quiet) = (Display(.tty), Display(.plain), Display(.none))
        func update(_ display: inout Display, _ failures: [String], at now: UInt64) -> String {
            display.update([], failures: failures, telling.state, at: now, columns: 80, timeOfDay: "14:02:11")
        }
        #expect(update(&terminal, ["failure  a"], at: 0).hasPrefix("failure  a\n"))
        #expect(terminal.takeFailures().isEmpty)
        #expect(update(&lines, ["failure  a"], at: 0).isEmpty)
        #expect(update(&lines, [], at: 10_000_000_000).hasPrefix("failure  a\n14:02:11  1/3 "))
        #expect(update(&lines, ["failure  b"], at: 10_100_000_000).isEmpty)
        #expect(lines.takeFailures() == ["failure  b"])
        #expect(update(&quiet, ["failure  a"], at: 60_000_000_000).isEmpty)
        #expect(quiet.takeFailures() == ["failure  a"])
    }
}
