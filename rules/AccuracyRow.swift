import Forecasting
import Tables

/// A number with the ends of its 95 % interval, where it has one.
struct Measured {
    var value: Double
    var interval: ClosedRange<Double>?

    /// Sum of `numerators` / sum of `counts`.
    init(_ numerators: [Double], over counts: [Double], _ bootstrap: DayBootstrap) {
        value = numerators.reduce(0, +) / counts.reduce(0, +)
        interval = bootstrap.interval(of: numerators, over: counts)
    }
}

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
        let measures: [(String, KeyPath<AccuracyRow, Measured>)] = [
            ("mean_absolute_error", \.meanAbsoluteError), ("bias", \.bias), ("minus_median", \.minusMedian),
        ]
        let fields = measures.flatMap { name, _ in
            [
                Field(name, .double), Field("\(name)_low", .double, nullable: true),
                Field("\(name)_high", .double, nullable: true),
            ]
        }
        let columns = measures.flatMap { _, measure -> [Column] in
            [
                .double(Values(rows.map { $0[keyPath: measure].value })),
                .double(Values(rows.map { $0[keyPath: measure].interval?.lowerBound })),
                .double(Values(rows.map { $0[keyPath: measure].interval?.upperBound })),
            ]
        }
        return try Table(
            Schema(
                [
                    Field("origin", .date, nullable: true), Field("horizon_day", .int32, nullable: true),
                    Field("predictor", .string), Field("title", .string), Field("flights", .int64),
                    Field("days", .int64),
                ] + fields),
            [
                .date(Values(rows.map(\.group.origin))), .int32(Values(rows.map(\.group.horizonDay))),
                .string(Strings(rows.map(\.predictor.rawValue))), .string(Strings(rows.map(\.predictor.title))),
                .int64(Values(rows.map { Int64($0.flights) })), .int64(Values(rows.map { Int64($0.days) })),
            ] + columns)
    }
}
