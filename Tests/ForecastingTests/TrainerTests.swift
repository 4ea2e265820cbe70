import Testing

@testable import Forecasting

@Suite struct TrainerTests {
    private let trainer = Trainer(settings: TrainingSettings(rounds: 60), seed: 1, threads: 1)

    @Test("The same rows and seed give the same bytes, whatever was trained in between")
    func reproducible() throws {
        let examples = try Examples.of(days: 200)
        let first = try trainer.train(examples)
        _ = try Trainer(settings: TrainingSettings(rounds: 9), seed: 99, threads: 1).train(Examples.of(days: 150))
        let second = try trainer.train(examples)
        #expect(first.model == second.model)
        #expect(try first.metadata.json() == second.metadata.json())
    }

    @Test(
        "Another seed gives another model, also where only one bit of it differs", arguments: [0, 3, UInt64(1) << 20])
    func seed(_ seed: UInt64) throws {
        let examples = try Examples.of(days: 200)
        let other = Trainer(settings: trainer.settings, seed: seed, threads: 1)
        #expect(try other.train(examples).model != trainer.train(examples).model)
    }

    @Test("The number of threads is not in the model")
    func threads() throws {
        let examples = try Examples.of(days: 200)
        let parallel = Trainer(settings: trainer.settings, seed: 1, threads: 2)
        #expect(try parallel.train(examples).model == trainer.train(examples).model)
    }

    @Test("A model that knows more than the hour is better than the median of the hour")
    func better() throws {
        let metadata = try trainer.train(Examples.of(days: 360)).metadata
        let errors = (try #require(metadata.meanAbsoluteError.model), try #require(metadata.meanAbsoluteError.median))
        #expect(metadata.kind == .trees)
        #expect(metadata.better == .model)
        #expect(errors.0 < errors.1)
        #expect(metadata.features == ["hour", "wind"])
        #expect((1 ... 60).contains(metadata.rounds))
        #expect(metadata.rows.all == 360 * 12)
        #expect(metadata.rows.train + metadata.rows.stop + metadata.rows.test == 360 * 12)
    }

    @Test("A model that has learned next to nothing is not chosen")
    func medianIsBetter() throws {
        let hasty = Trainer(settings: TrainingSettings(eta: 0.001, rounds: 1), seed: 1, threads: 1)
        let metadata = try hasty.train(Examples.of(days: 200)).metadata
        #expect(metadata.kind == .trees)
        #expect(metadata.better == .median)
    }

    @Test("With too few rows the model is their mean, and marked")
    func fewRows() throws {
        let examples = try Examples.of(days: 7)
        let trained = try trainer.train(examples)
        #expect(trained.metadata.kind == .mean)
        #expect(trained.metadata.rounds == 0)
        #expect(trained.metadata.better == .median)
        let mean = try #require(examples.labels.mean())
        let model = try Booster(model: trained.model, threads: 1)
        let predictions = try model.predict(DataMatrix(examples.features))
        #expect(predictions.allSatisfy { abs(Double($0) - mean) < 1e-4 })
    }

    @Test("The trees are as many as gave the smallest error on the stop weeks, not all that were tried")
    func earlyStop() throws {
        let long = Trainer(settings: TrainingSettings(rounds: 500, earlyStop: 5), seed: 1, threads: 1)
        var examples = try Examples.of(days: 200)
        // Noise that nothing foretells.
        examples.labels = examples.labels.enumerated().map { $0.element + Float($0.offset &* 7919 % 31) }
        let metadata = try long.train(examples).metadata
        #expect((1 ..< 500).contains(metadata.rounds))
    }

    @Test("No rows are an error")
    func noRows() throws {
        #expect(throws: ForecastingError.noRows) { try trainer.train(Examples.of(days: 0)) }
    }
}
