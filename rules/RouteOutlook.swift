import Forecasting
import Rules
import Tables

/// What was forecast of one route's days to come, hour by hour, and the flights that departed: to be drawn.
///
/// - Input: the route's curves and intervals, and its observations of all days.
/// - Output: `hours`, a row for each hour with a flight: `date`, `hour`, `flights`, `predicted_delay_minutes`, `p10`,
///   `p90`. `flights`, a row for each one that departed: `date`, `hour`, `minute`, `delay_minutes`. Both local time.
struct RouteOutlook: Recipe {
    @Input var curves: [TableFile]
    @Input var intervals: TableFile
    @Input var happened: TableFile
    var days: ClosedDays
    @Output var hours: CSVFile
    @Output var flights: CSVFile

    func run(_ step: Step) throws {
        let parts = try curves.map { try $0.read(columns: ["date", "hour", "flights", "predicted_delay_minutes"]) }
        let expected = try Table(parts.first?.schema ?? Schema([]), concatenating: parts)
        let quantiles = try intervals.read(columns: ["date", "hour", "p10", "p90"])
        let rows = try rows(of: expected, in: quantiles)
        let ends = try ["p10", "p90"].map { name in
            let values = try quantiles.double(name).storage
            return Column.double(Values(rows.map { values[$0] }))
        }
        let fields = ["p10", "p90"].map { Field($0, .double) }
        try CSVWriter().write(
            Table(Schema(expected.schema.fields + fields), expected.columns + ends), to: hours.path)

        let departed = try happened.read(
            columns: ["date", "hour", "minute", "delay_minutes"],
            where: [.between("date", .date(days.first), .date(days.last))])
        try CSVWriter().write(departed, to: flights.path)
    }

    /// Where the interval of each hour stands.
    private func rows(of expected: Table, in quantiles: Table) throws -> [Int] {
        let places = Dictionary(uniqueKeysWithValues: zip(try ScheduledHours.keys(of: quantiles), 0...))
        return try ScheduledHours.keys(of: expected).map { hour in
            guard let place = places[hour] else { throw ReportError.noInterval(hour.date, hour.hour) }
            return place
        }
    }
}

/// Why there can be no report.
enum ReportError: Error, Hashable, CustomStringConvertible {
    /// An hour is forecast and has no interval.
    case noInterval(Day, Int32)
    /// The accuracy has no row for all days.
    case noAccuracy

    var description: String {
        switch self {
        case .noInterval(let day, let hour): "no interval is forecast for \(day), \(hour):00, although a delay is"
        case .noAccuracy: "the accuracy has no row for all days: no flight of the days to come departed"
        }
    }
}
