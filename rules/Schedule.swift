import Forecasting
import Rules
import Tables

/// What is known in advance: every flight of the year, also those that were cancelled later, by route.
///
/// It reads no column that is known only afterwards, and is the only way in which forecasts see the future.
///
/// - Output: `JFK-LAX.parquet` for each route, sorted by scheduled instant: scheduled local date, route, carrier,
///   scheduled local hour and minute, scheduled instant (UTC).
struct Schedule: Recipe {
    @Input var flights: CSVFile
    @Output var parts: Tree

    /// All that may be known of a flight before it departs.
    static let fields = [
        Field("date", .date), Field("route", .string), Field("carrier", .string), Field("hour", .int32),
        Field("minute", .int32), Field("scheduled_at", .timestamp),
    ]

    func run(_ step: Step) throws {
        let flights = try Flights(csv: flights.path, Flights.scheduleFields)
        let table = flights.table
        let (routes, scheduled, carriers) = (try flights.routes(), try flights.scheduled(), try table.string("carrier"))
        let schedule = try Table(
            Schema(Self.fields),
            [
                .date(Values(flights.dates())), .string(Strings(routes)), .string(carriers),
                .int32(table.int32("hour")), .int32(table.int32("minute")), .timestamp(Values(scheduled)),
            ])
        // Rows that this order leaves open are equal in every column.
        try schedule.write(byRoute: routes, to: parts) { left, right in
            (scheduled[left], carriers[left] ?? "") < (scheduled[right], carriers[right] ?? "")
        }
    }
}
