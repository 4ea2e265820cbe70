import Forecasting
import Tables

/// How far one way to forecast was off, over some days.
struct AccuracyRow {
    var group: AccuracyGroup
    var predictor: Predictor
    var flights: Int
    var days: Int
    var meanAbsoluteError: Measured
    var bias: Measured
    /// The mean absolute error less that of the median, on the same flights.
    var minusMedian: Measured

    /// - Parameters:
    ///   - days: one per day, as `medians`, on the same flights.
    init(
        _ group: AccuracyGroup, _ predictor: Predictor, _ days: [ErrorSums], medians: [ErrorSums],
        _ bootstrap: DayBootstrap
    ) {
        let counts = days.map { Double($0.count) }
        self.group = group
        self.predictor = predictor
        flights = days.reduce(0) { $0 + $1.count }
        self.days = days.count
        meanAbsoluteError = Measured(days.map(\.absolute), over: counts, bootstrap)
        bias = Measured(days.map(\.signed), over: counts, bootstrap)
        minusMedian = Measured(zip(days, medians).map { $0.absolute - $1.absolute }, over: counts, bootstrap)
    }

    static func table(of rows: [AccuracyRow]) throws -> Table {
        let measures: [(name: String, values: [Measured])] = [
            ("mean_absolute_error", rows.map(\.meanAbsoluteError)), ("bias", rows.map(\.bias)),
            ("minus_median", rows.map(\.minusMedian)),
        ]
        let fields: [Field] = [
            Field("origin", .date, nullable: true), Field("horizon_day", .int32, nullable: true),
            Field("predictor", .string), Field("title", .string), Field("flights", .int64), Field("days", .int64),
        ]
        let columns: [Column] = [
            .date(Values(rows.map(\.group.origin))), .int32(Values(rows.map(\.group.horizonDay))),
            .string(Strings(rows.map(\.predictor.rawValue))), .string(Strings(rows.map(\.predictor.title))),
            .int64(Values(rows.map { Int64($0.flights) })), .int64(Values(rows.map { Int64($0.days) })),
        ]
        return try Table(
            Schema(fields + measures.flatMap { Measured.fields($0.name) }),
            columns + measures.flatMap { Measured.columns($0.values) })
    }
}
