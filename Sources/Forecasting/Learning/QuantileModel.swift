/// What is known of the quantiles of a target, given its features: a model of each quantile.
public struct QuantileModel: Hashable, Sendable {
    public enum Source: String, Codable, Sendable {
        /// Boosted trees.
        case trees
        /// Quantiles of the rows with the same keys.
        case groups
    }

    /// One quantile.
    public struct Quantile: Hashable, Sendable {
        public var probability: Double
        /// The one with the smaller loss on held-out weeks; the groups where they are equal or there are no trees.
        public var source: Source
        /// The mean pinball loss of each on held-out weeks, before the shift, in the target's unit; nil where it was
        /// not tried.
        public var losses: Losses
        /// Trees in the model; 0 for groups.
        public var rounds: Int
        /// What is added to each prediction, so that the share of held-out rows below it is the probability; in the
        /// target's unit.
        public var shift: Double
        var model: Model
    }

    public struct Losses: Codable, Hashable, Sendable {
        public var trees: Double?
        public var groups: Double?
    }

    enum Model: Hashable, Sendable {
        /// XGBoost's universal binary JSON.
        case trees([UInt8])
        case groups(Baselines)
    }

    /// In the order of the matrices that it predicts for.
    public var features: [String]
    public var target: String
    /// How many rows it was trained on.
    public var rows: Int
    /// By increasing probability.
    public var quantiles: [Quantile]
}

extension QuantileModel {
    /// The quantiles of each row, by increasing probability, in the target's unit.
    ///
    /// Quantiles are learned one by one, so that they may cross: each row's are put in order, which only brings them
    /// nearer to the truth.
    /// - Parameter keys: of the same rows; asked for the groups' keys only.
    /// - Source: Chernozhukov, Fernandez-Val and Galichon, Quantile and probability curves without crossing, 2010.
    /// - Throws: `featuresDiffer`, `noKey`, `noBaseline`, `xgboost`.
    func predict(_ features: FeatureMatrix, keys: BaselineKeys, threads: Int) throws(ForecastingError) -> [[Double]] {
        guard features.names == self.features else {
            throw .featuresDiffer(table: features.names, model: self.features)
        }
        guard features.rowCount > 0 else { return [] }
        let matrix = try DataMatrix(features)
        var columns: [[Double]] = []
        for quantile in quantiles {
            let predictions =
                switch quantile.model {
                case .trees(let bytes): try Booster(model: bytes, threads: threads).predict(matrix).map(Double.init)
                case .groups(let groups): try groups.values(for: keys).map(\.value)
                }
            columns.append(predictions.map { $0 + quantile.shift })
        }
        return (0 ..< features.rowCount).map { row in columns.map { $0[row] }.sorted() }
    }

    /// The columns by which any of the quantiles is grouped.
    var keys: [String] {
        for quantile in quantiles {
            if case .groups(let groups) = quantile.model { return groups.keys }
        }
        return []
    }
}
