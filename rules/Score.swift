import Forecasting
import Rules
import Tables

/// What was forecast as of one day against what happened: errors by way to forecast and day.
///
/// - Input: for each route the forecasts of the days to come, what a model says that was told their weather, and the
///   observations of all days. A flight counts that departed and was in the schedule.
/// - Output: `days`, a row per `Predictor` and day: `origin`, `predictor`, `date`, `horizon_day` (1 for the day after the
///   origin), `flights`, and of prediction minus delay the sum of sizes, `absolute_error_minutes`, and the sum,
///   `error_minutes`. `sources`, a row each for `model` and `median`: `origin`, `source`, `routes`.
struct Score: Recipe {
    @Input var forecasts: [TableFile]
    @Input var weatherKnown: [TableFile]
    @Input var happened: [TableFile]
    var origin: Day
    var horizon: Int
    @Output var days: TableFile
    @Output var sources: TableFile

    func run(_ step: Step) throws {
        guard forecasts.count == weatherKnown.count, forecasts.count == happened.count else {
            throw ScoreError.routesDiffer([forecasts.count, weatherKnown.count, happened.count])
        }
        var sums: [Predictor: [Day: ErrorSums]] = [:]
        var routesBySource: [String: Int] = [:]
        var unscheduled = 0
        for place in forecasts.indices {
            let expected = try expectations(forecasts[place].read(), weatherKnown[place])
            guard let expected else { continue }
            routesBySource[expected.source, default: 0] += 1
            let flights = try happened[place].read(where: horizonOnly)
            let hours = try ScheduledHours.keys(of: flights)
            for (hour, delay) in zip(hours, try flights.int32("delay_minutes").storage) {
                guard let row = expected.rows[hour] else {
                    unscheduled += 1
                    continue
                }
                for (predictor, values) in expected.values {
                    sums[predictor, default: [:]][hour.date, default: ErrorSums()].add(
                        values[row], truth: Double(delay))
                }
            }
        }
        if unscheduled > 0 { step.log("\(unscheduled) flights that departed were in no schedule") }
        try days.write(table(of: sums))
        try sources.write(table(of: routesBySource))
    }

    private var horizonOnly: [Predicate] { [.between("date", .date(origin + 1), .date(origin + horizon))] }

    /// What is expected of a route, by hour; nil where no flight is scheduled.
    private struct Expectations {
        var rows: [ScheduledHour: Int]
        var values: [Predictor: [Double]]
        var source: String
    }

    private func expectations(_ forecasts: Table, _ weatherKnown: TableFile) throws -> Expectations? {
        let hours = try ScheduledHours.keys(of: forecasts)
        guard let source = try forecasts.string("source").first.flatMap(\.self) else { return nil }
        var values: [Predictor: [Double]] = [:]
        for predictor in Predictor.forecasting { values[predictor] = try forecasts.double(predictor.rawValue).storage }
        let told = try weatherKnown.read(where: horizonOnly)
        let toldHours = try ScheduledHours(of: told)
        let means = Dictionary(
            uniqueKeysWithValues: zip(
                toldHours.keys, toldHours.means(of: try told.double("expected_delay_minutes").map { $0 ?? .nan })))
        values[.weatherKnown] = try hours.map { hour in
            guard let mean = means[hour], !mean.isNaN else { throw ScoreError.noWeather(hour.date, hour.hour) }
            return mean
        }
        return Expectations(
            rows: Dictionary(uniqueKeysWithValues: zip(hours, 0...)), values: values, source: source)
    }

    private func table(of sums: [Predictor: [Day: ErrorSums]]) throws -> Table {
        let rows = Predictor.allCases.flatMap { predictor in
            (sums[predictor] ?? [:]).sorted { $0.key < $1.key }.map { (predictor, $0.key, $0.value) }
        }
        return try Table(
            Schema([
                Field("origin", .date), Field("predictor", .string), Field("date", .date), Field("horizon_day", .int32),
                Field("flights", .int64), Field("absolute_error_minutes", .double), Field("error_minutes", .double),
            ]),
            [
                .date(Values(rows.map { _ in origin })), .string(Strings(rows.map(\.0.rawValue))),
                .date(Values(rows.map(\.1))), .int32(Values(rows.map { Int32(clamping: origin.distance(to: $0.1)) })),
                .int64(Values(rows.map { Int64($0.2.count) })), .double(Values(rows.map(\.2.absolute))),
                .double(Values(rows.map(\.2.signed))),
            ])
    }

    private func table(of routesBySource: [String: Int]) throws -> Table {
        let sources = ["model", "median"]
        return try Table(
            Schema([Field("origin", .date), Field("source", .string), Field("routes", .int64)]),
            [
                .date(Values(sources.map { _ in origin })), .string(Strings(sources)),
                .int64(Values(sources.map { Int64(routesBySource[$0] ?? 0) })),
            ])
    }
}

/// Why forecasts cannot be compared with what happened.
enum ScoreError: Error, Hashable, CustomStringConvertible {
    /// How many routes there are of what belongs together.
    case routesDiffer([Int])
    case noWeather(Day, Int32)

    var description: String {
        switch self {
        case .routesDiffer(let counts):
            "forecasts and what happened are of \(counts.map { "\($0)" }.joined(separator: " and ")) routes"
        case .noWeather(let day, let hour):
            """
            nothing is expected in the weather of \(day), \(hour):00
            hint: measure as of days whose horizon ends before the weather does
            """
        }
    }
}
