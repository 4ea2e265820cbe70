import Forecasting
import Rules
import Tables

/// What has been observed: the flights that departed, scheduled up to a day, by route.
///
/// - Input: the raw flights, and perhaps corrected rows with the same columns.
/// - Output: `JFK-LAX.parquet` for each route, sorted by scheduled instant: route, carrier, scheduled local date, hour
///   and minute, scheduled and actual instant (UTC), delay in minutes, and `observed_at`, when the delay became
///   known: at the actual departure.
struct Observations: Recipe {
    @Input var flights: CSVFile
    @Input var late: CSVFile?
    /// The last scheduled local date that counts. No other recipe may see it, so that a day later only those
    /// routes change that flew.
    var through: Day
    @Output var parts: Tree

    func run(_ step: Step) throws {
        let fields = Flights.scheduleFields + [Flights.delayField]
        var flights = try Flights(csv: flights.path, fields)
        if let late { flights = try flights.corrected(by: Flights(csv: late.path, fields)) }

        let delays = try flights.table.int32("dep_delay")
        let dates = try flights.dates()
        let observed = dates.indices.filter { delays.validity[$0] && dates[$0] <= through }
        try write(Flights(flights.table.selecting(rows: observed)))
    }

    /// - Parameter flights: none without a delay.
    private func write(_ flights: Flights) throws {
        let table = flights.table
        let (routes, scheduled, carriers) = (try flights.routes(), try flights.scheduled(), try table.string("carrier"))
        let (delays, numbers) = (try table.int32("dep_delay").storage, try table.int32("flight").storage)
        let actual = zip(scheduled, delays).map { $0.adding(minutes: $1) }
        let observations = try Table(
            Schema([
                Field("route", .string), Field("carrier", .string), Field("date", .date), Field("hour", .int32),
                Field("minute", .int32), Field("scheduled_at", .timestamp), Field("actual_at", .timestamp),
                Field("delay_minutes", .int32), Field("observed_at", .timestamp),
            ]),
            [
                .string(Strings(routes)), .string(carriers), .date(Values(flights.dates())),
                .int32(table.int32("hour")), .int32(table.int32("minute")), .timestamp(Values(scheduled)),
                .timestamp(Values(actual)), .int32(Values(delays)), .timestamp(Values(actual)),
            ])
        // Two flights of one carrier have different numbers, so this order leaves nothing open.
        try observations.write(byRoute: routes, to: parts) { left, right in
            (scheduled[left], carriers[left] ?? "", numbers[left])
                < (scheduled[right], carriers[right] ?? "", numbers[right])
        }
    }
}
