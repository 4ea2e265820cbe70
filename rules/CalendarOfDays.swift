import Forecasting
import Rules
import Tables

/// What is known of the days of some years.
///
/// - Output: a row per day: `date`; `weekday`, 0 for Monday; `weekday_group`, as in `WeekdayGroup`; `month`;
///   `is_holiday`; `days_to_holiday`, to the nearest federal holiday, negative if it is over, the coming one if both
///   are as near.
struct CalendarOfDays: Recipe {
    var years: ClosedYears
    @Output var table: TableFile

    func run(_ step: Step) throws {
        let days = years.days
        let holidays = (years.first - 1 ... years.last + 1).flatMap(FederalHolidays.of)
        let distances = days.map { day in nearest(holidays, to: day) }
        try table.write(
            Table(
                Schema([
                    Field("date", .date), Field("weekday", .int32), Field("weekday_group", .int32),
                    Field("month", .int32), Field("is_holiday", .bool), Field("days_to_holiday", .int32),
                ]),
                [
                    .date(Values(days)),
                    .int32(Values(days.map { Int32($0.weekday) })),
                    .int32(Values(days.map { WeekdayGroup($0).rawValue })),
                    .int32(Values(days.map { Int32($0.calendar.month) })),
                    .bool(Values(distances.map { $0 == 0 })),
                    .int32(Values(distances.map { Int32(clamping: $0) })),
                ]))
    }

    private func nearest(_ holidays: [Day], to day: Day) -> Int {
        holidays.map { day.distance(to: $0) }.min { (abs($0), -$0) < (abs($1), -$1) } ?? 0
    }
}

/// The first and the last of some years.
struct ClosedYears: Codable, Hashable, Sendable {
    var first: Int
    var last: Int

    var days: [Day] {
        guard let start = Day(year: first, month: 1, day: 1), let end = Day(year: last, month: 12, day: 31),
            start <= end
        else { return [] }
        return Array(start ... end)
    }
}
