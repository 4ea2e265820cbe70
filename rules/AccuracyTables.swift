import Forecasting
import Rules

/// The accuracy as tables of the report.
struct AccuracyTables {
    private let findings: Findings

    init(_ findings: Findings) { self.findings = findings }

    /// A row for each way to forecast, over everything.
    var predictors: ReportTable {
        ReportTable(
            header: ["", "mean absolute error", "bias", "less than the median's", "flights", "days"],
            rows: Predictor.allCases.compactMap { predictor in
                findings.row(predictor).map { row in
                    [predictor.title, "\(row.meanAbsoluteError)", "\(row.bias)", difference(row)] + counts(row)
                }
            })
    }

    /// A row for each origin: the forecast against the median.
    ///
    /// - Parameter choices: how many routes chose the model, of how many.
    func origins(choices: [Day: (model: Int64, all: Int64)]) -> ReportTable {
        ReportTable(
            header: [
                "as of", "forecast", "median", "difference", "bias of the forecast", "routes on the model", "flights",
                "days",
            ],
            rows: forecasts { $0.group.origin != nil && $0.group.horizonDay == nil }.map { row in
                let origin = row.group.origin
                let choice = origin.flatMap { choices[$0] }.map { "\($0.model) of \($0.all)" } ?? ""
                let day = origin?.description ?? ""
                return [day] + compared(row) + ["\(row.bias)", choice] + counts(row)
            })
    }

    /// A row for each day ahead, over all origins: the forecast against the median.
    var horizon: ReportTable {
        ReportTable(
            header: ["days ahead", "forecast", "median", "difference", "bias of the forecast", "flights", "days"],
            rows: forecasts { $0.group.origin == nil && $0.group.horizonDay != nil }.map { row in
                ["\(row.group.horizonDay ?? 0)"] + compared(row) + ["\(row.bias)"] + counts(row)
            })
    }

    private func forecasts(_ isWanted: (AccuracyRow) -> Bool) -> [AccuracyRow] {
        findings.rows.filter { $0.predictor == .forecast && isWanted($0) }
    }

    /// The errors of forecast and median, and their difference.
    private func compared(_ row: AccuracyRow) -> [String] {
        let median = findings.rows.first {
            $0.predictor == .median && $0.group == row.group
        }
        return [
            fixed(row.meanAbsoluteError.value), median.map { fixed($0.meanAbsoluteError.value) } ?? "",
            "\(row.minusMedian)",
        ]
    }

    /// Of the median itself there is none.
    private func difference(_ row: AccuracyRow) -> String { row.predictor == .median ? "" : "\(row.minusMedian)" }

    private func counts(_ row: AccuracyRow) -> [String] { [grouped(row.flights), grouped(row.days)] }
}
