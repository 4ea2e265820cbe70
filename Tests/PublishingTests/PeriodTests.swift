import Testing

@testable import dbuild

/// A length of time as a person writes it.
@Suite struct PeriodTests {
    @Test(
        arguments: [("90s", 90), ("30m", 1800), ("2h", 7200), ("1h30m", 5400), ("0s", 0), ("1d", 86_400)]
            as [(String, Double)])
    func aLengthOfTimeIsWrittenWithItsUnit(text: String, seconds: Double) throws {
        #expect(try Period.seconds(text) == seconds)
    }

    @Test(arguments: ["", "30", "m", "-1s", "1.5h", "1h 2m", "30m1h", "30m5", "99999999999s"])
    func whatIsNoLengthOfTimeIsRefused(text: String) {
        #expect(throws: SettingsError.self) { try Period.seconds(text) }
    }
}
