import Artifact
import Planning
import TestSupport
import Testing

@testable import TestOracle

/// How well what memory allows is used, in builds that are played through, beside what no order can fall below: the
/// longest path, all work over the cpus, and memory times time over what there is of memory.
@Suite struct MemoryPackingTests {
    enum Shape: CaseIterable {
        case uniform, heavyTailed, twoClasses, largeIsShort, largeIsLong, chains
    }

    @Test(arguments: Shape.allCases)
    func `whatever wants how much for how long, memory and cpus are hardly idle`(shape: Shape) throws {
        var ratios: [Double] = []
        for seed in 0 ..< (isLong ? 40 : 4) {
            let build = try Build(shape, seed: UInt64(seed))
            let (seconds, peakBytes) = build.play()
            #expect(peakBytes <= build.budget.bytes)
            #expect(seconds >= build.boundSeconds * 0.999_999)
            ratios.append(seconds / build.boundSeconds)
        }
        #expect(ratios.reduce(0, +) / Double(ratios.count) < 1.12, "\(ratios)")
        #expect(ratios.allSatisfy { $0 < 1.3 }, "\(ratios)")
    }

    @Test func `a better order is found than by paths alone`() throws {
        // Few are large, two at once at most: by paths alone cpus are idle beside them, and the small ones done before.
        let (mixed, byPaths) = try (0 ..< 4).map { seed in
            let build = try Build(.twoClasses, seed: UInt64(seed))
            return (build.play().seconds, build.play(.longestPathFirst).seconds)
        }.reduce((0.0, 0.0)) { ($0.0 + $1.0, $0.1 + $1.1) }
        #expect(mixed < 0.98 * byPaths)
    }

    @Test func `where memory is plenty all goes by paths`() throws {
        var build = try Build(.twoClasses, seed: 1)
        build.budget.bytes = Budget.unlimitedBytes
        #expect(build.priority.isLongestPathFirst)
        build.budget.bytes = 1500 << 20
        #expect(!build.priority.isLongestPathFirst)
        build.costs = []
        #expect(build.priority.isLongestPathFirst)
    }
}

/// A generated build whose actions take as long and hold as much as is known.
private struct Build {
    private let plan: Plan
    var costs: [Simulation.Cost]
    var budget = Budget(cpus: 8, bytes: 1500 << 20)

    init(_ shape: MemoryPackingTests.Shape, seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var sketch = Sketch()
        var wanted: [(seconds: Double, megabytes: Double)] = []
        for number in 0 ..< 160 {
            let isBehind = shape == .chains && number % 2 == 1
            try sketch.action(
                "action-\(1000 + number)",
                [
                    ("from", .inputs(isBehind ? [Path("out/\(number - 1)")] : [])),
                    ("to", .output(Path("out/\(number)"))),
                ])
            wanted.append(Self.wanted(shape, isBehind: isBehind, &random))
        }
        let plan = try sketch.plan()
        self.plan = plan
        costs = zip(plan.actions, wanted).map { action, wanted in
            let bytes = Int64(min(wanted.megabytes, 1400) * 1_048_576)
            return Simulation.Cost(
                action: action, seconds: wanted.seconds, likelyBytes: bytes,
                demand: Demand(of: action, in: plan, bytes: bytes))
        }
    }

    private static func wanted(
        _ shape: MemoryPackingTests.Shape, isBehind: Bool, _ random: inout SplitMix
    ) -> (seconds: Double, megabytes: Double) {
        let (share, other) = (random.share(), random.share())
        // Few are many times the middle.
        let (heavy, otherHeavy) = (0.2 / (1.02 - share), 100 / (1.05 - other))
        return switch shape {
        case .uniform: (0.1 + share, 20 + 480 * other)
        case .heavyTailed: (heavy, otherHeavy)
        case .twoClasses:
            random.chance(oneIn: 5) ? (0.5 + share, 400 + 300 * other) : (0.1 + share / 3, 10 + 50 * other)
        case .largeIsShort: (heavy, 60 / heavy)
        case .largeIsLong: (heavy, 50 * heavy)
        case .chains: isBehind ? (heavy / 2, 1) : (heavy, otherHeavy)
        }
    }

    var priority: PriorityRule { Rehearsal.priority(plan, plan.everything, costs, budget) }

    /// - Parameter priority: nil: as the build would find it.
    func play(_ priority: PriorityRule? = nil) -> (seconds: Double, peakBytes: Int64) {
        let simulation = Simulation(
            plan, plan.everything, costs, budget, priority: priority ?? self.priority)
        return (simulation.seconds, simulation.peakBytes)
    }

    var boundSeconds: Double {
        let work = costs.reduce(0) { $0 + $1.seconds } / Double(budget.cpus)
        let memory = costs.reduce(0) { $0 + $1.seconds * Double($1.likelyBytes) } / Double(budget.bytes)
        var seconds = [Double](repeating: 0, count: plan.actionCount)
        for cost in costs { seconds[cost.action.index] = cost.seconds }
        let paths = Schedule(plan: plan, requested: plan.everything, seconds: seconds, budget: budget).remainingSeconds
        return max(work, memory, paths.max() ?? 0)
    }
}
