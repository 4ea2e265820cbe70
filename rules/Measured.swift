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

    private init(_ value: Double, from low: Double?, to high: Double?) {
        self.value = value
        interval = if let low, let high, low <= high { low ... high } else { nil }
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

extension Measured: CustomStringConvertible {
    /// `19.28 [14.10, 26.02]`
    var description: String {
        interval.map { "\(fixed(value)) [\(fixed($0.lowerBound)), \(fixed($0.upperBound))]" } ?? fixed(value)
    }
}

/// In a table: a column, and two more with the ends of its intervals, `…_low` and `…_high`.
extension Measured {
    static func fields(_ name: String) -> [Field] {
        [
            Field(name, .double), Field("\(name)_low", .double, nullable: true),
            Field("\(name)_high", .double, nullable: true),
        ]
    }

    static func columns(_ measured: [Measured]) -> [Column] {
        [
            .double(Values(measured.map(\.value))), .double(Values(measured.map { $0.interval?.lowerBound })),
            .double(Values(measured.map { $0.interval?.upperBound })),
        ]
    }

    static func read(_ name: String, of table: Table) throws -> [Measured] {
        let (lows, highs) = (try table.double("\(name)_low"), try table.double("\(name)_high"))
        return try table.double(name).enumerated().map { row, value in
            Measured(value ?? .nan, from: lows[row], to: highs[row])
        }
    }
}
