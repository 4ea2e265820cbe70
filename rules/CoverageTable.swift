import Forecasting
import Rules
import Tables

/// How often the intervals held what happened, for each origin and for all.
///
/// - Input: what `Coverage` gives for several origins.
/// - Output: a row for each origin, and first one with `origin` null for all: `flights`, `days`; `coverage` by the interval
///   from 0.1 to 0.9 (0.8 is promised), `below_p10` and `above_p90` (0.1 each), and the mean pinball losses in minutes,
///   each with the ends of its 95 % interval from drawing days.
struct CoverageTable: Recipe {
    @Input var days: [TableFile]
    @Output var table: TableFile
    @Output var csv: CSVFile

    /// The columns of the output, and of which of the input they are the mean per flight.
    private static let measures =
        [("coverage", "within"), ("below_p10", "below_p10"), ("above_p90", "above_p90")]
        + Coverage.lossNames.map { ($0, $0) }

    /// How some days were covered.
    private struct Row {
        var origin: Day?
        var flights: Int
        var days: Int
        /// As `measures`.
        var measured: [Measured]
    }

    func run(_ step: Step) throws {
        let parts = try days.map { try $0.read() }
        let all = try Table(parts.first?.schema ?? Schema([]), concatenating: parts)
        var rows = [try row(of: all, origin: nil, seed: step.seed)]
        for part in parts {
            guard let origin = try part.date("origin").storage.first else { continue }
            rows.append(try row(of: part, origin: origin, seed: step.seed))
        }
        let result = try makeTable(rows)
        try table.write(result)
        try CSVWriter().write(result, to: csv.path)
    }

    private func row(of days: Table, origin: Day?, seed: UInt64) throws -> Row {
        let flights = try days.int64("flights").storage
        let bootstrap = DayBootstrap(days: days.rowCount, seed: seed)
        let measured = try Self.measures.map { _, name in
            Measured(try numbers(days, name), over: flights.map(Double.init), bootstrap)
        }
        return Row(
            origin: origin, flights: Int(flights.reduce(0, +)), days: days.rowCount, measured: measured)
    }

    private func makeTable(_ rows: [Row]) throws -> Table {
        var fields = [Field("origin", .date, nullable: true), Field("flights", .int64), Field("days", .int64)]
        var columns: [Column] = [
            .date(Values(rows.map(\.origin))), .int64(Values(rows.map { Int64($0.flights) })),
            .int64(Values(rows.map { Int64($0.days) })),
        ]
        for (index, (name, _)) in Self.measures.enumerated() {
            fields += [
                Field(name, .double), Field("\(name)_low", .double, nullable: true),
                Field("\(name)_high", .double, nullable: true),
            ]
            columns.append(.double(Values(rows.map { $0.measured[index].value })))
            columns.append(.double(Values(rows.map { $0.measured[index].interval?.lowerBound })))
            columns.append(.double(Values(rows.map { $0.measured[index].interval?.upperBound })))
        }
        return try Table(Schema(fields), columns)
    }

    private func numbers(_ table: Table, _ name: String) throws -> [Double] {
        switch try table.column(name) {
        case .int64(let values): values.storage.map(Double.init)
        default: try table.double(name).storage
        }
    }
}
