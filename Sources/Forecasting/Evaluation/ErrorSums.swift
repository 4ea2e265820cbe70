/// Errors of predictions, prediction minus truth, summed over rows.
public struct ErrorSums: Hashable, Sendable {
    public private(set) var count: Int
    /// In the target's unit, as the next.
    public private(set) var absolute: Double
    public private(set) var signed: Double

    public init(count: Int = 0, absolute: Double = 0, signed: Double = 0) {
        self.count = count
        self.absolute = absolute
        self.signed = signed
    }

    public mutating func add(_ prediction: Double, truth: Double) {
        count += 1
        absolute += abs(prediction - truth)
        signed += prediction - truth
    }

    public static func += (sums: inout ErrorSums, more: ErrorSums) {
        sums.count += more.count
        sums.absolute += more.absolute
        sums.signed += more.signed
    }
}
