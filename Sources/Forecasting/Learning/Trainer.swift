import Hashing

/// Trains one model: chooses its number of trees, compares it with the median, and fits it again on all rows.
struct Trainer {
    var settings: TrainingSettings
    var seed: UInt64
    var threads: Int

    /// What is learned from: one feature row, label, fold and baseline's keys per row.
    struct Examples {
        var features: FeatureMatrix
        var labels: [Float]
        var folds: [Fold]
        var keys: BaselineKeys

        func selecting(_ fold: Fold) -> Examples {
            let rows = folds.indices.filter { folds[$0] == fold }
            return Examples(
                features: features.selecting(rows), labels: rows.map { labels[$0] }, folds: rows.map { folds[$0] },
                keys: keys.selecting(rows))
        }
    }

    /// A model's bytes, and what is known of it.
    struct Trained {
        var model: [UInt8]
        var metadata: ModelMetadata
    }

    func train(_ examples: Examples, target: String, baselines: BaselineSettings) throws(ForecastingError) -> Trained {
        let (train, stop, test) = (examples.selecting(.train), examples.selecting(.stop), examples.selecting(.test))
        let isMean = train.labels.count < max(1, settings.minimumRows) || stop.labels.isEmpty || settings.rounds < 1
        let trial = isMean ? nil : try trial(train, stop, test)
        let rounds = trial?.rounds ?? 0
        let fitted = try fit(examples, rounds: rounds)

        // The mean, where that is the model, is compared as the trees are: fitted without the weeks it is tested on.
        let modelError = isMean ? meanError(train, test) : trial?.testError
        let medianError = try medianError(train, test, baselines)
        let isModelBetter = if let modelError, let medianError { modelError < medianError } else { false }
        return Trained(
            model: fitted,
            metadata: ModelMetadata(
                features: examples.features.names, target: target, kind: isMean ? .mean : .trees, rounds: rounds,
                rows: .init(
                    all: examples.labels.count, train: train.labels.count, stop: stop.labels.count,
                    test: test.labels.count),
                meanAbsoluteError: .init(model: modelError, median: medianError),
                fingerprint: XXH3.digest(fitted).description,
                better: isModelBetter ? .model : .median))
    }

    /// Adds trees until the stop weeks' error has not shrunk for a while.
    ///
    /// - Returns: the number of trees with the smallest error on the stop weeks, and the error on the test weeks with
    ///   so many; nil without test weeks.
    private func trial(
        _ train: Examples, _ stop: Examples, _ test: Examples
    ) throws(ForecastingError) -> (rounds: Int, testError: Double?) {
        let trainMatrix = try DataMatrix(train.features, labels: train.labels)
        let stopMatrix = try DataMatrix(stop.features, labels: stop.labels)
        let booster = try Booster(
            parameters(train.labels), threads: threads, training: trainMatrix, watching: stopMatrix)
        var best: (rounds: Int, error: Double) = (0, .infinity)
        for round in 0 ..< settings.rounds {
            try booster.update(round: round, with: trainMatrix)
            let error = try booster.predict(stopMatrix).meanAbsoluteError(against: stop.labels) ?? .infinity
            if error < best.error { best = (round + 1, error) }
            if round + 1 - best.rounds >= settings.earlyStop { break }
        }
        guard !test.labels.isEmpty else { return (best.rounds, nil) }
        let predictions = try booster.predict(DataMatrix(test.features), rounds: best.rounds)
        return (best.rounds, predictions.meanAbsoluteError(against: test.labels))
    }

    /// The model's bytes, fitted on all examples; without trees, their mean.
    private func fit(_ examples: Examples, rounds: Int) throws(ForecastingError) -> [UInt8] {
        let matrix = try DataMatrix(examples.features, labels: examples.labels)
        let settings = rounds == 0 ? parameters(center: examples.labels.mean()) : parameters(examples.labels)
        let booster = try Booster(settings, threads: threads, training: matrix)
        for round in 0 ..< rounds { try booster.update(round: round, with: matrix) }
        return try booster.encoded()
    }

    private func meanError(_ train: Examples, _ test: Examples) -> Double? {
        train.labels.mean().flatMap { mean in
            test.labels.map { _ in Float(mean) }.meanAbsoluteError(against: test.labels)
        }
    }

    /// The error on the test weeks of the medians of the training weeks.
    private func medianError(
        _ train: Examples, _ test: Examples, _ settings: BaselineSettings
    ) throws(ForecastingError) -> Double? {
        guard !train.labels.isEmpty, !test.labels.isEmpty else { return nil }
        let baselines = try Baselines(of: train.labels.map(Double.init), by: train.keys, settings)
        let medians = try test.labels.indices.map { (row) throws(ForecastingError) in
            Float(try baselines.value(for: test.keys, row: row).value)
        }
        return medians.meanAbsoluteError(against: test.labels)
    }

    private func parameters(_ labels: [Float]) -> [(name: String, value: String)] {
        parameters(center: labels.median().map(Double.init))
    }

    private func parameters(center: Double?) -> [(name: String, value: String)] {
        settings.parameters(center: Float(center ?? 0), seed: seed)
    }
}
