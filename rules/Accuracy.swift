import Forecasting
import Rules
import Tables

/// How far forecasts were from what happened, by way to forecast.
///
/// Days are what is drawn for the intervals (`DayBootstrap`), so that a single day has none.
///
/// - Input: what `Score` gives for several origins.
/// - Output: a row per group of days and `Predictor`: `origin` and `horizon_day`, null for all; `predictor`, `title`,
///   `flights`, `days`; per flight, in minutes, `mean_absolute_error`, `bias` (prediction minus delay) and
///   `minus_median` (the mean absolute error less that of the median), each with the ends of its 95 % interval, `…_low`
///   and `…_high`. Groups: each origin, each day of the horizon over all origins, everything, each origin's each day.
struct Accuracy: Recipe {
    @Input var scores: [TableFile]
    @Output var table: TableFile
    @Output var csv: CSVFile

    func run(_ step: Step) throws {
        let rows = try scores.flatMap { try DayErrors.read($0.read()) }
        let origins = Set(rows.map(\.origin)).sorted()
        let horizon = Set(rows.map(\.horizonDay)).sorted()
        var groups: [AccuracyGroup] = [AccuracyGroup(origin: nil, horizonDay: nil)]
        groups += origins.map { AccuracyGroup(origin: $0, horizonDay: nil) }
        groups += horizon.map { AccuracyGroup(origin: nil, horizonDay: $0) }
        for origin in origins { groups += horizon.map { AccuracyGroup(origin: origin, horizonDay: $0) } }
        let measured = groups.flatMap { $0.measured(rows, seed: step.seed) }
        let result = try AccuracyRow.table(of: measured)
        try table.write(result)
        try CSVWriter().write(result, to: csv.path)
    }
}

/// The errors of one way to forecast on one day.
struct DayErrors {
    var origin: Day
    var predictor: Predictor
    var horizonDay: Int32
    var sums: ErrorSums

    static func read(_ table: Table) throws -> [DayErrors] {
        let (origins, days) = (try table.date("origin").storage, try table.int32("horizon_day").storage)
        let (flights, absolute) = (
            try table.int64("flights").storage, try table.double("absolute_error_minutes").storage
        )
        let signed = try table.double("error_minutes").storage
        return try table.string("predictor").enumerated().compactMap { row, name in
            guard let predictor = name.flatMap(Predictor.init) else { return nil }
            return DayErrors(
                origin: origins[row], predictor: predictor, horizonDay: days[row],
                sums: ErrorSums(count: Int(flights[row]), absolute: absolute[row], signed: signed[row]))
        }
    }
}

/// Days that are looked at together.
struct AccuracyGroup: Hashable {
    /// Nil: all, as the next.
    var origin: Day?
    var horizonDay: Int32?

    func measured(_ rows: [DayErrors], seed: UInt64) -> [AccuracyRow] {
        let own = rows.filter { row in
            (origin == nil || row.origin == origin) && (horizonDay == nil || row.horizonDay == horizonDay)
        }
        // In the same order for each predictor: rows are sorted by origin and day.
        let byPredictor = Dictionary(grouping: own, by: \.predictor).mapValues { $0.map(\.sums) }
        guard let medians = byPredictor[.median] else { return [] }
        let bootstrap = DayBootstrap(days: medians.count, seed: seed)
        return Predictor.allCases.compactMap { predictor in
            byPredictor[predictor].map { AccuracyRow(self, predictor, $0, medians: medians, bootstrap) }
        }
    }
}
