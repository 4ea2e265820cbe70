/// How well predicted quantiles met what was observed.
public struct QuantileScore: Hashable, Sendable {
    /// Increasing.
    public let probabilities: [Double]
    /// Observed values that were added.
    public private(set) var count = 0
    /// Of each quantile, the sum of the pinball losses, in the unit of what is observed.
    public private(set) var losses: [Double]
    /// Of each quantile, how many observed values are less than it.
    public private(set) var below: [Int]
    /// Observed values from the first to the last quantile, both included.
    public private(set) var within = 0
    /// Observed values greater than the last quantile.
    public var above: Int { count - within - (below.first ?? 0) }

    /// - Parameter probabilities: increasing, each between 0 and 1.
    public init(_ probabilities: [Double]) {
        self.probabilities = probabilities
        losses = probabilities.map { _ in 0 }
        below = probabilities.map { _ in 0 }
    }

    /// Adds one observed value, and the quantiles that were predicted for it.
    ///
    /// - Parameter quantiles: as many as there are probabilities, none less than the one before it; others are a
    ///   mistake of the caller.
    public mutating func add(_ quantiles: [Double], observed: Double) {
        precondition(quantiles.count == probabilities.count)
        count += 1
        for (index, quantile) in quantiles.enumerated() {
            losses[index] += pinballLoss(quantile, observed: observed, probability: probabilities[index])
            if observed < quantile { below[index] += 1 }
        }
        if let first = quantiles.first, let last = quantiles.last, first <= observed, observed <= last { within += 1 }
    }

    /// The mean pinball loss of each quantile, in the unit of what is observed; nil of nothing.
    public var pinballLosses: [Double]? { count == 0 ? nil : losses.map { $0 / Double(count) } }

    /// The share of the observed values that is less than each quantile; nil of nothing.
    public var sharesBelow: [Double]? { count == 0 ? nil : below.map { Double($0) / Double(count) } }

    /// The share of the observed values from the first to the last quantile, both included; nil of nothing.
    public var coverage: Double? { count == 0 ? nil : Double(within) / Double(count) }
}
