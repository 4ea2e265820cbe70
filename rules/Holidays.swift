import Rules

/// The federal holidays of the United States, on the days on which they fall.
///
/// - Source: 5 U.S.C. 6103(a), as of 2013.
enum FederalHolidays {
    static func of(year: Int) -> [Day] {
        let holidays = [
            day(year, 1, 1),  // New Year's Day
            weekday(monday, 3, year, 1),  // Birthday of Martin Luther King, Jr.
            weekday(monday, 3, year, 2),  // Washington's Birthday
            lastMonday(year, 5),  // Memorial Day
            day(year, 7, 4),  // Independence Day
            weekday(monday, 1, year, 9),  // Labor Day
            weekday(monday, 2, year, 10),  // Columbus Day
            day(year, 11, 11),  // Veterans Day
            weekday(thursday, 4, year, 11),  // Thanksgiving Day
            day(year, 12, 25),  // Christmas Day
        ]
        return holidays.compactMap(\.self)
    }

    private static let (monday, thursday) = (0, 3)

    private static func day(_ year: Int, _ month: Int, _ day: Int) -> Day? { Day(year: year, month: month, day: day) }

    /// The `count`th such weekday of the month.
    private static func weekday(_ weekday: Int, _ count: Int, _ year: Int, _ month: Int) -> Day? {
        day(year, month, 1).map { $0 + (weekday - $0.weekday + 7) % 7 + (count - 1) * 7 }
    }

    private static func lastMonday(_ year: Int, _ month: Int) -> Day? {
        day(year, month, 31).map { $0 - $0.weekday }
    }
}

/// Days that have similar flights and passengers.
enum WeekdayGroup: Int32 {
    case mondayToThursday, friday, weekend

    init(_ day: Day) {
        switch day.weekday {
        case 0 ... 3: self = .mondayToThursday
        case 4: self = .friday
        default: self = .weekend
        }
    }
}
