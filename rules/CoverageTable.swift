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

    func run(_ step: Step) throws {
        let parts = try days.map { try $0.read() }
        let all = try Table(parts.first?.schema ?? Schema([]), concatenating: parts)
        var rows = [try CoverageRow(all, origin: nil, seed: step.seed)]
        for part in parts {
            guard let origin = try part.date("origin").storage.first else { continue }
            rows.append(try CoverageRow(part, origin: origin, seed: step.seed))
        }
        let result = try CoverageRow.table(of: rows)
        try table.write(result)
        try CSVWriter().write(result, to: csv.path)
    }
}

extension CoverageRow {
    /// - Parameter days: what `Coverage` gives, a row each.
    fileprivate init(_ days: Table, origin: Day?, seed: UInt64) throws {
        let counts = try days.int64("flights").storage
        let bootstrap = DayBootstrap(days: days.rowCount, seed: seed)
        func measured(_ sums: [Double]) -> Measured { Measured(sums, over: counts.map(Double.init), bootstrap) }
        func share(_ name: String) throws -> Measured { measured(try days.int64(name).storage.map(Double.init)) }
        self.init(
            origin: origin, flights: Int(counts.reduce(0, +)), days: days.rowCount, within: try share("within"),
            below: try share("below_p10"), above: try share("above_p90"),
            losses: try Coverage.lossNames.map { measured(try days.double($0).storage) })
    }
}
