import Calendar
import TestSupport
import Testing

@testable import Forecasting

@Suite struct QuantileTrainerTests {
    private let trainer = QuantileTrainer(settings: QuantileSettings(), threads: 1)

    private func train(
        _ rows: SkewedExamples, _ settings: QuantileSettings = QuantileSettings(), threads: Int = 1
    ) throws -> QuantileModel {
        try QuantileTrainer(settings: settings, threads: threads).train(
            rows.examples(parts: settings.parts), target: "delay", baselines: Examples.baselines)
    }

    @Test("Of days to come the trees lose little more than the true quantiles, and less than the groups")
    func losses() throws {
        let model = try train(SkewedExamples(days: 300, seed: 1))
        #expect(model.quantiles.map(\.probability) == [0.1, 0.5, 0.9])
        let fresh = SkewedExamples(days: 300, seed: 2)
        let losses = try #require(fresh.score(fresh.predictions(of: model)).pinballLosses)
        let least = try #require(fresh.trueScore().pinballLosses)
        for (loss, least) in zip(losses, least) { #expect(loss < least * 1.04) }
        for quantile in model.quantiles {
            let (trees, groups) = (try #require(quantile.losses.trees), try #require(quantile.losses.groups))
            #expect((quantile.source == .trees) == (trees < groups))
            #expect((quantile.rounds > 0) == (quantile.source == .trees))
        }
        // The groups do not know the wind.
        #expect(model.quantiles[2].source == .trees)
    }

    @Test(
        "Of days to come 80 percent lie between 0.1 and 0.9, within 3, also where there are few rows",
        arguments: [25, 60])
    func coverage(days: Int) throws {
        var score = QuantileScore([0.1, 0.5, 0.9])
        for seed in UInt64(1) ... 10 {
            let fresh = SkewedExamples(days: 100, seed: 1000 + seed)
            let model = try train(SkewedExamples(days: days, seed: seed))
            for (quantiles, delay) in zip(try fresh.predictions(of: model), fresh.delays) {
                score.add(quantiles, observed: delay)
            }
        }
        let (coverage, below) = (try #require(score.coverage), try #require(score.sharesBelow))
        #expect((0.77 ... 0.83).contains(coverage), "\(coverage)")
        for (share, probability) in zip(below, score.probabilities) { #expect(abs(share - probability) < 0.025) }
    }

    @Test("The shift is what makes held-out rows lie below as they should: without it fewer are covered")
    func shift() throws {
        var (with, without) = (QuantileScore([0.1, 0.9]), QuantileScore([0.1, 0.9]))
        for seed in UInt64(1) ... 6 {
            let fresh = SkewedExamples(days: 100, seed: 1000 + seed)
            var model = try train(
                SkewedExamples(days: 25, seed: seed), QuantileSettings(probabilities: [0.1, 0.9], minimumLeafRows: 10))
            for (quantiles, delay) in zip(try fresh.predictions(of: model), fresh.delays) {
                with.add(quantiles, observed: delay)
            }
            for index in model.quantiles.indices { model.quantiles[index].shift = 0 }
            for (quantiles, delay) in zip(try fresh.predictions(of: model), fresh.delays) {
                without.add(quantiles, observed: delay)
            }
        }
        #expect(try #require(with.coverage) > #require(without.coverage) + 0.01)
    }

    @Test("Quantiles that cross are put in order")
    func crossing() throws {
        let settings = QuantileSettings(probabilities: [0.5, 0.48, 0.52], earlyStop: 200, minimumLeafRows: 1)
        var model = try train(SkewedExamples(days: 60, seed: 1), settings)
        #expect(model.quantiles.map(\.probability) == [0.48, 0.5, 0.52])
        let fresh = SkewedExamples(days: 60, seed: 2)
        let ordered = try fresh.predictions(of: model)
        #expect(ordered.allSatisfy { $0[0] <= $0[1] && $0[1] <= $0[2] })
        // Each alone, to see that there was something to be put in order.
        let quantiles = model.quantiles
        var alone: [[Double]] = []
        for quantile in quantiles {
            model.quantiles = [quantile]
            alone.append(try fresh.predictions(of: model).map { $0[0] })
        }
        let crossed = ordered.indices.filter { alone[0][$0] > alone[1][$0] || alone[1][$0] > alone[2][$0] }
        #expect(!crossed.isEmpty)
        for row in ordered.indices { #expect(ordered[row] == alone.map { $0[row] }.sorted()) }
    }

    @Test("The same rows give the same bytes, whatever was trained in between and on however many threads")
    func reproducible() throws {
        let rows = SkewedExamples(days: 100, seed: 1)
        let first = try train(rows).json()
        _ = try Trainer(settings: TrainingSettings(rounds: 9), seed: 99, threads: 1).train(Examples.of(days: 150))
        #expect(try train(rows).json() == first)
        #expect(try train(rows, threads: 2).json() == first)
    }

    @Test("With few rows the quantiles are those of the groups")
    func fewRows() throws {
        let rows = SkewedExamples(days: 14, seed: 1)
        let model = try train(rows)
        #expect(model.quantiles.allSatisfy { $0.source == .groups && $0.rounds == 0 && $0.losses.trees == nil })
        #expect(model.quantiles.allSatisfy { $0.losses.groups != nil })
        let sixes = rows.hours.indices.filter { rows.hours[$0] == 6 }.map { rows.delays[$0] }
        let expected = try #require(sixes.map { Float($0) }.quantile(0.9)) + model.quantiles[2].shift
        #expect(abs(try rows.predictions(of: model)[0][2] - expected) < 1e-6)
    }

    @Test(
        "What lost less on held-out weeks is what predicts and what is moved, also where nothing foretells the target")
    func noise() throws {
        for seed in UInt64(1) ... 8 {
            var examples = try SkewedExamples(days: 40, seed: seed).examples()
            var random = SplitMix(state: seed)
            examples.rows.labels = examples.rows.labels.map { _ in Float(random.below(100)) }
            for quantile in try trainer.train(examples, target: "delay", baselines: Examples.baselines).quantiles {
                let (trees, groups) = (try #require(quantile.losses.trees), try #require(quantile.losses.groups))
                #expect((quantile.source == .trees) == (trees < groups))
                #expect((quantile.rounds > 0) == (quantile.source == .trees))
            }
        }
    }

    @Test("Where all rows are in one week nothing can be held out: the groups, unmoved")
    func oneWeek() throws {
        let model = try train(SkewedExamples(days: 6, seed: 1), QuantileSettings(minimumRows: 1))
        #expect(model.quantiles.allSatisfy { $0.source == .groups && $0.shift == 0 && $0.losses.groups == nil })
    }

    @Test("A target that is always the same is its own quantiles")
    func constant() throws {
        var examples = try SkewedExamples(days: 40, seed: 1).examples()
        examples.rows.labels = examples.rows.labels.map { _ in 7 }
        let model = try trainer.train(examples, target: "delay", baselines: Examples.baselines)
        #expect(try SkewedExamples(days: 2, seed: 2).predictions(of: model).allSatisfy { $0 == [7, 7, 7] })
    }

    @Test("No rows, and probabilities that are none or there twice, are errors")
    func errors() throws {
        let none = SkewedExamples(days: 0, seed: 1)
        #expect(throws: ForecastingError.noRows) { try train(none) }
        for (list, culprit) in [([0.1, 1], 1.0), ([0], 0), ([0.5, 0.5], 0.5)] {
            #expect(throws: ForecastingError.badProbability(culprit)) {
                try train(SkewedExamples(days: 14, seed: 1), QuantileSettings(probabilities: list))
            }
        }
    }
}
