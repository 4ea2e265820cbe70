import Calendar
import Foundation
import Planning
import Testing

@testable import dbuild

/// Days and calendar times in zones, and around changes of their clocks.
@Suite struct ZoneTests {
    private func instant(_ text: String) throws -> Int64 { try Instant.parse(text) }

    /// When a recurrence was due last and will be next, as people write it.
    private func moments(_ recurrence: Recurrence, _ identifier: String, now: String) throws -> [String] {
        let zone = try #require(Zone(identifier))
        let moments = RefreshMoments(of: recurrence, in: zone, now: try instant(now))
        return [Instant.text(moments.last), Instant.text(moments.next)]
    }

    @Test func `a zone is one of the time zone database`() {
        for identifier in ["America/New_York", "Europe/Berlin", "Asia/Kolkata", "UTC"] {
            #expect(Zone(identifier)?.identifier == identifier)
        }
        for identifier in ["", "Mars/Phobos", "EST", "GMT+3", "America"] { #expect(Zone(identifier) == nil) }
    }

    @Test func `the day depends on the zone`() throws {
        let now = try instant("2013-12-01T03:30:00Z")
        #expect(Zone("UTC")?.day(at: now) == "2013-12-01")
        #expect(Zone("America/New_York")?.day(at: now) == "2013-11-30")
        #expect(Zone("Pacific/Kiritimati")?.day(at: try instant("2013-11-30T10:00Z")) == "2013-12-01")
        #expect(Zone("America/New_York")?.day(at: try instant("1970-01-01T00:00Z")) == "1969-12-31")
    }

    @Test func `a daily time is due at and after its minute`() throws {
        let six = Recurrence.daily(minuteOfDay: 360)
        let zone = "America/New_York"
        let (yesterday, today, tomorrow) = ("2013-11-30T11:00:00Z", "2013-12-01T11:00:00Z", "2013-12-02T11:00:00Z")
        #expect(try moments(six, zone, now: "2013-12-01T10:59:59.999Z") == [yesterday, today])
        #expect(try moments(six, zone, now: "2013-12-01T11:00:00Z") == [today, tomorrow])
        #expect(try moments(six, zone, now: "2013-12-02T04:59:00Z") == [today, tomorrow])
    }

    @Test func `a missed Monday is still the last one on Tuesday`() throws {
        let monday = Recurrence.weekly(.monday, minuteOfDay: 0)
        for day in ["2013-12-02T05:00:00Z", "2013-12-03T12:00:00Z", "2013-12-09T04:59:59Z"] {
            #expect(
                try moments(monday, "America/New_York", now: day)
                    == ["2013-12-02T05:00:00Z", "2013-12-09T05:00:00Z"])
        }
        #expect(
            try moments(.weekly(.sunday, minuteOfDay: 1439), "UTC", now: "2013-12-01T23:58:00Z")
                == ["2013-11-24T23:59:00Z", "2013-12-01T23:59:00Z"])
    }

    @Test func `a month without the day has its last one`() throws {
        let last = Recurrence.monthly(day: 31, minuteOfDay: 0)
        #expect(try moments(last, "UTC", now: "2013-02-28T00:00Z") == ["2013-02-28T00:00:00Z", "2013-03-31T00:00:00Z"])
        #expect(try moments(last, "UTC", now: "2012-02-28T12:00Z") == ["2012-01-31T00:00:00Z", "2012-02-29T00:00:00Z"])
        let first = Recurrence.monthly(day: 1, minuteOfDay: 0)
        #expect(
            try moments(first, "UTC", now: "2013-12-31T12:00Z") == ["2013-12-01T00:00:00Z", "2014-01-01T00:00:00Z"])
    }

    @Test func `a time that the clock skips is due when the gap is over`() throws {
        let time = Recurrence.daily(minuteOfDay: 150)
        // 02:00 to 03:00 of 10 March 2013 are not in New York.
        #expect(
            try moments(time, "America/New_York", now: "2013-03-10T12:00Z")
                == ["2013-03-10T07:00:00Z", "2013-03-11T06:30:00Z"])
        // Half an hour on Lord Howe Island: 02:00 to 02:30 of 6 October 2013.
        #expect(
            try moments(.daily(minuteOfDay: 135), "Australia/Lord_Howe", now: "2013-10-06T00:00Z")
                == ["2013-10-05T15:30:00Z", "2013-10-06T15:15:00Z"])
        // All of 30 December 2011 in Samoa.
        #expect(
            try moments(.daily(minuteOfDay: 720), "Pacific/Apia", now: "2011-12-30T12:00Z")
                == ["2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z"])
    }

    @Test func `a time that the clock shows twice is due the first time`() throws {
        // 01:00 to 02:00 of 3 November 2013, first in summer time.
        #expect(
            try moments(.daily(minuteOfDay: 90), "America/New_York", now: "2013-11-03T06:45Z")
                == ["2013-11-03T05:30:00Z", "2013-11-04T06:30:00Z"])
    }

    @Test func `every minute of a year is due once and in order`() throws {
        let zone = try #require(Zone("Europe/Berlin"))
        var before = Int64.min
        for number in 0 ..< 366 {
            let day = ("2013-01-01" as Day) + number
            for minute in stride(from: 0, to: 1440, by: 30) {
                let instant = zone.instant(of: day, minuteOfDay: minute)
                #expect(instant >= before)
                before = instant
            }
        }
    }

    @Test func `the farthest instants have moments too`() throws {
        let zone = try #require(Zone("America/New_York"))
        for now in [Int64.min, -1, 0, .max] {
            let moments = RefreshMoments(of: .weekly(.monday, minuteOfDay: 0), in: zone, now: now)
            #expect(moments.last <= now && moments.next >= now)
        }
    }

    @Test func `circumstances know when rules are due`() throws {
        var builder = PlanBuilder()
        for name in ["weekly", "plain"] {
            try builder.add(
                Plan.Rule(
                    name: Array(name.utf8), type: [], shortType: [], isCommand: false,
                    place: Place(file: [], line: 1), axes: [], awaits: nil))
        }
        builder.amend(0) {
            $0.policy.existence = .refresh(.calendar(.weekly(.monday, minuteOfDay: 0), zone: "America/New_York"))
        }
        var circumstances = Circumstances(
            try builder.finish(isWhole: true), nowNanoseconds: try instant("2013-12-03T11:00Z"))
        circumstances.findMoments()
        #expect(
            circumstances.moments == [
                RuleID(0): RefreshMoments(
                    last: try instant("2013-12-02T05:00Z"), next: try instant("2013-12-09T05:00Z"))
            ])
    }
}
