import TestSupport
import Testing

@testable import TestOracle

/// Random worlds, built by `Planning` and by the oracle: the same line for every action, the same actions run, the
/// same bytes in every file; and the view before says nothing that the build does not do.
///
/// A seed that is found is run alone with `DBUILD_SEED`.
@Suite struct OracleTests {
    @Test(arguments: Seeds.batches(of: 40, short: 2, long: 2_400))
    func `a build does what the table says`(seeds: Range<UInt64>) throws {
        let found = try seeds.compactMap { seed in
            var sequence = BuildSequence(seed: seed)
            return try sequence.discrepancy(rounds: 6)
        }
        #expect(found == [])
    }

    @Test(arguments: Seeds.batches(of: 1, short: 1, long: 4_000, from: 1_000_000))
    func `a build of many actions does what the table says`(seeds: Range<UInt64>) throws {
        let found = try seeds.compactMap { seed in
            var traits = World.Traits()
            traits.acts = 60 ... 200
            var sequence = BuildSequence(seed: seed, traits)
            return try sequence.discrepancy(rounds: 4)
        }
        #expect(found == [])
    }

    @Test(arguments: Seeds.batches(of: 20, short: 1, long: 50, from: 2_000_000))
    func `without policies a build leaves what a clean one makes, and nothing to do`(seeds: Range<UInt64>) throws {
        for seed in seeds {
            var sequence = BuildSequence(seed: seed, .plain)
            for round in 0 ..< 5 {
                if round > 0 { sequence.edit() }
                sequence.world.now += 1
                let order = Order(now: sequence.world.now)
                #expect(try sequence.build(order, jobs: 4, seed: seed) == nil, "seed \(seed), round \(round)")
                #expect(sequence.differencesFromClean() == [], "seed \(seed), round \(round)")
                let again = try sequence.bench.build(sequence.world.book, order)
                #expect(again.ran == [], "seed \(seed), round \(round)")
            }
        }
    }

    @Test(arguments: Seeds.batches(of: 20, short: 1, long: 50, from: 3_000_000))
    func `what is written while a build runs is in the next one`(seeds: Range<UInt64>) throws {
        for seed in seeds {
            var sequence = BuildSequence(seed: seed, .plain)
            for round in 0 ..< 4 {
                if round > 0 { sequence.edit() }
                _ = try sequence.buildWithInterference()
                let order = Order(now: sequence.world.now)
                _ = try sequence.bench.build(sequence.world.book, order)
                sequence.oracle.place = sequence.bench.place
                #expect(sequence.differencesFromClean() == [], "seed \(seed), round \(round)")
                #expect(try sequence.bench.build(sequence.world.book, order).ran == [], "seed \(seed), round \(round)")
            }
        }
    }

    @Test(arguments: [true, false])
    func `the worlds come to every line of the table`(hasEverything: Bool) {
        var traits = World.Traits()
        traits.hasEverything = hasEverything
        var lines: Set<Int> = []
        for seed in 0 ..< 60 as Range<UInt64> {
            var random = SplitMix(state: seed)
            var world = World(&random, traits)
            var oracle = Oracle()
            oracle.place.files = world.files
            for _ in 0 ..< 6 {
                oracle.build(world.book, world.order(&random))
                lines.formUnion(oracle.lines.values)
                for case .write(let path, let bytes) in world.edits(&random, oracle.place, []) {
                    _ = oracle.place.write(path, bytes, at: world.now)
                }
            }
        }
        #expect(lines == Set(1 ... 12))
    }

    @Test(arguments: Workbench.Mistake.allCases)
    func `a builder with a mistake is found out`(mistake: Workbench.Mistake) throws {
        let found = try (0 ..< 150 as Range<UInt64>).first { seed in
            var sequence = BuildSequence(seed: seed, mistake: mistake)
            return try sequence.discrepancy(rounds: 6) != nil
        }
        #expect(found != nil)
    }
}

extension World.Traits {
    /// Nothing but inputs decides.
    fileprivate static var plain: World.Traits {
        var traits = World.Traits()
        (traits.hasPolicies, traits.hasFailures) = (false, false)
        return traits
    }
}
