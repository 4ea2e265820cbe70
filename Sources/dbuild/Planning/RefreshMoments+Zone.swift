import Calendar
import Planning

extension RefreshMoments {
    /// When a recurrence was due last, and will be next.
    ///
    /// - Parameter now: nanoseconds since 1970-01-01T00:00:00Z.
    init(of recurrence: Recurrence, in zone: Zone, now: Int64) {
        let today = zone.day(at: now)
        // Two periods to each side: the day at hand may have its moment behind it or ahead.
        let moments = recurrence.days(around: today).map { day in
            let (nanoseconds, isTooFar) = zone.instant(of: day, minuteOfDay: recurrence.minuteOfDay)
                .multipliedReportingOverflow(by: 1_000_000_000)
            return isTooFar ? (day < today ? Int64.min : Int64.max) : nanoseconds
        }
        self.init(last: moments.filter { $0 <= now }.max() ?? .min, next: moments.filter { $0 > now }.min() ?? .max)
    }
}

extension Recurrence {
    fileprivate var minuteOfDay: Int {
        switch self {
        case .daily(let minute), .weekly(_, let minute), .monthly(_, let minute): minute
        }
    }

    fileprivate func days(around day: Day) -> [Day] {
        switch self {
        case .daily: return (-2 ... 2).map { day + $0 }
        case .weekly(let weekday, _):
            let same = day + (weekday.rawValue - 1 - day.weekday)
            return (-2 ... 2).map { same + 7 * $0 }
        case .monthly(let number, _):
            let (year, month, _) = day.calendar
            return (-2 ... 2).compactMap { shift in
                let months = year * 12 + month - 1 + shift
                let (shiftedYear, shiftedMonth) = (months / 12, months % 12 + 1)
                // Where the month is shorter, its last day.
                return (0 ... 3).lazy.compactMap { less in
                    Day(year: shiftedYear, month: shiftedMonth, day: number - less)
                }.first
            }
        }
    }
}

extension Circumstances {
    /// Fills in when the rules that are refreshed by the calendar were due.
    mutating func findMoments() {
        for (index, policy) in policies.enumerated() {
            // The zone was found when the plan was made.
            guard case .refresh(.calendar(let recurrence, let identifier))? = policy.existence,
                let zone = Zone(identifier)
            else { continue }
            moments[RuleID(index)] = RefreshMoments(of: recurrence, in: zone, now: nowNanoseconds)
        }
    }
}
