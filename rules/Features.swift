import Forecasting
import Rules
import Tables

/// What a route's model learns from, and what it is asked.
///
/// - Input: the route's observations and its schedule, and the calendar.
/// - Output: `table`, a row per observation: `date`, `scheduled_at`, the features, the target `delay_minutes`, and
///   `observed_at` last. `upcoming`, a row per flight of the schedule: the same but for what is only known afterwards.
struct Features: Recipe {
    @Input var observations: TableFile
    @Input var schedule: TableFile
    @Input var calendar: TableFile
    @Output var table: TableFile
    @Output var upcoming: TableFile

    func run(_ step: Step) throws {
        let days = try calendar.read()
        let seen = try observations.read()
        try table.write(
            known(of: seen, days).adding(seen.selecting(["delay_minutes", "observed_at"])))
        // Small row groups, so that a forecast of one day reads little more than that day.
        try upcoming.write(known(of: schedule.read(), days), rowGroupRows: 1024)
    }

    /// What a model learns of days. Month and holidays are not among it: in a year's data each is there once, and what
    /// a model made of them did not hold for the weeks that followed (`docs/forecasting.md`).
    private static let ofDays = ["date", "weekday", "weekday_group"]

    /// What is known of flights in advance, from their carrier, date, hour and minute.
    private func known(of flights: Table, _ calendar: Table) throws -> Table {
        let rows = Dictionary(
            zip(try calendar.date("date").storage, 0...), uniquingKeysWith: { first, _ in first })
        let days = try flights.date("date").storage.map { day in
            guard let row = rows[day] else { throw FlightsError.notInCalendar(day) }
            return row
        }
        let codes = try flights.string("carrier").enumerated().map { row, carrier in
            guard let code = carrierCode(carrier ?? "") else {
                throw FlightsError.noSuchCarrier(carrier ?? "", row: row)
            }
            return code
        }
        let flight = try Table(
            Schema([
                Field("hour", .int32), Field("minute", .int32), Field("carrier_code", .int32),
            ]),
            [.int32(flights.int32("hour")), .int32(flights.int32("minute")), .int32(Values(codes))])
        return try calendar.selecting(Self.ofDays).selecting(rows: days)
            .adding(flights.selecting(["scheduled_at"])).adding(flight)
    }
}

/// A number for a carrier: its code of two letters or digits read as a number of base 36.
///
/// It depends on nothing but the code, so that a new carrier leaves the numbers, and hence the models, of the others
/// as they were. Trees split such numbers as well as any others: a route has few carriers.
func carrierCode(_ code: String) -> Int32? {
    guard code.utf8.count == 2, code.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else {
        return nil
    }
    return Int32(code, radix: 36)
}

extension Table {
    /// This table's columns, then the other's, of as many rows.
    func adding(_ other: Table) throws -> Table {
        try Table(Schema(schema.fields + other.schema.fields), columns + other.columns)
    }
}
