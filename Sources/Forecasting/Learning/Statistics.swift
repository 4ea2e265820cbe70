extension Collection where Element: BinaryFloatingPoint {
    /// The middle value, or the mean of the two in the middle; nil of nothing.
    public func median() -> Element? {
        guard !isEmpty else { return nil }
        let sorted = sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The arithmetic mean, summed in the order given; nil of nothing.
    public func mean() -> Double? { isEmpty ? nil : reduce(0.0) { $0 + Double($1) } / Double(count) }
}

extension [Float] {
    /// The mean distance of these predictions from as many labels; nil of nothing.
    func meanAbsoluteError(against labels: [Float]) -> Double? {
        precondition(count == labels.count)
        return zip(self, labels).map { abs(Double($0) - Double($1)) }.mean()
    }
}
