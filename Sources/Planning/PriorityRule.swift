/// In which order what waits starts, as far as there is room for it.
package enum PriorityRule: Sendable {
    /// The longest remaining path first. Of paths that are shorter than this share of what all that is yet to start takes
    /// on all cpus the one that wants most memory first; 0: all go by their length.
    case remainingPath(leastShare: Double)
    /// As it was planned beforehand. What is not in the plan goes by its remaining path.
    case planned(PlannedOrder)

    package static let longestPathFirst = PriorityRule.remainingPath(leastShare: 0)

    /// For a build in which no others run than these.
    package func narrowed(to costs: [Simulation.Cost]) -> PriorityRule {
        switch self {
        case .remainingPath: self
        case .planned(let order): .planned(order.narrowed(to: costs.lazy.map(\.action)))
        }
    }

    package var isLongestPathFirst: Bool { if case .remainingPath(0) = self { true } else { false } }
}
