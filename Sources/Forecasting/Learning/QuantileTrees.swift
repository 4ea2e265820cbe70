/// Boosted trees of one quantile, in training.
///
/// Each tree is a step down the pinball loss. The loss has no curvature by which XGBoost could tell how far to go, but
/// its mean has: the density of the target at the quantile. A leaf is thus moved by the share of its rows that lies on
/// the wrong side, times the reciprocal of the density, which is estimated once, from all rows. Setting each leaf to
/// the quantile of its rows' errors, as others do, gave no smaller loss on flight delays, and would need each model
/// to be rewritten.
/// - Source: Koenker, Quantile Regression, 2005, section 3.4.1 for the sparsity.
struct QuantileTrees {
    private let booster: Booster
    private let matrix: DataMatrix
    private let labels: [Float]
    private let probability: Float
    /// The reciprocal of the density at the quantile, in the target's unit.
    private let sparsity: Float
    private let hessians: [Float]

    /// - Parameters:
    ///   - labels: one per row of `matrix`, at least one.
    ///   - watched: as for `Booster`.
    init(
        of probability: Double, _ matrix: DataMatrix, labels: [Float], _ settings: QuantileSettings, threads: Int,
        watching watched: DataMatrix? = nil
    ) throws(ForecastingError) {
        let sorted = labels.sorted()
        guard let start = sorted.quantileOfSorted(probability) else { throw .noRows }
        booster = try Booster(
            settings.parameters(start: Float(start)), threads: threads, training: matrix, watching: watched)
        self.matrix = matrix
        self.labels = labels
        self.probability = Float(probability)
        sparsity = Float(sorted.sparsity(probability))
        hessians = labels.map { _ in 1 }
    }

    func addTree() throws(ForecastingError) {
        let gradients = zip(try booster.predict(matrix), labels).map { prediction, label in
            (label < prediction ? 1 - probability : -probability) * sparsity
        }
        try booster.boost(gradients: gradients, hessians: hessians, with: matrix)
    }

    /// One prediction per row, in the target's unit.
    func predict(_ matrix: DataMatrix) throws(ForecastingError) -> [Float] { try booster.predict(matrix) }

    func encoded() throws(ForecastingError) -> [UInt8] { try booster.encoded() }
}

extension [Float] {
    /// Of values in increasing order: by how much the quantile grows where the probability does, taken from halfway to
    /// the nearer end on both sides. Where that is nothing, because most values are the same, from end to end.
    fileprivate func sparsity(_ probability: Double) -> Double {
        let reach = Swift.min(probability, 1 - probability) / 2
        guard let low = quantileOfSorted(probability - reach), let high = quantileOfSorted(probability + reach),
            let first, let last
        else { return 0 }
        return high > low ? (high - low) / (2 * reach) : Double(last - first)
    }
}
