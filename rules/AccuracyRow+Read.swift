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

extension Measured: CustomStringConvertible {
    /// A column with the ends of its intervals, `…_low` and `…_high`.
    static func read(_ name: String, of table: Table) throws -> [Measured] {
        let (lows, highs) = (try table.double("\(name)_low"), try table.double("\(name)_high"))
        return try table.double(name).enumerated().map { row, value in
            Measured(value ?? .nan, from: lows[row], to: highs[row])
        }
    }

    private init(_ value: Double, from low: Double?, to high: Double?) {
        self.value = value
        interval = if let low, let high, low <= high { low ... high } else { nil }
    }

    /// `19.28 [14.10, 26.02]`
    var description: String {
        interval.map { "\(fixed(value)) [\(fixed($0.lowerBound)), \(fixed($0.upperBound))]" } ?? fixed(value)
    }

    /// Where its interval lies to a value that would mean nothing new.
    enum Side {
        case below
        case above
        /// The value is in the interval, or there is none: the difference may be noise.
        case undecided
    }

    func side(of value: Double) -> Side {
        guard let interval else { return .undecided }
        if interval.upperBound < value { return .below }
        return interval.lowerBound > value ? .above : .undecided
    }
}
