import Forecasting
import Rules
import Tables

/// What data there are, by airport and month.
///
/// - Input: the raw flights and corrections of them; of each airport the weather of all hours from its first to its last.
/// - Output: a row for each airport and month: `airport`, `month` (its first day), `days` (with a scheduled flight),
///   `routes`, `scheduled`, `departed`, `not_departed`, `weather_hours` and `weather_hours_missing`, both counted in
///   New York's standard time, in which every day has 24 hours.
struct HeldData: Recipe {
    @Input var flights: CSVFile
    @Input var late: CSVFile?
    @Input var weather: Tree
    @Output var table: TableFile
    @Output var csv: CSVFile

    func run(_ step: Step) throws {
        let fields = Flights.scheduleFields + [Flights.delayField]
        var flights = try Flights(csv: flights.path, fields)
        if let late { flights = try flights.corrected(by: Flights(csv: late.path, fields)) }
        var held: [AirportMonth: Held] = [:]
        let (dates, routes) = (try flights.dates(), try flights.routes())
        let departed = try flights.table.int32("dep_delay").validity
        for (row, route) in routes.enumerated() {
            let month = AirportMonth(airport: String(route.prefix(3)), month: dates[row].firstOfMonth)
            held[month, default: Held()].add(route, on: dates[row], hasDeparted: departed[row])
        }
        for member in try weather.members() {
            try addWeather(ParquetFile(weather[member].path).read(), of: String(member.prefix(3)), to: &held)
        }
        let result = try table(of: held.sorted { $0.key < $1.key })
        try table.write(result)
        try CSVWriter().write(result, to: csv.path)
    }

    private func addWeather(_ hours: Table, of airport: String, to held: inout [AirportMonth: Held]) throws {
        let columns = try WeatherColumns.named.map { try hours.double($0).validity }
        for (row, instant) in try hours.timestamp("hour_at").storage.enumerated() {
            let day = instant.standardDayInNewYork
            let isKnown = columns.contains { $0[row] }
            held[AirportMonth(airport: airport, month: day.firstOfMonth), default: Held()].addHour(isKnown: isKnown)
        }
    }

    private func table(of rows: [(key: AirportMonth, value: Held)]) throws -> Table {
        let counts: [(String, (Held) -> Int)] = [
            ("days", { $0.days.count }), ("routes", { $0.routes.count }), ("scheduled", \.scheduled),
            ("departed", \.departed), ("not_departed", { $0.scheduled - $0.departed }),
            ("weather_hours", \.weatherHours), ("weather_hours_missing", \.weatherHoursMissing),
        ]
        return try Table(
            Schema([Field("airport", .string), Field("month", .date)] + counts.map { Field($0.0, .int64) }),
            [.string(Strings(rows.map(\.key.airport))), .date(Values(rows.map(\.key.month)))]
                + counts.map { _, count in .int64(Values(rows.map { Int64(count($0.value)) })) })
    }
}

private struct AirportMonth: Hashable, Comparable {
    var airport: String
    var month: Day

    static func < (left: AirportMonth, right: AirportMonth) -> Bool {
        (left.airport, left.month) < (right.airport, right.month)
    }
}

/// What there is of one month at one airport.
private struct Held {
    var days: Set<Day> = []
    var routes: Set<String> = []
    var scheduled = 0
    var departed = 0
    var weatherHours = 0
    var weatherHoursMissing = 0

    mutating func add(_ route: String, on day: Day, hasDeparted: Bool) {
        days.insert(day)
        routes.insert(route)
        scheduled += 1
        if hasDeparted { departed += 1 }
    }

    mutating func addHour(isKnown: Bool) {
        if isKnown { weatherHours += 1 } else { weatherHoursMissing += 1 }
    }
}

extension Day {
    var firstOfMonth: Day { self - (calendar.day - 1) }
}

extension Timestamp {
    /// The date five hours behind UTC.
    fileprivate var standardDayInNewYork: Day {
        let hours = Timestamp(microsecondsSinceEpoch: 0).hours(to: adding(minutes: -5 * 60))
        return Day(daysSinceEpoch: Int32(clamping: (hours - (hours % 24 + 24) % 24) / 24))
    }
}
