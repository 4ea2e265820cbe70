extension Collection where Element: BinaryFloatingPoint {
    /// The value below which that share of the values lies, linear between neighbours; nil of nothing.
    ///
    /// - Parameter probability: 0 to 1.
    /// - Source: Hyndman and Fan, Sample quantiles in statistical packages, 1996: definition 7, numpy's default.
    public func quantile(_ probability: Double) -> Double? {
        sorted().quantileOfSorted(probability)
    }
}

extension [Double] {
    /// By how much predictions of a quantile are to be moved, so that about the share `probability` of what is
    /// observed lies at or below them. These are the observed values less their predictions, by models that have
    /// not seen them; nil of nothing.
    ///
    /// The rank is rounded away from the middle, so that the share between two moved quantiles is at least what it is
    /// said to be wherever rows are exchangeable. Where there are too few for that, which for 0.1 and 0.9 is fewer
    /// than 9, it is the outermost value.
    /// - Source: Romano, Patterson and Candes, Conformalized quantile regression, 2019, theorem 2.
    func conformalShift(_ probability: Double) -> Double? {
        guard !isEmpty else { return nil }
        let sorted = sorted()
        let rank = Double(count + 1) * probability
        if probability == 0.5 { return sorted.quantileOfSorted(probability) }
        let whole = Int(rank.rounded(probability < 0.5 ? .down : .up))
        return sorted[Swift.min(Swift.max(whole, 1), count) - 1]
    }
}

extension Array where Element: BinaryFloatingPoint {
    /// As `quantile`, of values in increasing order.
    func quantileOfSorted(_ probability: Double) -> Double? {
        guard let first, let last else { return nil }
        let position = probability * Double(count - 1)
        guard position > 0 else { return Double(first) }
        guard position < Double(count - 1) else { return Double(last) }
        let below = Int(position)
        let (low, high) = (Double(self[below]), Double(self[below + 1]))
        return low + (high - low) * (position - Double(below))
    }
}

/// What a prediction of a quantile costs: the distance, times `probability` where more was observed than predicted and
/// times `1 - probability` where less was; on average it is least at the quantile.
///
/// - Returns: in the unit of both values.
/// - Source: Koenker and Bassett, Regression quantiles, 1978.
public func pinballLoss(_ predicted: Double, observed: Double, probability: Double) -> Double {
    let error = observed - predicted
    return error >= 0 ? probability * error : (probability - 1) * error
}
