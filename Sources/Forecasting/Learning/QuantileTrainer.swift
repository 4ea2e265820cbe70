/// Trains a model of each of some quantiles.
///
/// The weeks are put into parts. Models that have not seen a part predict it: thus every row has a prediction that is
/// as good as one for a day to come. On these the number of trees is chosen, trees are compared with the quantiles of
/// groups, and the shift is taken that makes the share of rows below a quantile what it is said to be. The models
/// are then trained again on all rows. One split would leave a small route with three weeks to find its shift on,
/// and weather makes the days of a week alike.
/// - Source: Vovk, Cross-conformal predictors, 2015.
struct QuantileTrainer {
    var settings: QuantileSettings
    var threads: Int

    /// What is learned from, and each row's part.
    struct Examples {
        var rows: Trainer.Examples
        /// From 0 up to the settings' parts.
        var parts: [Int]
    }

    func train(
        _ examples: Examples, target: String, baselines: BaselineSettings
    ) throws(ForecastingError) -> QuantileModel {
        let probabilities = try settings.sortedProbabilities()
        let (rows, parts) = (examples.rows, examples.parts)
        let matrix = try DataMatrix(rows.features)
        let heldOut = try HeldOut.all(rows, parts)
        let mayGrow = rows.labels.count >= max(1, settings.minimumRows) && !heldOut.isEmpty && settings.rounds > 0
        var quantiles: [QuantileModel.Quantile] = []
        for probability in probabilities {
            let groups = try heldOut.isEmpty ? nil : groupPredictions(probability, heldOut, rows, baselines)
            let trees = try mayGrow ? treePredictions(probability, heldOut, rows) : nil
            let better = if let trees, let groups, trees.loss < groups.loss { trees } else { groups }
            let rounds = better?.rounds ?? 0
            quantiles.append(
                QuantileModel.Quantile(
                    probability: probability, source: rounds > 0 ? .trees : .groups,
                    losses: .init(trees: trees?.loss, groups: groups?.loss), rounds: rounds,
                    shift: better?.errors(rows.labels).conformalShift(probability) ?? 0,
                    model: rounds > 0
                        ? .trees(try fit(probability, matrix, rows.labels, rounds: rounds))
                        : .groups(try groupQuantiles(probability, rows, baselines))))
        }
        return QuantileModel(
            features: rows.features.names, target: target, rows: rows.labels.count, quantiles: quantiles)
    }

    /// Predictions for every row, by models that have not seen it.
    private struct Predictions {
        var values: [Double]
        /// The mean pinball loss.
        var loss: Double
        /// Trees of each model; 0 for groups.
        var rounds: Int

        init(_ values: [Double], _ labels: [Float], _ probability: Double, rounds: Int = 0) {
            self.values = values
            self.rounds = rounds
            let losses = zip(values, labels).map { value, label in
                pinballLoss(value, observed: Double(label), probability: probability)
            }
            loss = losses.mean() ?? .infinity
        }

        func errors(_ labels: [Float]) -> [Double] { zip(values, labels).map { Double($1) - $0 } }
    }

    /// Adds trees, at least one, to the models of all parts until the loss has not shrunk for a while.
    private func treePredictions(
        _ probability: Double, _ heldOut: [HeldOut], _ rows: Trainer.Examples
    ) throws(ForecastingError) -> Predictions {
        var models: [QuantileTrees] = []
        for part in heldOut {
            models.append(
                try QuantileTrees(
                    of: probability, part.known, labels: part.labels, settings, threads: threads,
                    watching: part.matrix))
        }
        var values = [Double](repeating: 0, count: rows.labels.count)
        var best: Predictions?
        for round in 1 ... settings.rounds {
            for (part, model) in zip(heldOut, models) {
                try model.addTree()
                for (row, value) in zip(part.rows, try model.predict(part.matrix)) { values[row] = Double(value) }
            }
            let tried = Predictions(values, rows.labels, probability, rounds: round)
            if tried.loss < best?.loss ?? .infinity { best = tried }
            if round - (best?.rounds ?? 0) >= settings.earlyStop { break }
        }
        return best ?? Predictions(values, rows.labels, probability)
    }

    private func groupPredictions(
        _ probability: Double, _ heldOut: [HeldOut], _ rows: Trainer.Examples, _ baselines: BaselineSettings
    ) throws(ForecastingError) -> Predictions {
        var values = [Double](repeating: 0, count: rows.labels.count)
        for part in heldOut {
            let groups = try groupQuantiles(probability, rows.selecting(rows: part.knownRows), baselines)
            let predictions = try groups.values(for: rows.keys.selecting(part.rows))
            for (row, prediction) in zip(part.rows, predictions) { values[row] = prediction.value }
        }
        return Predictions(values, rows.labels, probability)
    }

    private func groupQuantiles(
        _ probability: Double, _ rows: Trainer.Examples, _ baselines: BaselineSettings
    ) throws(ForecastingError) -> Baselines {
        try Baselines(quantilesOf: rows.labels.map(Double.init), by: rows.keys, baselines) { $0.quantile(probability) }
    }

    private func fit(
        _ probability: Double, _ matrix: DataMatrix, _ labels: [Float], rounds: Int
    ) throws(ForecastingError) -> [UInt8] {
        let trees = try QuantileTrees(of: probability, matrix, labels: labels, settings, threads: threads)
        for _ in 0 ..< rounds { try trees.addTree() }
        return try trees.encoded()
    }
}

/// One part, and what is known without it. The matrices serve every quantile: XGBoost sorts features into bins once.
private struct HeldOut {
    var rows: [Int]
    var matrix: DataMatrix
    var knownRows: [Int]
    var known: DataMatrix
    /// Of the known rows.
    var labels: [Float]

    /// Every part that has rows; none where all rows are in one part, so that nothing would be known without it.
    static func all(_ examples: Trainer.Examples, _ parts: [Int]) throws(ForecastingError) -> [HeldOut] {
        let numbers = Set(parts).sorted()
        guard numbers.count > 1 else { return [] }
        var all: [HeldOut] = []
        for number in numbers {
            let (rows, known) = (
                parts.indices.filter { parts[$0] == number }, parts.indices.filter { parts[$0] != number }
            )
            all.append(
                HeldOut(
                    rows: rows, matrix: try DataMatrix(examples.features.selecting(rows)), knownRows: known,
                    known: try DataMatrix(examples.features.selecting(known)), labels: known.map { examples.labels[$0] }
                ))
        }
        return all
    }
}

extension Trainer.Examples {
    fileprivate func selecting(rows: [Int]) -> Trainer.Examples {
        Trainer.Examples(
            features: features.selecting(rows), labels: rows.map { labels[$0] }, folds: rows.map { folds[$0] },
            keys: keys.selecting(rows))
    }
}
