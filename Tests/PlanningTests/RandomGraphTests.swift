import Artifact
import Planning
import Testing

/// Larger graphs with everything in them: trees and their members, listings, sources that may be absent, accepted
/// losses, failures. After each of several edits an incremental build is compared with a clean one.
@Suite struct RandomGraphTests {
    @Test(arguments: 0 ..< (isLong ? 2_000 : 100))
    func `an incremental build is as good as a clean one`(number: Int) throws {
        let seed = UInt64(number)
        var random = SplitMix(state: seed)
        var world = World(&random)
        var bench = Workbench()
        bench.files = world.files
        for round in 0 ..< 6 {
            let plan = try world.plan()
            let forced = Set(plan.actions.filter { _ in round > 0 && random.chance(oneIn: 40) })
            let outcome = try bench.build(plan, forced: forced, jobs: 1 + random.below(4), seed: random.next())
            var found = try Clean(plan, bench).differences(from: outcome, bench)
            if !outcome.isOver { found.append("it does not end") }
            if Set(outcome.ran).count != outcome.ran.count { found.append("an action ran twice") }
            // What failed is tried again and fails again; nothing else is left to do.
            let again = try bench.build(plan)
            if Set(again.ran) != outcome.failed { found.append("the next build ran \(again.ran)") }
            #expect(found == [], "seed \(seed), round \(round)")
            world.edit(&random, &bench)
        }
    }

    @Test(arguments: 0 ..< (isLong ? 400 : 20))
    func `how many run at once and in which order they end changes nothing`(number: Int) throws {
        var random = SplitMix(state: UInt64(number) + 1_000_000)
        let world = World(&random)
        let plan = try world.plan()
        var results: Set<[Path: [UInt8]]> = []
        var ran: Set<[String]> = []
        for jobs in [1, 2, 8] {
            for seed in 0 ..< 3 as Range<UInt64> {
                var bench = Workbench()
                bench.files = world.files
                ran.insert(try bench.build(plan, jobs: jobs, seed: seed).ran.sorted())
                results.insert(bench.files)
            }
        }
        #expect(results.count == 1, "seed \(number)")
        #expect(ran.count == 1, "seed \(number)")
    }
}

/// What a clean build gives, worked out action by action, without an `Assessment`.
private struct Clean {
    enum End {
        case made([Craft.Material])
        case failed, blocked
    }
    private(set) var ends: [End?]

    init(_ plan: Plan, _ bench: Workbench) throws {
        var bench = bench
        for action in plan.actions {
            for output in plan.outputs(of: action) { bench.remove(plan.path(of: output.artifact)) }
        }
        ends = Array(repeating: nil, count: plan.actionCount)
        for action in plan.inTopologicalOrder {
            let inputs = Array(plan.inputs(of: action))
            let lost = inputs.indices.filter { index in
                let isThere = bench.material(at: plan.path(of: inputs[index].artifact)) != nil
                return !isThere && !plan.mayBeAbsent(inputs[index].artifact)
            }
            let isBearable = lost.allSatisfy { index in
                let property = inputs[index].property
                guard let share = plan.rule(of: action).accepts.first(where: { $0.property == plan.text(property) })
                else { return false }
                let all = inputs.filter { $0.property == property }.count
                let gone = lost.filter { inputs[$0].property == property }.count
                return Double(all - gone) / Double(all) >= share.leastShare
            }
            guard isBearable else {
                ends[action.index] = .blocked
                continue
            }
            let outputs = Array(plan.outputs(of: action))
            do throws(Craft.Failure) {
                let made = try Craft.run(
                    try Self.recipe(plan, action, without: Set(lost)),
                    outputs: outputs.map { plan.isTree($0.artifact) },
                    code: bench.code
                ) { bench.material(inputs[$0], plan) }
                for (output, material) in zip(outputs, made) { bench.put(plan.path(of: output.artifact), material) }
                ends[action.index] = .made(made)
            } catch { ends[action.index] = .failed }
        }
    }

    /// What a build left otherwise.
    func differences(from outcome: Workbench.Outcome, _ bench: Workbench) -> [String] {
        let plan = outcome.assessment.plan
        return plan.actions.compactMap { action in
            let name = plan.name(of: action)
            let verdict = outcome.assessment.verdicts[action.index]
            switch ends[action.index] {
            case .made(let materials):
                let isEqual = zip(plan.outputs(of: action), materials).allSatisfy { output, material in
                    bench.material(at: plan.path(of: output.artifact)) == material
                }
                return isEqual && verdict?.isBlocked == false ? nil : "\(name) is not as after a clean build"
            case .failed: return outcome.failed.contains(name) ? nil : "\(name) must fail"
            case .blocked: return verdict?.isBlocked == true ? nil : "\(name) must be blocked"
            case nil: return "\(name) was not judged"
            }
        }
    }

    private static func recipe(
        _ plan: Plan, _ action: ActionID, without lost: Set<Int>
    ) throws(Craft.Failure) -> RecipeValue {
        do { return try plan.recipe(of: action).dropping(lost) } catch { throw Craft.Failure() }
    }
}

/// Rules and sources that come from a seed, and edits of both.
private struct World {
    private struct Act {
        var does: String
        var level: Int
        var fixed: [Sketch.Piece]
        var gathered: [Path]
        var share: Double?
        var outputs: [Path]
        var isSplit: Bool
    }

