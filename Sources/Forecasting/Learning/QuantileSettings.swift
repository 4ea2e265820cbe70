/// How quantiles are learned; every value is part of the key of the action that trains.
public struct QuantileSettings: Codable, Hashable, Sendable {
    /// Which quantiles: each between 0 and 1, none twice.
    public var probabilities: [Double]
    /// The share of each tree's correction that is taken, 0 to 1.
    public var eta: Double
    /// Levels of each tree.
    public var depth: Int
    /// The most trees a quantile may have.
    public var rounds: Int
    /// Rounds without a smaller loss on held-out weeks after which training ends.
    public var earlyStop: Int
    /// The least number of rows of a leaf: a tenth of them must still say something.
    public var minimumLeafRows: Double
    /// Into how many parts the weeks are put, of which each is held out once.
    public var parts: Int
    /// With fewer rows there are no trees: the quantiles are those of the baselines' keys.
    public var minimumRows: Int

    public init(
        probabilities: [Double] = [0.1, 0.5, 0.9], eta: Double = 0.15, depth: Int = 3, rounds: Int = 200,
        earlyStop: Int = 15, minimumLeafRows: Double = 30, parts: Int = 4, minimumRows: Int = 200
    ) {
        self.probabilities = probabilities
        self.eta = eta
        self.depth = depth
        self.rounds = rounds
        self.earlyStop = earlyStop
        self.minimumLeafRows = minimumLeafRows
        self.parts = parts
        self.minimumRows = minimumRows
    }

    /// In increasing order.
    ///
    /// - Throws: `badProbability`.
    func sortedProbabilities() throws(ForecastingError) -> [Double] {
        let sorted = probabilities.sorted()
        for (index, probability) in sorted.enumerated() {
            let isNew = index == 0 || sorted[index - 1] < probability
            guard probability > 0, probability < 1, isNew else { throw .badProbability(probability) }
        }
        return sorted
    }

    /// XGBoost's settings.
    ///
    /// Every tree sees every row, so that nothing is drawn by chance: half of the rows for each tree gave no smaller loss.
    /// - Parameter start: where each row's prediction begins.
    /// - Source: XGBoost 1.7 documentation, "XGBoost Parameters".
    func parameters(start: Float) -> [(name: String, value: String)] {
        [
            ("booster", "gbtree"),
            ("tree_method", "hist"),
            ("base_score", "\(start)"),
            ("eta", "\(eta)"),
            ("max_depth", "\(depth)"),
            ("min_child_weight", "\(minimumLeafRows)"),
            // The loss is not XGBoost's to evaluate.
            ("disable_default_eval_metric", "1"),
        ]
    }
}
