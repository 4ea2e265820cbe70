import Forecasting
import Rules
import Tables

/// The accuracy as Markdown, to be read: all origins, each origin with the routes that chose the model, and the days of
/// the horizon.
struct AccuracyText: Recipe {
    @Input var accuracy: TableFile
    @Input var sources: [TableFile]
    @Input var coverage: TableFile
    @Output var text: TextFile

    func run(_ step: Step) throws {
        let rows = try AccuracyRow.read(accuracy.read())
        var lines = ["# Accuracy", "", Self.explanation, ""]
        lines += ["## All origins", ""] + predictors(rows) { $0.origin == nil && $0.horizonDay == nil }
        for (origin, choice) in try RouteChoices(sources).byOrigin.sorted(by: { $0.key < $1.key }) {
            let (model, all) = choice
            lines += ["## As of \(origin)", ""]
            lines += ["\(model) of \(all) routes chose the model, \(all - model) the median.", ""]
            lines += predictors(rows) { $0.origin == origin && $0.horizonDay == nil }
        }
        lines += ["## Intervals from 0.1 to 0.9", ""] + intervals(try CoverageRow.read(coverage.read()))
        lines += ["## By day of the horizon, all origins", ""] + byDay(rows)
        try text.write(lines.joined(separator: "\n") + "\n")
    }

    private static let explanation =
        "Minutes per flight that departed, with 95 % intervals from drawing days, not flights. Bias is prediction minus "
        + "delay. Every origin is trained on what was known then."

    private func predictors(_ rows: [AccuracyRow], of isWanted: (AccuracyGroup) -> Bool) -> [String] {
        table(
            ["", "mean absolute error", "bias", "less than the median's", "flights", "days"],
            rows.filter { isWanted($0.group) }.map { row in
                [
                    row.predictor.title, "\(row.meanAbsoluteError)", "\(row.bias)", "\(row.minusMedian)",
                    "\(row.flights)", "\(row.days)",
                ]
            })
    }

    private func intervals(_ rows: [CoverageRow]) -> [String] {
        table(
            [
                "as of", "covered, of 0.80", "below, of 0.10", "above, of 0.10", "loss 0.1", "loss 0.5", "loss 0.9",
                "flights", "days",
            ],
            rows.map { row in
                [row.origin?.description ?? "all"]
                    + ([row.within, row.below, row.above] + row.losses).map(\.description)
                    + ["\(row.flights)", "\(row.days)"]
            })
    }

    /// One line per day ahead: the forecast, the median and the difference.
    private func byDay(_ rows: [AccuracyRow]) -> [String] {
        let days = rows.filter { $0.group.origin == nil && $0.group.horizonDay != nil }
        return table(
            ["day", "forecast", "median", "forecast less median", "bias of the forecast", "flights", "days"],
            days.filter { $0.predictor == .forecast }.map { row in
                let median = days.first { $0.predictor == .median && $0.group == row.group }
                return [
                    "\(row.group.horizonDay ?? 0)", "\(row.meanAbsoluteError)",
                    median?.meanAbsoluteError.description ?? "", "\(row.minusMedian)", "\(row.bias)",
                    "\(row.flights)", "\(row.days)",
                ]
            })
    }

    private func table(_ header: [String], _ rows: [[String]]) -> [String] {
        let titles = "|" + header.map { $0.isEmpty ? " |" : " \($0) |" }.joined()
        let rule = "|" + header.map { _ in "---|" }.joined()
        return [titles, rule] + rows.map { "| " + $0.joined(separator: " | ") + " |" } + [""]
    }
}
