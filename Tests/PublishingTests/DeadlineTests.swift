import Calendar
import Planning
import Testing

@testable import dbuild

/// When a run is to stop, as people write it.
@Suite struct DeadlineTests {
    private func clock(_ identifier: String) throws -> LocalClock {
        let zone = try #require(Zone(identifier))
        return LocalClock(
            day: { zone.day(at: $0) },
            instant: { day, seconds in
                (zone.instant(of: day, minuteOfDay: seconds / 60) + Int64(seconds % 60)) * 1_000_000_000
            })
    }

    private func instant(_ text: String, now: String, zone: String = "America/New_York") throws -> String {
        let nanoseconds = try Deadline(text).instant(now: try Instant.parse(now), try clock(zone))
        return Instant.text(try #require(nanoseconds))
    }

    @Test func `a time of day is the next one that the clock shows`() throws {
        #expect(try instant("08:00", now: "2013-12-01T12:59:59Z") == "2013-12-01T13:00:00Z")
        #expect(try instant("08:00", now: "2013-12-01T13:00:00Z") == "2013-12-02T13:00:00Z")
        #expect(try instant("08:00:30", now: "2013-12-01T13:00:00Z") == "2013-12-01T13:00:30Z")
        // In the evening before, when it is the next day already in London.
        #expect(try instant("23:30", now: "2013-12-02T03:00:00Z") == "2013-12-02T04:30:00Z")
        // Over the change of the clocks it is 25 hours later.
        #expect(try instant("08:00", now: "2013-11-02T12:00:00Z") == "2013-11-03T13:00:00Z")
    }

    @Test func `a day and a time are those of the zone and with an offset an instant`() throws {
        let now = "2013-12-01T12:00:00Z"
        #expect(try instant("2013-12-24T08:00", now: now) == "2013-12-24T13:00:00Z")
        #expect(try instant("2013-12-24 08:00:01", now: now) == "2013-12-24T13:00:01Z")
        #expect(try instant("2013-07-01T08:00", now: now) == "2013-07-01T12:00:00Z")
        #expect(try instant("2013-12-24T08:00Z", now: now) == "2013-12-24T08:00:00Z")
        #expect(try instant("2013-12-24T08:00:00+09:00", now: now) == "2013-12-23T23:00:00Z")
    }

    @Test func `a span counts from now`() throws {
        let now = "2013-12-01T12:00:00Z"
        #expect(try instant("+2h", now: now) == "2013-12-01T14:00:00Z")
        #expect(try instant("+1h30m", now: now) == "2013-12-01T13:30:00Z")
        #expect(try instant("+1d2h3m4s", now: now) == "2013-12-02T14:03:04Z")
        #expect(try instant("+0s", now: now) == now)
        #expect(try Deadline("+100000d").instant(now: .max - 5, try clock("UTC")) == nil)
    }

    @Test(arguments: ["", "8:00", "08:00:", "08", "24:00", "+", "+h", "+1", "+2m1h", "+1h1h", "2013-12-01", "noon"])
    func `anything else is refused`(text: String) {
        #expect(throws: SettingsError.self) { try Deadline(text) }
    }
}
