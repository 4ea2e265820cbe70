public import Calendar
public import Rules
import Tables

/// Means or medians of a column by keys, what is recent counting more: a row of n days ago weighs 1 / (1 + n / 365).
///
/// They carry the day as of which they are, and so change every day, also where nothing was observed.
///
/// - Input: rows with that column, of a number type, their day in a date column, and the keys, of int32; rows without
///   a value do not count, and none may be later than `asOf`.
/// - Output: `Baselines.table()`.
/// - Throws: `ForecastingError.noRows`, `laterThan`; `TableError`.
public struct RecencyBaselines: Recipe {
    @Input public var rows: TableFile
    /// The column whose means or medians are taken.
    public var value: String
    /// The column of each row's day.
    public var day: String
    public var asOf: Day
    public var statistic: Baselines.Average
    public var settings: BaselineSettings
    @Output public var table: TableFile

    public init(
        rows: TableFile, value: String, day: String = "date", asOf: Day, statistic: Baselines.Average,
        settings: BaselineSettings, table: TableFile
    ) {
        self.rows = rows
        self.value = value
        self.day = day
        self.asOf = asOf
        self.statistic = statistic
        self.settings = settings
        self.table = table
    }

    public func run(_ step: Step) throws {
        let known = try rows.read(columns: settings.keys + [day, value]).having(value)
        try known.requireNoNulls(in: [day])
        let days = try known.date(day).storage
        if let late = days.first(where: { $0 > asOf }) { throw ForecastingError.laterThan(asOf, late) }
        let weights = days.map { recencyWeight(of: $0, asOf: asOf) }
        let baselines = try Baselines(
            statistic, of: known.numbers(value), weights: weights, by: BaselineKeys(settings.keys, of: known), settings)
        try table.write(baselines.table())
    }
}

/// How much a row of a day counts as of another: 1 on the same day, a half after 365 days, a third after
/// 730.
///
/// - Parameter asOf: not earlier than the day.
public func recencyWeight(of day: Day, asOf: Day) -> Double { 1 / (1 + Double(day.distance(to: asOf)) / 365) }
