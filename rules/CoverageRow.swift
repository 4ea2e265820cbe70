import Forecasting
import Rules
import Tables

/// How often the intervals held what happened, over some days.
struct CoverageRow {
    /// Nil: all.
    var origin: Day?
    var flights: Int
    var days: Int
    var within: Measured
    var below: Measured
    var above: Measured
    /// The mean pinball losses in minutes, as `Coverage.probabilities`.
    var losses: [Measured]
}

extension CoverageRow {
    static func table(of rows: [CoverageRow]) throws -> Table {
        var measures: [(name: String, values: [Measured])] = [
            ("coverage", rows.map(\.within)), ("below_p10", rows.map(\.below)), ("above_p90", rows.map(\.above)),
        ]
        for (index, name) in Coverage.lossNames.enumerated() { measures.append((name, rows.map { $0.losses[index] })) }
        let fields: [Field] = [
            Field("origin", .date, nullable: true), Field("flights", .int64), Field("days", .int64),
        ]
        let columns: [Column] = [
            .date(Values(rows.map(\.origin))), .int64(Values(rows.map { Int64($0.flights) })),
            .int64(Values(rows.map { Int64($0.days) })),
        ]
        return try Table(
            Schema(fields + measures.flatMap { Measured.fields($0.name) }),
            columns + measures.flatMap { Measured.columns($0.values) })
    }

    /// The rows of a table that `CoverageTable` has written.
    static func read(_ table: Table) throws -> [CoverageRow] {
        let (origins, flights, days) = (
            try table.date("origin"), try table.int64("flights").storage, try table.int64("days").storage
        )
        let measures = try ["coverage", "below_p10", "above_p90"].map { try Measured.read($0, of: table) }
        let losses = try Coverage.lossNames.map { try Measured.read($0, of: table) }
        return flights.indices.map { row in
            CoverageRow(
                origin: origins[row], flights: Int(flights[row]), days: Int(days[row]), within: measures[0][row],
                below: measures[1][row], above: measures[2][row], losses: losses.map { $0[row] })
        }
    }
}
