/// The middle value, or the mean of the two in the middle; nil of nothing.
package func median<Number: BinaryFloatingPoint>(_ values: [Number]) -> Number? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// The arithmetic mean, summed in the order given; nil of nothing.
package func mean<Number: BinaryFloatingPoint>(_ values: [Number]) -> Double? {
    values.isEmpty ? nil : values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
}

/// The mean distance of predictions from labels; nil of nothing.
package func meanAbsoluteError(_ predictions: [Float], _ labels: [Float]) -> Double? {
    precondition(predictions.count == labels.count)
    return mean(zip(predictions, labels).map { abs(Double($0) - Double($1)) })
}
