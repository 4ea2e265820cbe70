import Forecasting
import Rules
import Tables

/// How often the intervals held what happened, in words and as a table of the report.
struct CoverageFindings {
    let rows: [CoverageRow]

    var sentence: String {
        guard let all = rows.first(where: { $0.origin == nil }) else { return "No flight departed in any interval." }
        let verdict =
            switch all.within.side(of: Self.promised) {
            case .below: "fewer than promised: the intervals are too narrow"
            case .above: "more than promised: the intervals are too wide"
            case .undecided: "as promised, within noise"
            }
        return "Of \(grouped(all.flights)) flights a share of \(all.within) lay between the forecast 0.1 and 0.9 "
            + "quantiles of their hour, where \(fixed(Self.promised)) was promised: \(verdict)."
    }

    var table: ReportTable {
        ReportTable(
            header: ["as of", "within, of 0.80", "below, of 0.10", "above, of 0.10", "flights", "days"],
            rows: rows.map { row in
                [
                    row.origin?.description ?? "all", "\(row.within)", "\(row.below)", "\(row.above)",
                    grouped(row.flights), grouped(row.days),
                ]
            })
    }

    private static let promised = 0.8
}
