import Artifact
import Planning
import Testing

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
