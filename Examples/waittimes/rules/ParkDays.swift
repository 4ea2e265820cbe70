import Forecasting
import Rules
import Tables

/// The days of one park.
struct ParkDays {
    private let table: Table
    private let rows: [Day: Int]

    /// - Parameter calendar: of one park, as `ParkCalendar` gives it.
    init(_ calendar: Table) throws {
        table = calendar
        rows = Dictionary(zip(try calendar.date("park_date").storage, 0...), uniquingKeysWith: { first, _ in first })
    }

    /// In the calendar's order.
    var days: [Day] { get throws { try table.date("park_date").storage } }

    /// The rows of these days.
    func rows(of days: [Day]) throws -> [Int] {
        try days.map { day in
            guard let row = rows[day] else { throw CalendarError.notInCalendar(day) }
            return row
        }
    }

    /// What is known in advance of some moments: `park_date`, then the features of every model, in their order.
    ///
    /// - Parameter minutes: since 06:00, one for each day.
    func features(of days: [Day], minutes: [Int32]) throws -> Table {
        let ofDays = try table.selecting(rows: rows(of: days))
        let moment = try Table(
            Schema([Field("minutes_since_0600", .int32), Field("hour", .int32)]),
            [.int32(Values(minutes)), .int32(Values(minutes.map { clockHour($0) }))])
        return try ofDays.adding(moment)
    }

    /// The slots of a day, in minutes since 06:00: every five minutes from opening to closing, both included.
    func slots(of day: Day) throws -> [Int32] {
        let row = try rows(of: [day])[0]
        let opens = try table.int32("opens_minute").storage[row] - 360
        let closes = try table.int32("closes_minute").storage[row] - 360
        return Array(stride(from: opens, through: closes, by: 5))
    }
}

extension Table {
    /// This table's columns, then the other's, of as many rows.
    func adding(_ other: Table) throws -> Table {
        try Table(Schema(schema.fields + other.schema.fields), columns + other.columns)
    }
}
