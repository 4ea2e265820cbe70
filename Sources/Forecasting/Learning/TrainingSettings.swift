/// How a model is trained; every value is part of the key of the action that trains.
public struct TrainingSettings: Codable, Hashable, Sendable {
    /// The share of each tree's correction that is taken, 0 to 1.
    public var eta: Double
    /// Levels of each tree.
    public var depth: Int
    /// The most trees a model may have.
    public var rounds: Int
    /// Rounds without a smaller error on the stop weeks after which training ends.
    public var earlyStop: Int
    /// The share of the rows that each tree sees, drawn anew for each.
    public var subsample: Double
    /// The least weight of the rows of a leaf, in rows.
    public var minimumChildWeight: Double
    /// Errors up to about this size count by their square, larger ones by their size; in units of the target.
    public var huberSlope: Double
    /// With fewer rows to train on, the model is their mean.
    public var minimumRows: Int

    public init(
        eta: Double = 0.1, depth: Int = 6, rounds: Int = 2000, earlyStop: Int = 50, subsample: Double = 0.5,
        minimumChildWeight: Double = 10, huberSlope: Double = 5, minimumRows: Int = 100
    ) {
        self.eta = eta
        self.depth = depth
        self.rounds = rounds
        self.earlyStop = earlyStop
        self.subsample = subsample
        self.minimumChildWeight = minimumChildWeight
        self.huberSlope = huberSlope
        self.minimumRows = minimumRows
    }

    /// XGBoost's settings.
    ///
    /// The target is shifted by `center` through `base_score`, where each row's prediction begins: the objective
    /// sees only differences of prediction and label, so this is the shift, and the model needs no second number to
    /// be undone. `reg:absoluteerror` would fit the median too, but in 1.7.4 it ignores `eta` under `hist`.
    /// - Source: XGBoost 1.7 documentation, "XGBoost Parameters".
    func parameters(center: Float, seed: UInt64) -> [(name: String, value: String)] {
        [
            ("booster", "gbtree"),
            ("tree_method", "hist"),
            ("objective", "reg:pseudohubererror"),
            ("huber_slope", "\(huberSlope)"),
            ("base_score", "\(center)"),
            ("eta", "\(eta)"),
            ("max_depth", "\(depth)"),
            ("subsample", "\(subsample)"),
            ("min_child_weight", "\(minimumChildWeight)"),
            // XGBoost reads a signed number.
            ("seed", "\(seed & UInt64(Int64.max))"),
        ]
    }
}
