public import Calendar

/// What went wrong in training or forecasting: the facts. `ForecastingError+Description.swift` has the words.
public enum ForecastingError: Error, Hashable, Sendable {
    /// A call of XGBoost's C API failed, for the reason the library gives.
    case xgboost(call: String, message: String)
    /// There is nothing to learn from.
    case noRows
    /// The target's value in a row, counted from 0, is none that single precision can hold.
    case notFinite(column: String, row: Int)
    /// A table's features are not those that the model was trained on.
    case featuresDiffer(table: [String], model: [String])
    /// Medians or means are keyed by a column that the rows do not have.
    case noKey(String, available: [String])
    /// No level of the baselines has a value for these keys.
    case noBaseline(keys: [String], values: [Int32])
    /// The model's bytes are not those that the metadata are about.
    case otherModel(path: String, metadata: String)
    /// A row is of a day after the one as of which weights are taken.
    case laterThan(Day, Day)
    /// A quantile's probability does not lie between 0 and 1, or there are two of the same.
    case badProbability(Double)
    /// The file holds no model of quantiles, or one that is damaged.
    case badQuantiles(path: String, reason: String)
    /// The file is not the metadata of a model.
    case badMetadata(path: String, reason: String)
    case io(call: String, path: String, errno: Int32)
}
