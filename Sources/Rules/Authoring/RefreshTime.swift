/// Calendar times at which a rule is refreshed: `.weekly(.monday)`, `.daily(at: "06:00")`, `.monthly(day: 1)`.
public struct RefreshTime: Hashable, Sendable {
    private enum Days: Hashable {
        case daily
        case weekly(Recurrence.Weekday)
        case monthly(Int)
    }
    private let days: Days
    /// As it was said: `06:00`.
    private let time: String

    /// Every day at a time of day, `00:00` to `23:59`.
    public static func daily(at time: String = "00:00") -> RefreshTime { RefreshTime(days: .daily, time: time) }

    /// Every week on a day of it.
    public static func weekly(_ day: Recurrence.Weekday, at time: String = "00:00") -> RefreshTime {
        RefreshTime(days: .weekly(day), time: time)
    }

    /// Every month on a day of it, 1 to 31; where a month is shorter, on its last day.
    public static func monthly(day: Int, at time: String = "00:00") -> RefreshTime {
        RefreshTime(days: .monthly(day), time: time)
    }

    /// What it stands for, if its numbers are such days and times.
    func recurrence() throws(PolicyFlaw) -> Recurrence {
        let minute = try minuteOfDay()
        switch days {
        case .daily: return .daily(minuteOfDay: minute)
        case .weekly(let day): return .weekly(day, minuteOfDay: minute)
        case .monthly(let day):
            guard (1 ... 31).contains(day) else { throw .noDayOfMonth(day) }
            return .monthly(day: day, minuteOfDay: minute)
        }
    }

    private func minuteOfDay() throws(PolicyFlaw) -> Int {
        let parts = time.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy { (48 ... 57).contains($0) } }),
            let hour = Int(Substring(parts[0])), let minute = Int(Substring(parts[1])), hour < 24, minute < 60
        else { throw .noTimeOfDay(time) }
        return hour * 60 + minute
    }
}
