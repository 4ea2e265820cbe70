import Calendar
private import Glibc

extension LocalClock {
    /// That of the machine, as `date` shows it: `TZ`, else `/etc/localtime`.
    static let ofMachine = LocalClock(
        day: { nanoseconds in
            let parts = LocalTime.parts(nanoseconds)
            return Day(year: parts.year, month: parts.month, day: parts.day) ?? Day(daysSinceEpoch: 0)
        },
        instant: { day, seconds in LocalTime.instant(of: day, seconds: seconds) })
}

/// Instants and what the machine's clock shows at them.
enum LocalTime {
    /// - Parameter nanoseconds: since 1970-01-01T00:00:00Z.
    static func parts(_ nanoseconds: Int64) -> (year: Int, month: Int, day: Int, hour: Int, minute: Int) {
        var seconds = time_t(nanoseconds / 1_000_000_000)
        var parts = unsafe tm()
        unsafe localtime_r(&seconds, &parts)
        return unsafe (
            Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min)
        )
    }

    /// Where the clock shows it twice, or not at all since it is put forward over it, what the C library makes of it.
    static func instant(of day: Day, seconds: Int) -> Int64? {
        let calendar = day.calendar
        var parts = unsafe tm()
        unsafe parts.tm_year = Int32(clamping: calendar.year - 1900)
        unsafe parts.tm_mon = Int32(clamping: calendar.month - 1)
        unsafe parts.tm_mday = Int32(clamping: calendar.day)
        unsafe parts.tm_hour = Int32(clamping: seconds / 3600)
        unsafe parts.tm_min = Int32(clamping: seconds / 60 % 60)
        unsafe parts.tm_sec = Int32(clamping: seconds % 60)
        // It finds out itself whether daylight saving time holds.
        unsafe parts.tm_isdst = -1
        let (product, overflows) = unsafe Int64(mktime(&parts)).multipliedReportingOverflow(by: 1_000_000_000)
        return overflows ? nil : product
    }

    /// `2013-12-01 08:00`
    static func text(_ nanoseconds: Int64) -> String {
        let parts = parts(nanoseconds)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(parts.year)-\(two(parts.month))-\(two(parts.day)) \(two(parts.hour)):\(two(parts.minute))"
    }
}
