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
    /// can interrupt it. By thought times alone, so that the same is found however fast the machine is.
    static let (searchShare, mostSearchSeconds) = (0.006, 0.5)
    /// A round of it takes that, about, for each pair of actions: each is placed beside all others, three times
    /// (*measured*: `Benchmarks/select`).
    static let roundSecondsEach = 4e-9
    /// More hardly find anything.
    static let mostRounds = 200
    /// With fewer it finds nothing that the simple rules do not.
    static let leastRounds = 8

    /// What is known when the first action is to start.
    package struct Choice: Sendable {
        package let rule: PriorityRule
        /// Nil: no better one is looked for.
        package let further: FurtherSearch?

        package static let longestPathFirst = Choice(rule: .longestPathFirst, further: nil)
    }

    /// When a better order than the simple rules' is looked for.
    package enum Search {
        /// In views, which wait for nothing.
        case never
        /// A build follows.
        case beforehand
        /// Beside that build. What starts first is settled then, and is what starts first in the best of the rules,
        /// shifted: it matters little (*measured* for six second builds of 305 sleeps: 1.045 of the bound as planned, and
        /// 1.045 where the search could change it, too).
        case beside
    }

    /// By which a build goes that follows.
    package static func priority(
        _ plan: Plan, _ request: Request, _ costs: [Simulation.Cost], _ budget: Budget
    ) -> PriorityRule {
        choice(plan, request, costs, budget, search: .beforehand).rule
    }

    package static func choice(
        _ plan: Plan, _ request: Request, _ costs: [Simulation.Cost], _ budget: Budget, search mode: Search
    ) -> Choice {
        guard !costs.isEmpty, costs.count <= mostActions else { return .longestPathFirst }
        // What it takes at the least: of cpus, and of memory.
        let work =
            costs.reduce(0) { $0 + $1.seconds * Double(budget.taken(cpus: $1.demand.cpus)) } / Double(budget.cpus)
        let memory = costs.reduce(0) { $0 + $1.seconds * Double($1.demand.bytes) } / Double(budget.bytes)
        guard memory >= work / 2, work >= leastSecondsEach * Double(costs.count) else { return .longestPathFirst }
        var best = (rule: PriorityRule.longestPathFirst, seconds: Double.infinity)
        /// - Returns: whether nothing before was as good.
        @discardableResult
        func play(_ rule: PriorityRule) -> Bool {
            let seconds = Simulation(plan, request, costs, budget, priority: rule).seconds
            guard seconds < best.seconds else { return false }
            best = (rule, seconds)
            return true
        }
        for share in shares {
            // Of what is left to do, whatever it is that makes it last.
            play(.remainingPath(leastShare: share * max(1, memory / max(work, .leastNormalMagnitude))))
        }
        let rounds = mode == .never ? 0 : rounds(best.seconds, costs.count)
        guard rounds >= leastRounds, costs.allSatisfy({ $0.demand.pool == nil && $0.demand.batch == nil }) else {
            return Choice(rule: best.rule, further: nil)
        }
        let graph = TaskGraph(plan, costs, budget)
        // What is found from the best of the rules is mostly better than what is found from the longest paths.
        var search = OrderSearch(
            graph, budget, from: Simulation.starts(plan, request, costs, budget, priority: best.rule))
        @discardableResult
        func playFound() -> Bool { play(.planned(PlannedOrder(graph, budget, starts: search.best.starts))) }
        if mode == .beside, playFound() {
            search.holdFirst()
            let played = FurtherSearch.Played(plan: plan, request: request, costs: costs, seconds: best.seconds)
            return Choice(
                rule: best.rule,
                further: FurtherSearch(graph: graph, budget: budget, played: played, search: search, rounds: rounds))
        }
        search.look(rounds: rounds)
        playFound()
        return Choice(rule: best.rule, further: nil)
    }

    private static func rounds(_ seconds: Double, _ count: Int) -> Int {
        let roundSeconds = roundSecondsEach * Double(count) * Double(count)
        return Int(min(min(seconds * searchShare, mostSearchSeconds) / roundSeconds, Double(mostRounds)))
    }
}
