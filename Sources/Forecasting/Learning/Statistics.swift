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

/// The value up to which half of the weight lies; where that is so of two neighbours, the mean of both. Of equal weights
/// it is the median. Nil of nothing.
func weightedMedian(_ values: [(value: Double, weight: Double)]) -> Double? {
    // By weight, too: sums of the same numbers in another order may differ in the last bit.
    let sorted = values.sorted { ($0.value, $0.weight) < ($1.value, $1.weight) }
    let half = sorted.reduce(0) { $0 + $1.weight } / 2
    var below = 0.0
    for (index, row) in sorted.enumerated() {
        below += row.weight
        guard index + 1 < sorted.count else { return row.value }
        // Of equal weights, too, neither sum is exact.
        if abs(below - half) <= half * 1e-9 { return (row.value + sorted[index + 1].value) / 2 }
        if below > half { return row.value }
    }
    return nil
}

extension [Float] {
    /// The mean distance of these predictions from as many labels; nil of nothing.
    func meanAbsoluteError(against labels: [Float]) -> Double? {
        precondition(count == labels.count)
        return zip(self, labels).map { abs(Double($0) - Double($1)) }.mean()
    }
}
