import Calendar
import Foundation
import Tables
import TestSupport

@testable import Forecasting

/// Rows whose target has a long right tail, as delays have, and a spread that depends on the hour and the wind; the
/// true quantiles are known.
struct SkewedExamples {
    private(set) var dates: [Day] = []
    private(set) var hours: [Int32] = []
    private(set) var winds: [Double] = []
    private(set) var delays: [Double] = []

    /// - Parameter days: with 12 rows each.
    init(days: Int, seed: UInt64) {
        var random = SplitMix(state: seed)
        for day in 0 ..< days {
            for hour in Int32(6) ..< 18 {
                let wind = Double(random.below(16))
                dates.append(Examples.firstDay + day)
                hours.append(hour)
                winds.append(wind)
                delays.append(Self.delay(hour, wind, at: Double.random(in: 0 ..< 1, using: &random)))
            }
        }
    }

    /// The true quantile.
    static func delay(_ hour: Int32, _ wind: Double, at probability: Double) -> Double {
        let scale = Double(hour) + (hour > 12 ? 4 * wind : 0)
        return Double(hour) - 10 - scale * log(1 - probability)
    }

    func table() throws -> Table {
        try Table(
            Schema([Field("date", .date), Field("hour", .int32), Field("wind", .double), Field("delay", .double)]),
            [.date(Values(dates)), .int32(Values(hours)), .double(Values(winds)), .double(Values(delays))])
    }

    func examples(parts: Int = 4) throws -> QuantileTrainer.Examples {
        try QuantileTrainer.Examples(table(), target: "delay", day: "date", keys: ["hour"], parts: parts)
    }

    func predictions(of model: QuantileModel) throws -> [[Double]] {
        try model.predict(
            FeatureMatrix(table(), target: "delay"), keys: BaselineKeys(["hour"], of: table()), threads: 1)
    }

    func score(_ predictions: [[Double]], _ probabilities: [Double] = [0.1, 0.5, 0.9]) -> QuantileScore {
        var score = QuantileScore(probabilities)
        for (quantiles, delay) in zip(predictions, delays) { score.add(quantiles, observed: delay) }
        return score
    }

    /// Of the true quantiles.
    func trueScore(_ probabilities: [Double] = [0.1, 0.5, 0.9]) -> QuantileScore {
        score(
            delays.indices.map { row in probabilities.map { Self.delay(hours[row], winds[row], at: $0) } },
            probabilities)
    }
}
