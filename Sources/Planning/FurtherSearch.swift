/// The rest of a search for an order, which goes on while those run that start first in it.
///
/// How far it looks does not depend on when anything is over: of what it is about nothing else starts before it is at its
/// end (but where that lets the machine stand idle), and what it finds is the same on every machine.
package struct FurtherSearch: Sendable {
    let graph: TaskGraph
    let budget: Budget
    let played: Played
    let search: OrderSearch
    let rounds: Int

    /// The build as it would go by what is known so far.
    struct Played: Sendable {
        let plan: Plan
        let request: Request
        let costs: [Simulation.Cost]
        let seconds: Double
    }

    /// Takes its time.
    ///
    /// - Parameter isWanted: asked in every round.
    /// - Returns: an order in which the build is over earlier; nil: none was found, or none is wanted any more.
    package func run(while isWanted: () -> Bool) -> FoundOrder? {
        var search = search
        for _ in 0 ..< rounds {
            guard isWanted() else { return nil }
            search.look(rounds: 1)
        }
        guard search.best.end < self.search.best.end else { return nil }
        let starts = search.best.starts
        let rule = PriorityRule.planned(PlannedOrder(graph, budget, starts: starts))
        let seconds = Simulation(played.plan, played.request, played.costs, budget, priority: rule).seconds
        return seconds < played.seconds ? FoundOrder(starts: starts) : nil
    }
}

/// When what is to start, for `PlannedOrder`.
package struct FoundOrder: Sendable {
    /// By place, nanoseconds.
    let starts: [Int64]
}
