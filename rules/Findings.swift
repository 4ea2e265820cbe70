import Forecasting
import Rules

/// What the accuracy comes to, in sentences, above all where the forecast is no better than the median, which needs no
/// model.
struct Findings {
    let rows: [AccuracyRow]

    /// - Throws: `ReportError.noAccuracy`
    func overall() throws(ReportError) -> [String] {
        guard let forecast = row(.forecast), let median = row(.median) else { throw .noAccuracy }
        return [
            verdict(forecast, median), model(), best(), bias(forecast),
        ].compactMap(\.self)
    }

    /// One sentence for each origin.
    func byOrigin() -> [String] {
        rows.filter { $0.predictor == .forecast && $0.group.horizonDay == nil }.compactMap { row in
            row.group.origin.map { "As of \($0): \(compared(row)) (n = \(grouped(row.flights)))." }
        }
    }

    func row(_ predictor: Predictor, origin: Day? = nil) -> AccuracyRow? {
        rows.first { $0.predictor == predictor && $0.group.origin == origin && $0.group.horizonDay == nil }
    }

    private func verdict(_ forecast: AccuracyRow, _ median: AccuracyRow) -> String {
        let claim =
            switch forecast.minusMedian.side(of: 0) {
            case .below: "The forecast beats the median by weekday group and hour."
            case .above: "The forecast LOSES to the median by weekday group and hour."
            case .undecided: "The forecast does NOT beat the median by weekday group and hour by more than noise."
            }
        return "\(claim) Its mean absolute error was \(fixed(forecast.meanAbsoluteError.value)) minutes, the median's "
            + "\(fixed(median.meanAbsoluteError.value)): a difference of \(forecast.minusMedian) "
            + "(n = \(grouped(forecast.flights)) flights on \(forecast.days) days)."
    }

    private func model() -> String? {
        row(.model).map { "The model alone, asked on every route, \(compared($0))." }
    }

    /// The smallest error of what needs no knowledge of the days themselves.
    private func best() -> String? {
        Predictor.forecasting.compactMap { row($0) }
            .min { $0.meanAbsoluteError.value < $1.meanAbsoluteError.value }
            .map {
                "The smallest error of all ways to forecast: \($0.predictor.title), \($0.meanAbsoluteError) minutes."
            }
    }

    private func bias(_ forecast: AccuracyRow) -> String {
        let amount = fixed(abs(forecast.bias.value))
        switch forecast.bias.side(of: 0) {
        case .below:
            return "On average flights left \(amount) minutes later than forecast: a forecast is of the delay in the "
                + "middle, and few very late flights pull the mean above that."
        case .above: return "On average flights left \(amount) minutes earlier than forecast."
        case .undecided: return "On average forecasts were neither too early nor too late by more than noise."
        }
    }

    private func compared(_ row: AccuracyRow) -> String {
        let difference = row.minusMedian
        switch difference.side(of: 0) {
        case .below: return "beats the median, \(difference) minutes"
        case .above: return "loses to the median, \(difference) minutes"
        case .undecided: return "does not beat the median by more than noise, \(difference) minutes"
        }
    }
}
