import Calendar
private import Foundation

/// A zone of the time zone database: what its clocks and calendars show at an instant.
struct Zone: Sendable {
    let identifier: String
    private let rules: TimeZone

    /// - Returns: nil for an identifier that the database does not have; abbreviations as `EST` mean several zones.
    init?(_ identifier: String) {
        // Others are abbreviations or offsets, which the library takes as well.
        guard identifier.contains("/") || identifier == "UTC", let rules = TimeZone(identifier: identifier) else {
            return nil
        }
        self.identifier = identifier
        self.rules = rules
    }

    /// Seconds by which its clock is ahead of UTC.
    private func offset(at seconds: Int64) -> Int64 {
        Int64(rules.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }

    /// The day that its calendar shows.
    ///
    /// - Parameter nanoseconds: since 1970-01-01T00:00:00Z.
    func day(at nanoseconds: Int64) -> Day {
        let seconds = nanoseconds.dividedDown(by: 1_000_000_000)
        return Day(daysSinceEpoch: Int32(clamping: (seconds + offset(at: seconds)).dividedDown(by: Self.secondsPerDay)))
    }

    /// When its clock first shows a minute of a day, or would: where it is put forward over that minute, the first
    /// instant after the gap.
    ///
    /// - Returns: seconds since 1970-01-01T00:00:00Z.
    func instant(of day: Day, minuteOfDay: Int) -> Int64 {
        let local = Int64(day.daysSinceEpoch) * Self.secondsPerDay + Int64(minuteOfDay) * 60
        // No clock is further from UTC than that, so that these lie on both sides of any change that matters.
        let (before, after) = (local - Self.farthestOffset, local + Self.farthestOffset)
        let candidates = [offset(at: before), offset(at: after)].map { local - $0 }
        if let first = candidates.filter({ $0 + offset(at: $0) == local }).min() { return first }
        return firstChange(after: before, until: after)
    }

    /// The first second with another offset than that at `start`.
    private func firstChange(after start: Int64, until end: Int64) -> Int64 {
        let offset = offset(at: start)
        var (low, high) = (start, end)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if self.offset(at: middle) == offset { low = middle } else { high = middle }
        }
        return high
    }

    private static let secondsPerDay: Int64 = 86_400
    private static let farthestOffset: Int64 = 16 * 3600
}

extension Int64 {
    /// Towards the past also before 1970.
    fileprivate func dividedDown(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
