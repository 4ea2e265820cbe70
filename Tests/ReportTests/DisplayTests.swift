import Testing

@testable import dbuild

@Suite struct DisplayTests {
    @Test(
        "the line fits the terminal",
        arguments: [
            (
                200,
                "[========>                     ] 12/37  10.0/s  2.5 s left   train[JFK-LAX] 1.1 s 84 MiB  features[JFK-SEA] 0.1 s"
            ),
            (80, "[====>           ] 12/37  10.0/s  2.5 s left   train[JFK-LAX] 1.1 s 84 MiB  +1"),
            (60, "[====>           ] 12/37  10.0/s  2.5 s left   +2"),
            (40, "12/37  10.0/s  2.5 s left   +2"),
            (20, "12/37  2.5 s left"),
            (6, "12/37"),
            (3, "12…"),
            (0, ""),
        ])
    func widths(columns: Int, text: String) {
        #expect(BarLine.text(Telling.middle, at: 1_200_000_000, columns: columns) == text)
    }

    @Test func noLineIsWiderThanTheTerminal() {
        var telling = Telling()
        telling.at(0, .remaining(123_456), Telling.start("模型[航线=纽约-洛杉矶]", remaining: 100))
        telling.at(1, Telling.start("\(String(repeating: "x", count: 300))[n=1]"), .actionFailed(Tellings.failure))
        for columns in 0 ..< 250 {
            #expect(columnCount(BarLine.text(telling.state, at: 2_000_000_000, columns: columns)) <= columns)
        }
    }

    @Test func wideCharactersTakeTwoColumns() {
        #expect(columnCount("ab") == 2)
        #expect(columnCount("纽约") == 4)
        #expect(columnCount("e\u{301}") == 1)
        #expect(columnCount("😀") == 2)
        #expect(cut("纽约-洛杉矶", to: 6) == "纽约-…")
        #expect(cut("abc", to: 3) == "abc")
    }

    @Test func namesAreShownWithoutTheirAxes() {
        #expect(BarLine.shortName("forecast[route=JFK-LAX,day=2013-12-04]") == "forecast[JFK-LAX,2013-12-04]")
        #expect(BarLine.shortName("index") == "index")
        #expect(BarLine.shortName("a[") == "a[")
        #expect(BarLine.shortName("a[]") == "a[]")
    }

    @Test func theLineIsRedrawnInPlaceTenTimesASecondAtMost() {
        var display = Display(.tty)
        var writes = 0
        for millisecond in 0 ..< 1000 {
            let text = display.update(
                [], Telling.middle, at: 1_000_000_000 + UInt64(millisecond) * 1_000_000, columns: 100, timeOfDay: "")
            if !text.isEmpty { writes += 1 }
            #expect(!text.contains("\n"))
        }
        #expect((1 ... 10).contains(writes))
        #expect(display.clear(columns: 100) == "\r\u{1B}[J")
        #expect(display.clear(columns: 100).isEmpty)
    }

    @Test func messagesScrollAboveTheLine() {
        var display = Display(.tty)
        let first = display.update(["plan"], Telling.middle, at: 1_200_000_000, columns: 30, timeOfDay: "")
        #expect(first == "plan\n12/37  10.0/s  2.5 s left")
        let second = display.update(["warning: x"], Telling.middle, at: 1_200_000_001, columns: 30, timeOfDay: "")
        #expect(second == "\r\u{1B}[Jwarning: x\n12/37  10.0/s  2.5 s left")
        // Narrower since: what was drawn takes three rows now.
        let third = display.update(["y"], Telling.middle, at: 1_200_000_002, columns: 10, timeOfDay: "")
        #expect(third == "\r\u{1B}[2A\u{1B}[Jy\n12/37")
        // Another job has the terminal.
        let fourth = display.update([], Telling.middle, at: 1_400_000_002, columns: 0, timeOfDay: "")
        #expect(fourth == "\r\u{1B}[J")
    }

    @Test func coloursOnlyRepeatWhatWordsSay() {
        var telling = Telling()
        telling.at(0, .remaining(3), Telling.start("a"), .actionFailed(Tellings.failure))
        var (plain, coloured) = (Display(.tty), Display(.tty, hasColour: true))
        let messages = ["failed   a", "warning: b", "plan     c"]
        let without = plain.update(messages, telling.state, at: 1_000_000_000, columns: 80, timeOfDay: "")
        let with = coloured.update(messages, telling.state, at: 1_000_000_000, columns: 80, timeOfDay: "")
        #expect(with.contains("\u{1B}[31mfailed\u{1B}[0m   a"))
        #expect(with.contains("\u{1B}[31m1 failed\u{1B}[0m"))
        #expect(with.replacing(#/\e\[\d+m/#, with: "") == without)
    }

    @Test func plainLinesComeEveryFiftyActionsOrTenSeconds() {
        var lines = PlainLines()
        var telling = Telling()
        telling.at(0, .remaining(2072))
        #expect(lines.line(telling.state, at: 0, timeOfDay: "") == nil)
        telling.at(0, Telling.start("forecast[n=0]"))
        #expect(lines.line(telling.state, at: 0, timeOfDay: "") == nil)
        for index in 0 ..< 60 {
            telling.at(0.5, Telling.start("forecast[n=\(index)]"), Telling.finish("forecast[n=\(index)]"))
        }
        #expect(lines.line(telling.state, at: 900_000_000, timeOfDay: "") == nil, "within a second of the beginning")
        #expect(
            lines.line(telling.state, at: 1_000_000_000, timeOfDay: "14:02:11")
                == "14:02:11  60/2,072 forecast  60.0/s  33.5 s left  running 0  0 failed")
        telling.at(2, Telling.start("train[n=1]"))
        #expect(lines.line(telling.state, at: 10_900_000_000, timeOfDay: "") == nil)
        #expect(
            lines.line(telling.state, at: 11_000_000_000, timeOfDay: "14:02:21")?.hasPrefix("14:02:21  60/2,072 train")
                == true)
    }

    @Test func littleIsSaidOfARunWhereLittleIsWanted() {
        #expect(Messages.lines(.compiling) == ["rules    compiling"])
        #expect(Messages.lines(.compiling, isQuiet: true).isEmpty)
        #expect(
            Messages.lines(.actionFailed(Tellings.failure), isQuiet: true).first
                == "failure  train[entity=b] after 1.3 s, attempt 2 of 3: exit 1")
        #expect(Messages.lines(.warning("x"), isQuiet: true) == ["warning: x"])
    }
}
