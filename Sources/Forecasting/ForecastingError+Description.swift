/// The module's only prose. It is here and not in dbuild, because a recipe's error reaches dbuild as text: the
/// worker process prints it.
extension ForecastingError: CustomStringConvertible {
    /// What happened, and a hint on the last line where there is something to do.
    public var description: String {
        switch self {
        case .xgboost(let call, let message): "\(call) failed: \(message)"
        case .noRows: "there are no rows to learn from"
        case .notFinite(let column, let row):
            "row \(row), column `\(column)`: no number that can be learned\nhint: leave such rows out"
        case .featuresDiffer(let table, let model):
            """
            the table's features are not the model's
              table: \(list(table))
              model: \(list(model))
            hint: make both from the same columns, or train again
            """
        case .noKey(let key, let available):
            "no key column `\(key)`\nhint: there are: \(list(available))"
        case .noBaseline(let keys, let values):
            "nothing is expected for \(list(zip(keys, values).map { "\($0) \($1)" })), on no level"
        case .otherModel(let path, let metadata):
            "\(path): not the model that \(metadata) is about\nhint: train again"
        case .laterThan(let day, let late): "there is a row of \(late), which is later than \(day)"
        case .badProbability(let probability):
            "\(probability) is no probability of a quantile here\nhint: give each once, between 0 and 1"
        case .badQuantiles(let path, let reason):
            "\(path): not a model of quantiles: \(reason)\nhint: train again"
        case .badMetadata(let path, let reason):
            "\(path): not the metadata of a model: \(reason)\nhint: train again"
        case .io(let call, let path, let errno): "\(path): \(call) failed with errno \(errno)"
        }
    }

    private func list(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.map { "`\($0)`" }.joined(separator: ", ")
    }
}
