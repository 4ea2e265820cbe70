import Forecasting
import Rules
import Tables

/// How far the ways to expect an actual wait were off, on the latest days: those that no model had seen when it was
/// tested.
///
/// - Input: what is known of both models, and the rows that they were tested on; the observations, of which only those
///   before these days count.
/// - Output: one row: `tested_from`, the first of the test's days; `rows`, the actual waits on them; and
///   mean absolute errors in minutes, null where there are no such days: of the model that is told what the sign says,
///   `with_posted`; of the one that is not, `without_posted`; of the `median` of actual waits by date group and hour; of
///   the `aggregate`, the recency-weighted median of posted waits; of the `sign` itself, taken at its word. `forecast_by`
///   says whether forecasts are the model's or the medians'. While a training waits, a model's errors are of the rows
///   that it knew, which may be some fewer.
struct Accuracy: Recipe {
    @Input var withPosted: MetadataFile
    @Input var withoutPosted: MetadataFile
    @Input var features: TableFile
    @Input var observations: TableFile
    var aggregates: BaselineSettings
    var split: DaySplit
    @Output var table: TableFile

    func run(_ step: Step) throws {
        let (told, untold) = (try withPosted.read(), try withoutPosted.read())
        let posted = try postedErrors()
        let errors: [(String, Double?)] = [
            ("with_posted", told.meanAbsoluteError.model), ("without_posted", untold.meanAbsoluteError.model),
            ("median", untold.meanAbsoluteError.median), ("aggregate", posted?.aggregate.mean),
            ("sign", posted?.sign.mean),
        ]
        try table.write(
            Table(
                Schema(
                    [
                        Field("tested_from", .date, nullable: true),
                        Field("rows", .int64),
                        Field("forecast_by", .string),
                    ] + errors.map { Field($0.0, .double, nullable: true) }),
                [
                    .date([posted?.first]), .int64([Int64(untold.rows.test)]),
                    .string([untold.better.rawValue]),
                ] + errors.map { .double([$0.1]) }))
    }

    /// Errors of what the sign says, and would be expected to say; nil where nothing was posted before the test's days,
    /// or there are none.
    private func postedErrors() throws -> (first: Day, aggregate: ErrorSums, sign: ErrorSums)? {
        let rows = try features.read(columns: ["park_date", "date_group", "hour", "actual_minutes", "posted_minutes"])
        let isTest = split.folds(of: try rows.date("park_date").storage).map { $0 == .test }
        let test = try rows.filtered(by: isTest)
        guard let first = try test.date("park_date").storage.min() else { return nil }
        let known = try observations.read(where: [.atMost("park_date", .date(first - 1))])
        let before = try known.filtered(by: known.int32("posted_minutes").map { $0 != nil })
        guard before.rowCount > 0 else { return nil }
        let expected = try Baselines(
            .median, of: before.int32("posted_minutes").storage.map(Double.init),
            weights: before.date("park_date").storage.map { recencyWeight(of: $0, asOf: first - 1) },
            by: BaselineKeys(aggregates.keys, of: before), aggregates
        ).predictions(for: test)
        var (aggregate, sign) = (ErrorSums(), ErrorSums())
        let posted = try test.int32("posted_minutes")
        for (row, wait) in try test.int32("actual_minutes").storage.enumerated() {
            aggregate.add(expected[row].value, truth: Double(wait))
            sign.add(posted[row].map(Double.init) ?? expected[row].value, truth: Double(wait))
        }
        return (first, aggregate, sign)
    }
}

extension ErrorSums {
    /// The mean absolute error; nil of nothing.
    fileprivate var mean: Double? { count > 0 ? absolute / Double(count) : nil }
}
