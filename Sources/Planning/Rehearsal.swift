/// Finds out beforehand in which order a build is thought to be over first, by playing it through in several.
///
/// Where memory is what is short, it matters most what lies beside what, and no simple rule is best: those with a share of
/// the paths are quick to play, and `OrderSearch` finds a better order where it may take its time.
package enum Rehearsal {
    static let shares = [0, 0.5, 0.65, 0.8, 1]
    /// Beyond it, it would take as long as it may give.
    static let mostActions = 20_000
    /// To play one action five times takes some microseconds: a hundredth of what it may give where actions last.
    static let leastSecondsEach = 0.002
    /// What the search may take of what the build is thought to take, and at most, as rounds are thought to take: nobody
    /// can interrupt it.
    static let (searchShare, mostSearchSeconds) = (0.006, 0.5)
    /// A round of it takes that, about, for each pair of actions: each is placed beside all others, three times
    /// (*measured*: `Benchmarks/select`).
    static let roundSecondsEach = 4e-9
    /// More hardly find anything.
    static let mostRounds = 200
    /// With fewer it finds nothing that the simple rules do not.
    static let leastRounds = 8

    /// - Parameter searches: whether it may take its time, since a build follows.
    package static func priority(
        _ plan: Plan, _ request: Request, _ costs: [Simulation.Cost], _ budget: Budget, searches: Bool
    ) -> PriorityRule {
        guard !costs.isEmpty, costs.count <= mostActions else { return .longestPathFirst }
        // What it takes at the least: of cpus, and of memory.
        let work =
            costs.reduce(0) { $0 + $1.seconds * Double(budget.taken(cpus: $1.demand.cpus)) } / Double(budget.cpus)
        let memory = costs.reduce(0) { $0 + $1.seconds * Double($1.demand.bytes) } / Double(budget.bytes)
        guard memory >= work / 2, work >= leastSecondsEach * Double(costs.count) else { return .longestPathFirst }
        var best = (rule: PriorityRule.longestPathFirst, seconds: Double.infinity)
        func play(_ rule: PriorityRule) {
            let seconds = Simulation(plan, request, costs, budget, priority: rule).seconds
            if seconds < best.seconds { best = (rule, seconds) }
        }
        for share in shares {
            // Of what is left to do, whatever it is that makes it last.
            play(.remainingPath(leastShare: share * max(1, memory / max(work, .leastNormalMagnitude))))
        }
        let rounds = searches ? rounds(best.seconds, costs.count) : 0
        if rounds >= leastRounds, costs.allSatisfy({ $0.demand.pool == nil && $0.demand.batch == nil }) {
            let graph = TaskGraph(plan, costs, budget)
            let found = OrderSearch(graph, budget).run(rounds: rounds)
            play(.planned(PlannedOrder(graph, budget, starts: found.starts)))
        }
        return best.rule
    }

    private static func rounds(_ seconds: Double, _ count: Int) -> Int {
        let roundSeconds = roundSecondsEach * Double(count) * Double(count)
        return Int(min(min(seconds * searchShare, mostSearchSeconds) / roundSeconds, Double(mostRounds)))
    }
}
