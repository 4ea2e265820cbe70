import Planning
import TestSupport
import Testing

@testable import TestOracle

/// What holds of verdicts whatever the world.
@Suite struct AlgebraTests {
    @Test(arguments: Seeds.batches(of: 25, short: 1, long: 200, from: 4_000_000))
    func `looking twice says the same`(seeds: Range<UInt64>) throws {
        for seed in seeds {
            var sequence = try Self.built(seed)
            sequence.edit()
            let order = Order(now: sequence.world.now)
            let first = try sequence.bench.view(sequence.world.book, order)
            let second = try sequence.bench.view(sequence.world.book, order)
            #expect(first.verdicts == second.verdicts, "seed \(seed)")
        }
    }

    @Test(arguments: Seeds.batches(of: 25, short: 1, long: 200, from: 5_000_000))
    func `the order of edits does not matter, and more of them never make stale current`(seeds: Range<UInt64>) throws {
        for seed in seeds {
            let built = try Self.built(seed, hasPolicies: false)
            // Bytes that nobody has seen before.
            let edits = World.sources.enumerated().map { index, path in
                World.Edit.write(path, Array("new\(index)=\(seed)\n".utf8))
            }
            let order = Order(now: built.world.now)
            func lines(_ edits: some Sequence<World.Edit>) throws -> [String: Int] {
                var sequence = built
                for edit in edits { sequence.apply(edit) }
                let view = try sequence.bench.view(sequence.world.book, order)
                return Dictionary(
                    uniqueKeysWithValues: view.plan.actions.compactMap { action in
                        view.verdicts[action.index].map { (view.plan.name(of: action), $0.line) }
                    })
            }
            #expect(try lines(edits) == lines(edits.reversed()), "seed \(seed)")
            var stale: Set<String> = []
            for count in 0 ... edits.count {
                let lines = try lines(edits.prefix(count))
                #expect(stale.filter { lines[$0] == 5 } == [], "seed \(seed), \(count) edits")
                stale.formUnion(lines.filter { $0.value != 5 }.keys)
            }
        }
    }

    @Test(arguments: Seeds.batches(of: 50, short: 1, long: 100, from: 6_000_000))
    func `what waits does so until the instant that it names, and not longer`(seeds: Range<UInt64>) throws {
        var waits = 0
        for seed in seeds {
            var random = SplitMix(state: seed)
            var act = Act(
                name: "act", does: .mix, inputs: [Act.Input(property: "fixed-0", path: "in.csv")], outputs: ["out"])
            act.terms.settle = Terms.Settle(
                age: 1 + random.below(30), property: "fixed-0",
                latestAfter: random.chance(oneIn: 2) ? 1 + random.below(30) : nil)
            if random.chance(oneIn: 2) { act.terms.interval = Terms.Interval(length: 1 + random.below(40)) }
            var book = Rulebook()
            book.acts = [act]
            var sequence = BuildSequence(book)
            sequence.apply(.write("in.csv", Array("@10".utf8)))
            #expect(try sequence.build(Order(now: 60)) == nil, "seed \(seed)")
            let changed = 60 + random.below(20)
            sequence.apply(.write("in.csv", Array("@\(changed)".utf8)))
            #expect(try sequence.build(Order(now: changed)) == nil, "seed \(seed)")
            func verdict(_ now: Int) throws -> Verdict? { try sequence.bench.view(book, Order(now: now)).verdicts[0] }
            var now = changed
            while case .wait(let wait, _)? = try verdict(now) {
                waits += 1
                for before in now ..< Int(wait.until) {
                    #expect(try verdict(before)?.isWait == true, "seed \(seed), at \(before)")
                }
                #expect(Int(wait.until) > now, "seed \(seed), at \(now)")
                now = max(now + 1, Int(wait.until))
            }
            #expect(try sequence.build(Order(now: now)) == nil, "seed \(seed)")
            #expect(sequence.oracle.lines["act"] == (now == changed ? 5 : 12), "seed \(seed)")
        }
        #expect(waits > 0)
    }

    private static func built(_ seed: UInt64, hasPolicies: Bool = true) throws -> BuildSequence {
        var traits = World.Traits()
        traits.hasPolicies = hasPolicies
        var sequence = BuildSequence(seed: seed, traits)
        _ = try sequence.discrepancy(rounds: 1)
        return sequence
    }
}
