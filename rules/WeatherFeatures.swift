import Forecasting
import Rules
import Tables

/// A route's features with the weather at its origin in the hour for which each flight was scheduled.
///
/// - Input: what `Features` gives, and the hours of `Weather`.
/// - Output: `known`, for each of `cuts` a member `2013-02-01.parquet` with the observations of the days before it, as
///   `Features.table` with the weather added; such a member does not change when days are added. `scheduled`, a row for
///   each flight scheduled in the hours that the weather spans, cancelled ones included.
struct WeatherFeatures: Recipe {
    @Input var features: TableFile
    @Input var upcoming: TableFile
    @Input var weather: TableFile
    var cuts: [Day]
    @Output var known: Tree
    @Output var scheduled: TableFile

    func run(_ step: Step) throws {
        let hours = try weather.read()
        let observed = try features.read()
        let seen = try observed.adding(hours.weather(at: observed).dropping("hour_at"))
        let dates = try seen.date("date").storage
        for cut in cuts {
            let before = dates.indices.filter { dates[$0] < cut }
            try ParquetWriter().write(seen.selecting(rows: before), to: known[Self.member(cut)].path)
        }
        let flights = try upcoming.read()
        let weather = try hours.weather(at: flights)
        let isSpanned = try hours.spans(flights)
        try scheduled.write(flights.adding(weather.dropping("hour_at")).filtered(by: isSpanned))
    }

    static func member(_ cut: Day) -> String { "\(cut).parquet" }
}

extension Table {
    /// Of these hours, that of each flight; nulls where there is none.
    fileprivate func weather(at flights: Table) throws -> Table {
        let rows = try places(of: flights)
        let fields = schema.fields.map { Field($0.name, $0.type, nullable: true) }
        let columns = columns.map { column -> Column in
            guard case .double(let values) = column else {
                return .timestamp(Values(rows.map { _ in Timestamp?.none }))
            }
            return .double(Values(rows.map { row in row.flatMap { values[$0] } }))
        }
        return try Table(Schema(fields), columns, rowCount: flights.rowCount)
    }

    /// Whether each flight is scheduled between the first and the last of these hours.
    fileprivate func spans(_ flights: Table) throws -> [Bool] { try places(of: flights).map { $0 != nil } }

    /// The row of the hour of each flight.
    private func places(of flights: Table) throws -> [Int?] {
        guard let first = try timestamp("hour_at").storage.first else { throw WeatherError.noHours }
        return try flights.timestamp("scheduled_at").storage.map { scheduled in
            let row = first.hours(to: scheduled)
            return row >= 0 && row < rowCount ? row : nil
        }
    }

    fileprivate func dropping(_ name: String) throws -> Table {
        try selecting(schema.fields.map(\.name).filter { $0 != name })
    }
}
