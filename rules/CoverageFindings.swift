import Forecasting
import Rules
import Tables

/// How often the intervals held what happened, in words and as a table of the report.
struct CoverageFindings {
    private let rows: [Row]

    private struct Row {
        /// Nil: all.
        var origin: Day?
        var flights: Int64
        var days: Int64
        var within: Measured
        var below: Measured
        var above: Measured
    }

    /// - Parameter table: what `CoverageTable` gives.
    init(_ table: Table) throws {
        let (origins, flights, days) = (
            try table.date("origin"), try table.int64("flights").storage, try table.int64("days").storage
        )
        let measures = try ["coverage", "below_p10", "above_p90"].map { try Measured.read($0, of: table) }
        rows = flights.indices.map { row in
            Row(
                origin: origins[row], flights: flights[row], days: days[row], within: measures[0][row],
                below: measures[1][row], above: measures[2][row])
        }
    }

    var sentence: String {
        guard let all = rows.first(where: { $0.origin == nil }) else { return "No flight departed in any interval." }
        let verdict =
            switch all.within.side(of: Self.promised) {
            case .below: "fewer than promised: the intervals are too narrow"
            case .above: "more than promised: the intervals are too wide"
            case .undecided: "as promised, within noise"
            }
        return "Of \(grouped(Int(all.flights))) flights a share of \(all.within) lay between the forecast 0.1 and 0.9 "
            + "quantiles of their hour, where \(fixed(Self.promised)) was promised: \(verdict)."
    }

    var table: ReportTable {
        ReportTable(
            header: ["as of", "within, of 0.80", "below, of 0.10", "above, of 0.10", "flights", "days"],
            rows: rows.map { row in
                [
                    row.origin?.description ?? "all", "\(row.within)", "\(row.below)", "\(row.above)",
                    grouped(Int(row.flights)), grouped(Int(row.days)),
                ]
            })
    }

    private static let promised = 0.8
}
