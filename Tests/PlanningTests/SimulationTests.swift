import Artifact
import Hashing
import Testing

@testable import Planning

/// A build played through.
@Suite struct SimulationTests {
    @Test func `what fits runs side by side, and a chain one after another`() throws {
        #expect(try simulate(["a": (3, []), "b": (2, []), "c": (4, [])], cpus: 2).seconds == 5)
        #expect(try simulate(["a": (3, []), "b": (2, ["a"]), "c": (4, ["b"])], cpus: 2).seconds == 9)
        #expect(try simulate([:], cpus: 2).seconds == 0)
    }

    @Test func `what is not there to run is not waited for`() throws {
        #expect(try simulate(["a": (3, []), "b": (2, ["a"])], running: ["b"], cpus: 2).seconds == 2)
    }

    @Test func `memory is counted, and keeps apart what does not fit together`() throws {
        let together = try simulate(["a": (3, []), "b": (2, [])], cpus: 2, wanted: 10, budget: 20)
        #expect(together.seconds == 3)
        #expect(together.peakBytes == 20)
        let apart = try simulate(["a": (3, []), "b": (2, [])], cpus: 2, wanted: 10, budget: 19)
        #expect(apart.seconds == 5)
        #expect(apart.peakBytes == 10)
    }

    @Test func `a pool's minutes are waited out`() throws {
        let names = (0 ..< 5).map { "in-\($0)" }
        let simulation = try simulate(
            Dictionary(uniqueKeysWithValues: names.map { ($0, (1, [])) }), cpus: 8, perMinute: 2)
        #expect(simulation.seconds > 120)
        #expect(simulation.seconds < 125)
    }

    @Test func `where slots alone are short it is as if the schedule had been asked for every start`() throws {
        var compared = 0
        for seed in UInt64(1) ... 400 {
            var random = SplitMix(state: seed)
            let (plan, costs) = try drawn(&random)
            let budget = Budget(cpus: 1 + Int(random.next() % 4), bytes: 40 + Int64(random.next() % 40))
            if SlotSimulation.suffices(costs, budget) { compared += 1 }
            #expect(
                Simulation(plan, plan.everything, costs, budget)
                    == Simulation(plan, plan.everything, costs, budget, asksSchedule: true),
                "seed \(seed)")
        }
        // Some want more memory than there is, so that the schedule is asked.
        #expect(compared > 100 && compared < 400)
    }

    @Test func `what wants a pool, a batch, two cpus or more memory than there is is left to the schedule`() throws {
        var random = SplitMix(state: 1)
        let (_, drawn) = try drawn(&random)
        let first = try #require(drawn.first)
        func suffices(_ change: (inout Demand) -> Void) -> Bool {
            var cost = first
            cost.demand = Demand(bytes: 10)
            change(&cost.demand)
            let costs = (0 ..< 3).map { number in
                var other = cost
                other.action = ActionID(number)
                return other
            }
            return SlotSimulation.suffices(costs, Budget(cpus: 2, bytes: 20))
        }
        #expect(suffices { _ in })
        #expect(!suffices { $0.pool = 0 })
        #expect(!suffices { $0.batch = BatchKey(rule: RuleID(0), value: nil, most: 2) })
        #expect(!suffices { $0.cpus = 2 })
        #expect(!suffices { $0.bytes = 11 })
        #expect(!SlotSimulation.suffices(drawn.reversed(), Budget(cpus: 1)) || drawn.count == 1)
        // More than all memory is as much as all of it.
        #expect(!suffices { $0.bytes = .max })
    }

    /// Actions that read some of those before them, most of which run, with few different times: much ends together.
    private func drawn(_ random: inout SplitMix) throws -> (Plan, [Simulation.Cost]) {
        var sketch = Sketch()
        let count = 1 + Int(random.next() % 40)
        for number in 0 ..< count {
            let read = (0 ..< number).filter { _ in random.next() % 8 == 0 }
            try sketch.action(
                "a\(number)",
                [
                    ("from", .inputs(read.map { Path("out/\($0)") })), ("to", .output(Path("out/\(number)"))),
                ])
        }
        let plan = try sketch.plan()
        let costs = plan.actions.filter { _ in random.next() % 8 != 0 }.map { action in
            Simulation.Cost(
                action: action, seconds: Double(random.next() % 4) / 2, likelyBytes: Int64(random.next() % 9),
                demand: Demand(bytes: Int64(random.next() % 24)))
        }
        return (plan, costs)
    }

    private func simulate(
        _ actions: [String: (seconds: Double, after: [String])], running: [String]? = nil, cpus: Int,
        wanted: Int64 = 1, budget: Int64 = Budget.unlimitedBytes, perMinute: Int? = nil
    ) throws -> Simulation {
        var sketch = Sketch()
        sketch.builder.pools.append(
            Plan.Pool(
                name: Array("api".utf8), atOnce: nil, perMinute: perMinute,
                place: Place(file: Array("rules/Rulesfile.swift".utf8), line: 1)))
        for name in actions.keys.sorted() {
            try sketch.action(
                name, rule: { if perMinute != nil { $0.running.pool = 0 } },
                [
                    ("from", .inputs((actions[name]?.after ?? []).map { Path("out/" + $0) })),
                    ("to", .output(Path("out/" + name))),
                ])
        }
        let plan = try sketch.plan()
        let costs = plan.actions.filter { running?.contains(plan.name(of: $0)) ?? true }.map { action in
            Simulation.Cost(
                action: action, seconds: actions[plan.name(of: action)]?.seconds ?? 0, likelyBytes: wanted,
                demand: Demand(of: action, in: plan, bytes: wanted))
        }
        return Simulation(plan, plan.everything, costs, Budget(cpus: cpus, bytes: budget))
    }
}
