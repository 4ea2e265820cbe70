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
        let table = try accuracy.read()
        let (origins, days) = (try table.date("origin"), try table.int32("horizon_day"))
        let choices = try choicesByOrigin()
        var lines = ["# Accuracy", "", Self.explanation, ""]
        lines += ["## All origins", ""]
        lines += try rows(table) { origins[$0] == nil && days[$0] == nil }
        for (origin, choice) in choices {
            lines += ["## As of \(origin)", "", choice, ""]
            lines += try rows(table) { origins[$0] == origin && days[$0] == nil }
        }
        lines += ["## Intervals from 0.1 to 0.9", ""]
        lines += try coverageRows(coverage.read())
        lines += ["## By day of the horizon, all origins", ""]
        lines += try byDay(table)
        try text.write(lines.joined(separator: "\n") + "\n")
    }

    private static let explanation =
        "Minutes per flight that departed, with 95 % intervals from drawing days, not flights. Bias is prediction minus "
        + "delay. Every origin is trained on what was known then."

    /// By origin, how many routes chose the model.
    private func choicesByOrigin() throws -> [(Day, String)] {
        try sources.compactMap { file in
            let table = try file.read()
            guard let origin = try table.date("origin").storage.first else { return nil }
            let names = try table.string("source").map { $0 ?? "" }
            let counts = Dictionary(uniqueKeysWithValues: zip(names, try table.int64("routes").storage))
            let model = counts[ModelMetadata.Choice.model.rawValue] ?? 0
            let all = counts.values.reduce(0, +)
            return (origin, "\(model) of \(all) routes chose the model, \(all - model) the median.")
        }
    }

    private func rows(_ table: Table, _ isWanted: (Int) -> Bool) throws -> [String] {
        let (titles, flights, days) = (try table.string("title"), try table.int64("flights"), try table.int64("days"))
        var lines = [
            "| | mean absolute error | bias | less than the median's | flights | days |", "|---|---|---|---|---|---|",
        ]
        for row in 0 ..< table.rowCount where isWanted(row) {
            let measures = try ["mean_absolute_error", "bias", "minus_median"].map { try shown(table, $0, row) }
            lines.append(
                "| \(titles[row] ?? "") | \(measures.joined(separator: " | ")) "
                    + "| \(flights[row] ?? 0) | \(days[row] ?? 0) |")
        }
        return lines + [""]
    }

    private func coverageRows(_ table: Table) throws -> [String] {
        let (origins, flights, days) = (try table.date("origin"), try table.int64("flights"), try table.int64("days"))
        var lines = [
            "| as of | covered, of 0.80 | below, of 0.10 | above, of 0.10 | loss 0.1 | loss 0.5 | loss 0.9 | flights | days |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        for row in 0 ..< table.rowCount {
            let measures = try (["coverage", "below_p10", "above_p90"] + Coverage.lossNames).map {
                try shown(table, $0, row)
            }
            lines.append(
                "| \(origins[row]?.description ?? "all") | \(measures.joined(separator: " | ")) "
                    + "| \(flights[row] ?? 0) | \(days[row] ?? 0) |")
        }
        return lines + [""]
    }

    /// One line per day ahead: the forecast, the median and the difference.
    private func byDay(_ table: Table) throws -> [String] {
        let (origins, days, names) = (
            try table.date("origin"), try table.int32("horizon_day"), try table.string("predictor")
        )
        var lines = [
            "| day | forecast | median | forecast less median | bias of the forecast | flights | days |",
            "|---|---|---|---|---|---|---|",
        ]
        for row in 0 ..< table.rowCount where origins[row] == nil && names[row] == Predictor.forecast.rawValue {
            guard let day = days[row] else { continue }
            let median = try (0 ..< table.rowCount).first { other in
                origins[other] == nil && days[other] == day && names[other] == Predictor.median.rawValue
            }.map { try shown(table, "mean_absolute_error", $0) }
            let own = try ["mean_absolute_error", "minus_median", "bias"].map { try shown(table, $0, row) }
            let counts = try ["flights", "days"].map { "\(try table.int64($0)[row] ?? 0)" }
            lines.append(
                "| " + (["\(day)", own[0], median ?? "", own[1], own[2]] + counts).joined(separator: " | ") + " |")
        }
        return lines + [""]
    }

    private func shown(_ table: Table, _ name: String, _ row: Int) throws -> String {
        guard let value = try table.double(name)[row] else { return "" }
        guard let low = try table.double("\(name)_low")[row], let high = try table.double("\(name)_high")[row] else {
            return fixed(value)
        }
        return "\(fixed(value)) [\(fixed(low)), \(fixed(high))]"
    }
}

/// A number with two decimals, rounded half away from zero.
func fixed(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    let hundredths = Int((abs(value) * 100).rounded())
    let sign = value < 0 && hundredths > 0 ? "-" : ""
    return "\(sign)\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
}
