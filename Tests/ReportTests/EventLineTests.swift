import Foundation
import Testing

@testable import dbuild

@Suite struct EventLineTests {
    @Test func countsOfAFileCanBeAddedUp() throws {
        let (most, least) = (Int64.max, Int64.min)
        func read(_ text: String) throws -> Event { try #require(EventLine(Array(text.utf8)[...])).event }
        let plan = try read(
            #"{"event":"plan","t":1,"rules":[{"rule":"a","actions":\#(most)},{"rule":"b","actions":\#(most)}]}"#)
        #expect(Messages.lines(plan).first?.hasPrefix("plan     2,199,023,255,552 actions: ") == true)
        let cause = try read(
            #"{"event":"cause","t":1,"kind":"a","what":"b","certain":\#(least),"followed":\#(most),"held":\#(most)}"#)
        guard case .caused(let cause) = cause else {
            Issue.record("\(cause)")
            return
        }
        #expect((cause.certain, cause.followed) == (0, 1 << 40))
    }

    @Test("every event can be read as it was written", arguments: Tellings.events)
    func roundTrip(event: Event) throws {
        let line = EventLine(nanoseconds: 1_234_567_890_123_456_789, lane: 3, event)
        let bytes = line.bytes
        #expect(bytes.last == UInt8(ascii: "\n"))
        #expect(bytes.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "nothing that could disturb a terminal")
        #expect(EventLine(bytes.dropLast()) == line)
    }

    @Test("every event is JSON for another reader, too", arguments: Tellings.events)
    func otherReader(event: Event) throws {
        let line = EventLine(nanoseconds: 5, event)
        let object = try JSONSerialization.jsonObject(with: Data(line.bytes)) as? [String: Any]
        #expect(object?["t"] as? Int == 5)
        #expect(object?["event"] is String)
    }

    @Test("a line cut short at any place is left out, and what follows is read")
    func cutShort() {
        let whole = EventLine(nanoseconds: 5, .actionFailed(Tellings.failure)).bytes.dropLast()
        for length in 0 ..< whole.count { #expect(EventLine(whole.prefix(length)) == nil) }
    }

    @Test("a growing file is read line by line, however it comes in")
    func growing() {
        let lines = Tellings.events.map { EventLine(nanoseconds: 1, $0) }
        let bytes = lines.flatMap(\.bytes)
        for size in [1, 7, 4096] {
            var cutter = EventLines()
            var read: [EventLine] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                read += cutter.take(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            #expect(read == lines)
        }
        var cutter = EventLines()
        #expect(
            cutter.take(Array("{\"event\":\"later\"}\nno JSON\n{\"event\":\"compiling\"}\n{\"eve".utf8)).map(\.event)
                == [.compiling])
    }

    @Test(
        "lines of version 2 are read as far as they go",
        arguments: [
            (#"{"event":"start","action":"a[n=1]"}"#, Event.actionStarted(action: "a[n=1]")),
            (
                #"{"event":"run","now":5,"parameters":["a=1"],"run":4,"targets":[]}"#,
                .runStarted(
                    Event.Run(
                        run: 4, nowNanoseconds: 5, startedNanoseconds: 5, targets: [], parameters: ["a=1"]))
            ),
            (#"{"event":"verdict","action":"b","line":12}"#, .verdict(Event.Decision(action: "b", line: 12))),
            (#"{"actions":1,"event":"plan"}"#, .planned([])),
        ])
    func earlier(text: String, event: Event) {
        #expect(EventLine(Array(text.utf8)[...]) == EventLine(nanoseconds: 0, event))
    }

    @Test(
        "what is no JSON object is nothing",
        arguments: [
            "", "{", "{}x", "[]", "{\"a\":}", "{\"a\":1,}", "{\"a\":\"\\u12\"}", "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\\q\"}",
            "{\"a\":1e999}", "{\"a\":--1}", "{\"a\":tru}", "{\"a\" 1}", "{a:1}",
            "{\"a\":" + String(repeating: "[", count: 100_000),
        ])
    func malformed(text: String) { #expect(JSONReader.object(Array(text.utf8)[...]) == nil) }

    @Test func membersOfAnyKindAreRead() {
        let text = #" {"a": -1, "b": 2.5e1, "c": [true, false, null], "d": {"e": "\u00e4\ud83d\ude00\/\b"}, "f": 1e3} "#
        #expect(
            JSONReader.object(Array(text.utf8)[...]) == [
                "a": .integer(-1), "b": .number(25), "c": .list([.bool(true), .bool(false), .null]),
                "d": .object(["e": .text("ä😀/\u{8}")]), "f": .number(1000),
            ])
    }
}
