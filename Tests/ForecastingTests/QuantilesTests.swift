import Testing

@testable import Forecasting

@Suite struct QuantilesTests {
    @Test("A quantile is linear between neighbours, and the least and greatest value at the ends")
    func linear() throws {
        for (probability, expected) in [(0, 1), (0.25, 2), (0.5, 3), (0.9, 7.6), (0.95, 8.8), (1, 10)] {
            let quantile = try #require([4.0, 1, 10, 2, 3].quantile(probability))
            #expect(abs(quantile - expected) < 1e-12, "\(probability)")
        }
        #expect([Float(7)].quantile(0.9) == 7)
        #expect([Double]().quantile(0.5) == nil)
    }

    @Test("The pinball loss weighs what was more than predicted by the probability, what was less by the rest")
    func loss() {
        #expect(pinballLoss(10, observed: 20, probability: 0.9) == 9)
        #expect(abs(pinballLoss(20, observed: 10, probability: 0.9) - 1) < 1e-12)
        #expect(pinballLoss(5, observed: 5, probability: 0.1) == 0)
    }

    @Test("No value costs less than the quantile of what is observed", arguments: [0.1, 0.5, 0.9])
    func least(probability: Double) throws {
        let observed = SkewedExamples(days: 20, seed: 3).delays
        func cost(_ value: Double) -> Double {
            observed.reduce(0) { $0 + pinballLoss(value, observed: $1, probability: probability) }
        }
        let quantile = try #require(observed.quantile(probability))
        for other in observed { #expect(cost(quantile) <= cost(other) + 1e-9) }
    }

    @Test("A shift is the observed error whose rank is rounded away from the middle, the outermost if there are few")
    func shift() {
        let errors = (1 ... 19).map(Double.init)
        #expect(errors.shuffled().conformalShift(0.1) == 2)
        #expect(errors.shuffled().conformalShift(0.9) == 18)
        #expect(errors.shuffled().conformalShift(0.5) == 10)
        #expect((errors + [20]).conformalShift(0.1) == 2)
        #expect((errors + [20]).conformalShift(0.9) == 19)
        #expect([3.0, 1, 2].conformalShift(0.1) == 1)
        #expect([3.0, 1, 2].conformalShift(0.9) == 3)
        #expect([Double]().conformalShift(0.5) == nil)
    }

    @Test("A score counts what lies between the outer quantiles, both included, and what is below each")
    func score() {
        var score = QuantileScore([0.1, 0.5, 0.9])
        #expect(score.coverage == nil)
        #expect(score.pinballLosses == nil)
        for observed in [-1.0, 0, 5, 10, 11] { score.add([0, 5, 10], observed: observed) }
        #expect(score.count == 5)
        #expect(score.coverage == 0.6)
        #expect(score.sharesBelow == [0.2, 0.4, 0.6])
        #expect(score.pinballLosses.map { $0[1] } == 2.2)
    }

    @Test("A quantile's column is named by its percent")
    func names() {
        #expect([0.1, 0.5, 0.9, 0.07, 0.025, 0.999].map(quantileName) == ["p10", "p50", "p90", "p7", "p2.5", "p99.9"])
    }
}
