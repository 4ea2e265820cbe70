/// What earlier runs of a rule took, by the size of what they read: a line that few odd ones do not turn.
///
/// It is Tukey's resistant line: through the medians of the third with the least input and of the third with the most.
/// Where the size says little it is flat.
struct SizeLine: Hashable, Sendable {
    private(set) var atZero: Double
    private(set) var perByte: Double
    /// No estimate is less.
    let least: Double
    /// Where nobody knows the size.
    private(set) var anySize: Double

    struct Point: Hashable, Sendable {
        /// Bytes; 0 where nobody knows.
        let size: Double
        let value: Double
    }

    private static let fewestPoints = 3
    /// By how much a slope must bring the points nearer, so that it is no accident.
    private static let leastGain = 0.8

    /// - Returns: nil where there are no points.
    init?(_ points: [Point]) {
        guard let middle = Self.median(points.map(\.value)), let least = points.map(\.value).min() else { return nil }
        (atZero, perByte, self.least, anySize) = (middle, 0, least, middle)
        let sized = points.filter { $0.size > 0 }.sorted { $0.size < $1.size }
        guard sized.count >= Self.fewestPoints, let slope = Self.slope(sized), slope > 0,
            let start = Self.median(sized.map { $0.value - slope * $0.size })
        else { return }
        let flat = sized.reduce(0) { $0 + abs($1.value - middle) }
        let sloped = sized.reduce(0) { $0 + abs($1.value - start - slope * $1.size) }
        if sloped < Self.leastGain * flat { (atZero, perByte) = (start, slope) }
    }

    private static func slope(_ sized: [Point]) -> Double? {
        let third = max(1, sized.count / 3)
        let (left, right) = (sized.prefix(third), sized.suffix(third))
        guard let leftSize = median(left.map(\.size)), let rightSize = median(right.map(\.size)),
            let leftValue = median(left.map(\.value)), let rightValue = median(right.map(\.value)),
            rightSize > leftSize
        else { return nil }
        return (rightValue - leftValue) / (rightSize - leftSize)
    }

    /// Raised so that only one point in twenty lies above it; of fewer, none.
    func raised(above points: [Point]) -> SizeLine {
        var raised = self
        let above = points.map { $0.value - value($0.size > 0 ? $0.size : nil) }.sorted()
        let all = points.map(\.value).sorted()
        guard !points.isEmpty else { return raised }
        let rank = points.count - 1 - points.count / 20
        raised.atZero += max(0, above[rank])
        raised.anySize = all[rank]
        return raised
    }

    /// - Parameter size: bytes; nil where nobody knows.
    func value(_ size: Double?) -> Double { size.map { max(least, atZero + perByte * $0) } ?? anySize }

    static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
