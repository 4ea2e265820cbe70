import Calendar

/// When a run is to start nothing more, as people write it.
///
/// `08:00` is the next time that the machine's clock shows it, `2013-12-01T08:00` that clock's on that day,
/// `2013-12-01T08:00Z` or `…-05:00` an instant, `+2h`, `+90m` or `+1h30m` so long from now.
enum Deadline: Hashable {
    case timeOfDay(seconds: Int)
    case local(Day, seconds: Int)
    case instant(nanoseconds: Int64)
    case after(nanoseconds: Int64)

    init(_ text: String) throws(SettingsError) {
        guard let deadline = Self.read(text) else { throw .badDeadline(text) }
        self = deadline
    }

    private static func read(_ text: String) -> Deadline? {
        if text.hasPrefix("+") { return Period.nanoseconds(text.dropFirst()).map { .after(nanoseconds: $0) } }
        if case .nanoseconds(let instant)? = WrittenInstant(text) { return .instant(nanoseconds: instant) }
        if let seconds = timeOfDay(text[...]) { return .timeOfDay(seconds: seconds) }
        guard let separator = text.firstIndex(where: { $0 == "T" || $0 == " " }),
            let day = Day(String(text[..<separator])),
            let seconds = timeOfDay(text[text.index(after: separator)...])
        else { return nil }
        return .local(day, seconds: seconds)
    }

    /// `08:00` or `08:00:30`, in seconds since midnight.
    private static func timeOfDay(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48 ... 57).contains($0) } })
        else { return nil }
        let numbers = parts.compactMap { Int($0) } + [0]
        guard numbers[0] < 24, numbers[1] < 60, numbers[2] < 60 else { return nil }
        return numbers[0] * 3600 + numbers[1] * 60 + numbers[2]
    }

    /// - Parameters:
    ///   - now: by the machine's clock: `--now` is of the data.
    ///   - clock: that of the machine's zone.
    /// - Returns: nanoseconds since 1970-01-01T00:00:00Z; nil beyond what those can say.
    func instant(now: Int64, _ clock: LocalClock) -> Int64? {
        switch self {
        case .instant(let nanoseconds): return nanoseconds
        case .after(let nanoseconds):
            let (sum, overflows) = now.addingReportingOverflow(nanoseconds)
            return overflows ? nil : sum
        case .local(let day, let seconds): return clock.instant(day, seconds)
        case .timeOfDay(let seconds):
            let today = clock.day(now)
            guard let first = clock.instant(today, seconds) else { return nil }
            return first > now ? first : clock.instant(today + 1, seconds)
        }
    }
}

/// What a zone's clock and calendar show.
struct LocalClock: Sendable {
    /// The day at an instant, nanoseconds since 1970-01-01T00:00:00Z.
    let day: @Sendable (_ nanoseconds: Int64) -> Day
    /// When it shows so many seconds after midnight of a day, nanoseconds since 1970-01-01T00:00:00Z.
    let instant: @Sendable (_ day: Day, _ seconds: Int) -> Int64?
}
