import Forecasting
import Rules
import Tables

/// What each way to forecast says of a route's days to come, by scheduled hour.
///
/// - Input: what a forecast is made from, the recency-weighted means, and the route's past in `features`.
/// - Output: a row for each hour with a flight: `route`, `date`, `hour`, `flights`, `source` (whose the forecast is),
///   and a column for each `Predictor` but the one that knows the weather, each the mean over the hour's flights.
struct HorizonForecasts: Recipe {
    @Input var model: ModelFile
    @Input var metadata: MetadataFile
    @Input var medians: TableFile
    @Input var means: TableFile
    @Input var features: TableFile
    @Input var upcoming: TableFile
    var route: String
    var days: ClosedDays
    @Output var table: TableFile

    func run(_ step: Step) throws {
        let flights = try upcoming.read(where: [.between("date", .date(days.first), .date(days.last))])
        let known = try TrainedModel(model, metadata, threads: step.cpus)
        let medians = try Baselines(medians.read())
        let delays = try features.read(columns: ["delay_minutes"]).int32("delay_minutes").storage.map(Double.init)
        // Observations are in the order in which they were scheduled.
        guard let middle = delays.median(), let last = delays.last else { throw ForecastingError.noRows }
        let expected: [Predictor: [Double]] = [
            .forecast: try known.forecasts(for: flights, medians: medians).map(\.value),
            .model: try known.predictions(for: flights),
            .median: try medians.predictions(for: flights).map(\.value),
            .recencyMean: try Baselines(means.read()).predictions(for: flights).map(\.value),
            .constant: [Double](repeating: middle, count: flights.rowCount),
            .lastValue: [Double](repeating: last, count: flights.rowCount),
        ]
        let hours = try ScheduledHours(of: flights)
        let fields = Predictor.forecasting.map { Field($0.rawValue, .double) }
        try table.write(
            Table(
                Schema(
                    [
                        Field("route", .string), Field("date", .date), Field("hour", .int32), Field("flights", .int32),
                        Field("source", .string),
                    ] + fields),
                [
                    .string(Strings(hours.keys.map { _ in route })), .date(Values(hours.keys.map(\.date))),
                    .int32(Values(hours.keys.map(\.hour))), .int32(Values(hours.counts)),
                    .string(Strings(hours.keys.map { _ in known.better.rawValue })),
                ] + Predictor.forecasting.map { .double(Values(hours.means(of: expected[$0] ?? []))) }))
    }
}

/// The first and the last of some days.
struct ClosedDays: Codable, Hashable, Sendable {
    var first: Day
    var last: Day
}
