import Artifact
import Glibc
import Planning
import TestSupport

/// What it costs to select what starts next, of 200,000 actions that all could: without anything to choose by, and with
/// 50 rules of all cpus and sizes, 5 pools and 10 rules in batches.
///
/// And what it costs to find an order for 300 actions that memory keeps apart, beside what they take.
///
/// Usage: select [COUNT]; one line for each, in microseconds of cpu for an action, from `add` to `finish`.
@main struct Select {
    static func main() throws {
        let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 200_000
        for isVaried in [false, true] {
            let plan = try plan(count, isVaried: isVaried)
            var random = SplitMix(state: 1)
            let seconds = plan.actions.map { _ in random.share() }
            let bytes = plan.actions.map { _ in
                isVaried ? Int64(1) << Int64(20 + random.below(12)) + Int64(random.below(1 << 20)) : 0
            }
            let start = clock()
            var schedule = Schedule(
                plan: plan, requested: Request(plan, actions: Array(plan.actions)), seconds: seconds,
                budget: Budget(cpus: 8, bytes: 16 << 30))
            let ready = clock()
            for action in plan.actions {
                schedule.add(action, Demand(of: action, in: plan, bytes: bytes[action.index]))
            }
            let added = clock()
            var running: [ActionID] = []
            var started = 0
            while started < count {
                if let dispatch = schedule.next(at: 0) {
                    running += dispatch.actions
                    started += dispatch.actions.count
                } else {
                    let place = random.below(running.count)
                    running.swapAt(place, running.count - 1)
                    schedule.finish(running.removeLast())
                }
            }
            let end = clock()
            print(
                "\(count) actions\(isVaried ? ", 50 rules, pools, memory, batches" : ""):",
                "longest paths \(each(ready - start, count)), add \(each(added - ready, count)),",
                "select and finish \(each(end - added, count)) us an action")
        }
        try rehearse(300)
    }

    private static func rehearse(_ count: Int) throws {
        let plan = try plan(count, isVaried: false)
        var random = SplitMix(state: 1)
        let costs = plan.actions.map { action in
            // Few are many times the middle.
            let (seconds, bytes) = (0.02 / (1.02 - random.share()), Int64(1e8 / (1.05 - random.share())))
            return Simulation.Cost(
                action: action, seconds: seconds, likelyBytes: bytes,
                demand: Demand(of: action, in: plan, bytes: bytes, spreadBytes: bytes / 20))
        }
        let request = Request(plan, actions: Array(plan.actions))
        let budget = Budget(cpus: 8, bytes: 3 << 29)
        let start = clock()
        let rule = Rehearsal.priority(plan, request, costs, budget)
        let end = clock()
        let seconds = Simulation(plan, request, costs, budget, priority: rule).seconds
        print(
            "an order for \(count) actions: \(Double(end - start) / 1000) ms,",
            "\((Double(end - start) / seconds / 1000).rounded() / 10) % of the build")
    }

    private static func each(_ ticks: Int, _ count: Int) -> Double {
        (Double(ticks) / Double(count) * 100).rounded() / 100
    }

    private static func plan(_ count: Int, isVaried: Bool) throws -> Plan {
        var builder = PlanBuilder()
        let place = Place(file: Array("rules/Rulesfile.swift".utf8), line: 1)
        let ruleCount = isVaried ? 50 : 1
        for pool in 0 ..< 5 {
            builder.pools.append(
                Plan.Pool(name: Array("pool-\(pool)".utf8), atOnce: 2 + pool, perMinute: nil, place: place))
        }
        let numbers = (0 ..< count).map { Array("\($0)".utf8) }
        builder.add(Plan.Axis(name: Array("n".utf8), values: numbers))
        for index in 0 ..< ruleCount {
            var rule = Plan.Rule(
                name: Array("rule-\(index)".utf8), type: Array("Recipe".utf8), shortType: Array("Recipe".utf8),
                isCommand: false, place: place, axes: [0], awaits: nil)
            if isVaried {
                rule.cpus = 1 + index % 3
                if index % 10 < 3 { rule.running.pool = index % 5 }
                if index % 5 == 4 { rule.running.batch = Running.Batch(axis: nil, most: 20) }
            }
            try builder.add(rule)
        }
        for number in 0 ..< count {
            var wiring = PlanBuilder.Wiring()
            wiring.outputs.append(
                PlanBuilder.Wiring.Reference(
                    path: Path("out/\(number)"), isTree: false, aspect: .bytes, property: Array("to".utf8), index: 0))
            let recipe = RecipeValue.object([RecipeValue.Field(name: Array("to".utf8), value: .output(ordinal: 0))])
            try builder.addAction(rule: number % ruleCount, cell: [number], recipe: recipe, wiring: wiring)
        }
        return try builder.finish(isWhole: true)
    }
}
