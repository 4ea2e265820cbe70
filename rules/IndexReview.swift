import Forecasting
import Rules
import Tables

/// The predicted delays of each airport beside what happened, by day and by hour: to be drawn.
///
/// - Input: the indices of some days, and the observations of all days of the routes that they are about.
/// - Output: `byDay` and `byHour`, a row for each airport and `date` or local `hour`: `airport`, `scheduled` (flights),
///   `predicted_delay_minutes` (each slot of the index counting as often as it has flights), `departed` (flights),
///   and of these `mean_delay_minutes` and `median_delay_minutes`, null where none departed.
struct IndexReview: Recipe {
    @Input var indices: [TableFile]
    @Input var happened: [TableFile]
    var days: ClosedDays
    @Output var byDay: CSVFile
    @Output var byHour: CSVFile

    func run(_ step: Step) throws {
        var dates = Review<Day>()
        var hours = Review<Int32>()
        for index in indices {
            let rows = try index.read()
            let slots = try ScheduledHours.keys(of: rows)
            let (flights, predicted) = (
                try rows.int32("flights").storage, try rows.double("mean_predicted_delay_minutes").storage
            )
            for (row, airport) in try rows.string("origin").enumerated() {
                dates.expect(airport ?? "", slots[row].date, predicted[row], flights: Int64(flights[row]))
                hours.expect(airport ?? "", slots[row].hour, predicted[row], flights: Int64(flights[row]))
            }
        }
        for route in happened {
            let rows = try route.read(
                columns: ["route", "date", "hour", "delay_minutes"],
                where: [.between("date", .date(days.first), .date(days.last))])
            let (slots, delays) = (try ScheduledHours.keys(of: rows), try rows.int32("delay_minutes").storage)
            for (row, name) in try rows.string("route").enumerated() {
                let airport = String((name ?? "").prefix { $0 != "-" })
                dates.see(airport, slots[row].date, Double(delays[row]))
                hours.see(airport, slots[row].hour, Double(delays[row]))
            }
        }
        try CSVWriter().write(dates.table("date", .date) { .date(Values($0)) }, to: byDay.path)
        try CSVWriter().write(hours.table("hour", .int32) { .int32(Values($0)) }, to: byHour.path)
    }
}

/// What was expected and what was seen, by airport and by day or hour.
private struct Review<Position: Hashable & Comparable & FixedWidth> {
    private var places: [Place: Seen] = [:]

    private struct Place: Hashable {
        var airport: String
        var position: Position
    }

    private struct Seen {
        var scheduled: Int64 = 0
        /// Of the flights.
        var predicted = 0.0
        var delays: [Double] = []
    }

    mutating func expect(_ airport: String, _ position: Position, _ delay: Double, flights: Int64) {
        let place = Place(airport: airport, position: position)
        places[place, default: Seen()].scheduled += flights
        places[place, default: Seen()].predicted += delay * Double(flights)
    }

    /// Where nothing was expected nothing is seen.
    mutating func see(_ airport: String, _ position: Position, _ delay: Double) {
        places[Place(airport: airport, position: position)]?.delays.append(delay)
    }

    func table(_ name: String, _ type: ColumnType, _ column: ([Position]) -> Column) throws -> Table {
        let rows = places.sorted { ($0.key.airport, $0.key.position) < ($1.key.airport, $1.key.position) }
        return try Table(
            Schema([
                Field("airport", .string), Field(name, type), Field("scheduled", .int64),
                Field("predicted_delay_minutes", .double), Field("departed", .int64),
                Field("mean_delay_minutes", .double, nullable: true),
                Field("median_delay_minutes", .double, nullable: true),
            ]),
            [
                .string(Strings(rows.map(\.key.airport))), column(rows.map(\.key.position)),
                .int64(Values(rows.map(\.value.scheduled))),
                .double(Values(rows.map { $0.value.predicted / Double($0.value.scheduled) })),
                .int64(Values(rows.map { Int64($0.value.delays.count) })),
                .double(Values(rows.map { $0.value.delays.mean() })),
                .double(Values(rows.map { $0.value.delays.median() })),
            ])
    }
}