    private var acts: [Act] = []
    private(set) var files: [Path: [UInt8]] = [:]
    private static let sources: [Path] = ["a", "b", "c", "d", "in/e", "in/f"]
    private static let perhaps: [Path] = ["late/g", "late/h"]
    private static let directory: Path = "dir"
    private static let names: [Path] = ["m0", "m1", "sub/m2", "sub/m3"]

    init(_ random: inout SplitMix) {
        for source in Self.sources { files[source] = Self.lines(&random) }
        for name in Self.names where random.chance(oneIn: 2) { files[Self.directory / name] = Self.lines(&random) }
        files[Self.directory / "always"] = [1]
        var made: [Path] = []
        var trees: [Path] = []
        for index in 0 ..< 4 + random.below(16) {
            let isSplit = random.chance(oneIn: 4)
            var act = Act(
                does: ["mix", "mix", "parity"][random.below(3)], level: 0, fixed: [], gathered: [], share: nil,
                outputs: isSplit
                    ? [Path("out/tree-\(index)")] : (0 ... random.below(2)).map { Path("out/\(index)-\($0)") },
                isSplit: isSplit)
            for _ in 0 ..< 1 + random.below(3) { act.fixed.append(Self.piece(made, trees, isSplit, &random)) }
            if !made.isEmpty, random.chance(oneIn: 3) {
                act.gathered = Array(Set((0 ..< 1 + random.below(5)).map { _ in made[random.below(made.count)] }))
                    .sorted()
                act.share = [nil, 0, 0.5][random.below(3)]
            }
            acts.append(act)
            if isSplit {
                trees.append(act.outputs[0])
                made += Self.names.prefix(1 + random.below(4)).map { act.outputs[0] / $0 }
            } else {
                made += act.outputs
            }
        }
    }

    private static func piece(
        _ made: [Path], _ trees: [Path], _ isSplit: Bool, _ random: inout SplitMix
    ) -> Sketch.Piece {
        switch random.below(12) {
        case 0: .input(perhaps[random.below(perhaps.count)])
        case 1: .tree(directory)
        case 2: .listing(directory)
        case 3 where !trees.isEmpty: .tree(trees[random.below(trees.count)])
        case 4 where !trees.isEmpty: .listing(trees[random.below(trees.count)])
        case 5 where !trees.isEmpty: .tree(trees[random.below(trees.count)] / "sub")
        case 6 where !trees.isEmpty: .listing(trees[random.below(trees.count)] / "sub")
        case 7 ... 9 where !made.isEmpty && !isSplit: .input(made[random.below(made.count)])
        default: .input(sources[random.below(sources.count)])
        }
    }

    /// What a split takes apart; now and then something that makes actions fail.
    private static func lines(_ random: inout SplitMix) -> [UInt8] {
        var text = ""
        for name in names where !random.chance(oneIn: 4) { text += "\(name)=\(random.below(4))\n" }
        if random.chance(oneIn: 25) { text += "!" }
        return Array(text.utf8)
    }

    func plan() throws -> Plan {
        var sketch = Sketch()
        for source in Self.sources { try sketch.source(source) }
        for source in Self.perhaps { try sketch.source(source, mayBeAbsent: true) }
        try sketch.source(Self.directory)
        for (index, act) in acts.enumerated() {
            var fields: [(String, Sketch.Piece)] = [("does", .value(.string(Array(act.does.utf8))))]
            fields.append(("level", .value(.int(Int64(act.level)))))
            fields += act.fixed.enumerated().map { ("fixed-\($0.offset)", $0.element) }
            fields.append(("gathered", .inputs(act.gathered)))
            fields += act.outputs.enumerated().map { index, path in
                ("output-\(index)", act.isSplit ? .outputTree(path) : .output(path))
            }
            try sketch.action(
                "action-\(index)",
                rule: { rule in
                    if let share = act.share {
                        rule.accepts = [.init(property: Array("gathered".utf8), leastShare: share)]
                    }
                }, fields)
        }
        return try sketch.plan()
    }

    mutating func edit(_ random: inout SplitMix, _ bench: inout Workbench) {
        for _ in 0 ... random.below(3) {
            let act = random.below(acts.count)
            switch random.below(12) {
            case 0 ... 2: bench.files[Self.sources[random.below(Self.sources.count)]] = Self.lines(&random)
            case 3: bench.files[Self.sources[random.below(Self.sources.count)]] = nil
            case 4:
                let path = Self.perhaps[random.below(Self.perhaps.count)]
                bench.files[path] = bench.files[path] == nil ? Self.lines(&random) : nil
            case 5:
                let path = Self.directory / Self.names[random.below(Self.names.count)]
                bench.files[path] = random.chance(oneIn: 2) ? nil : Self.lines(&random)
            case 6: bench.remove(acts[act].outputs[0])
            case 7: bench.files[acts[act].isSplit ? acts[act].outputs[0] / "m0" : acts[act].outputs[0]] = [2]
            case 8: if acts[act].isSplit { bench.files[acts[act].outputs[0] / "extra"] = [3] }
            case 9: acts[act].level += 1
            case 10: if !acts[act].gathered.isEmpty { acts[act].gathered.removeLast() }
            default: bench.code += 1
            }
        }
    }
}
