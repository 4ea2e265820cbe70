import Calendar
import Testing

/// Instants as data and people write them.
@Suite struct WrittenInstantTests {
    @Test(arguments: [
        "2013-12-01T06:00:00-05:00", "2013-12-01T20:00:00+09:00", "2013-12-01T11:00:00Z", "2013-12-01 11:00:00Z",
        "2013-12-01t11:00:00z", "2013-12-01T11:00Z", "2013-12-01T11:00:00.000Z", "2013-12-01 20:00:00+0900",
        "2013-12-01 20:00+09", "2013-12-01 11:00:00 +00:00", "2013-12-01T16:30:00.0+05:30", "2013-12-01T11:00:00-00:00",
    ])
    func theSameInstantIsTheSameNumberHoweverItIsWritten(text: String) {
        #expect(WrittenInstant(text) == .nanoseconds(1_385_895_600_000_000_000))
    }

    @Test func aFractionCountsToTheNanosecond() {
        #expect(WrittenInstant("1970-01-01T00:00:00.000000001Z") == .nanoseconds(1))
        #expect(WrittenInstant("1970-01-01T00:00:00.0000000019Z") == .nanoseconds(1))
        #expect(WrittenInstant("1969-12-31T23:59:59.5Z") == .nanoseconds(-500_000_000))
        #expect(WrittenInstant("1970-01-01T00:00:01.25+00:00") == .nanoseconds(1_250_000_000))
    }

    @Test(arguments: ["2013-12-01", "2013-12-01T11:00", "2013-12-01 11:00:00", "2013-12-01 11:00:00.5"])
    func withoutOffsetItIsNoInstant(text: String) { #expect(WrittenInstant(text) == .withoutOffset) }

    @Test(arguments: [
        "", "now", "2013-12-01T", "2013-12-01T11", "2013-12-01T24:00Z", "2013-12-01T11:60Z", "2013-12-01T11:00:60Z",
        "2013-02-29T11:00Z", "2013-13-01T11:00Z", "13-12-01T11:00Z", "2013-12-01T11:00:00.Z", "2013-12-01T11:00:00+",
        "2013-12-01T11:00:00+25:00", "2013-12-01T11:00:00+09:60", "2013-12-01T11:00:00Zulu", " 2013-12-01T11:00:00Z",
        "2013-12-01T11:00:00+9", "2013-12-01x11:00:00Z", "9999-12-31T23:59:59Z", "1600-01-01T00:00:00Z", "1385895600",
    ])
    func otherTextIsNone(text: String) { #expect(WrittenInstant(text) == nil) }
}
