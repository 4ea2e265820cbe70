import Forecasting
import Tables

extension AccuracyRow {
    /// The rows of a table that `Accuracy` has written.
    static func read(_ table: Table) throws -> [AccuracyRow] {
        let (origins, horizon) = (try table.date("origin"), try table.int32("horizon_day"))
        let (flights, days) = (try table.int64("flights").storage, try table.int64("days").storage)
        let errors = try Measured.read("mean_absolute_error", of: table)
        let biases = try Measured.read("bias", of: table)
        let differences = try Measured.read("minus_median", of: table)
        return try table.string("predictor").enumerated().compactMap { row, name in
            guard let predictor = name.flatMap(Predictor.init) else { return nil }
            return AccuracyRow(
                group: AccuracyGroup(origin: origins[row], horizonDay: horizon[row]), predictor: predictor,
                flights: Int(flights[row]), days: Int(days[row]), meanAbsoluteError: errors[row], bias: biases[row],
                minusMedian: differences[row])
        }
    }

    private init(
        group: AccuracyGroup, predictor: Predictor, flights: Int, days: Int, meanAbsoluteError: Measured,
        bias: Measured, minusMedian: Measured
    ) {
        self.group = group
        self.predictor = predictor
        self.flights = flights
        self.days = days
        self.meanAbsoluteError = meanAbsoluteError
        self.bias = bias
        self.minusMedian = minusMedian
    }
}
