import Artifact
import Planning
import TestSupport

@testable import TestOracle

/// Builds and edits that come from a seed, done on both sides: by `Planning` and by the oracle.
struct BuildSequence {
    let seed: UInt64
    var world: World
    var bench = Workbench()
    var oracle = Oracle()
    private var random: SplitMix

    init(seed: UInt64, _ traits: World.Traits = World.Traits(), mistake: Workbench.Mistake? = nil) {
        self.seed = seed
        random = SplitMix(state: seed)
        world = World(&random, traits)
        bench.mistake = mistake
        for (path, bytes) in world.files { apply(.write(path, bytes)) }
    }

    /// Rules that a test says itself.
    init(_ book: Rulebook) {
        seed = 0
        random = SplitMix(state: 0)
        world = World(book)
    }

    mutating func apply(_ edit: World.Edit) {
        switch edit {
        case .put(let path, let stuff):
            bench.place[path] = stuff
            oracle.place[path] = stuff
        case .write(let path, let bytes):
            let isDone = bench.place.write(path, bytes, at: world.now)
            if isDone { _ = oracle.place.write(path, bytes, at: world.now) }
        case .lose(let bytes, let isNoticed):
            let content = Workbench.fileContent(bytes)
            bench.objects[content] = nil
            bench.lost.insert(content)
            oracle.lost.insert(bytes)
            if isNoticed { bench.damaged.remove(content) } else { bench.damaged.insert(content) }
            oracle.objects.remove(bytes)
        case .rules: break
        }
    }

    /// Edits that the seed gives, on both sides.
    mutating func edit() {
        let objects = oracle.objects.sorted { $0.lexicographicallyPrecedes($1) }
        for edit in world.edits(&random, oracle.place, objects) { apply(edit) }
    }

    /// - Returns: what went otherwise; nil if nothing did.
    mutating func discrepancy(rounds: Int) throws -> String? {
        for round in 0 ..< rounds {
            if round > 0 { edit() }
            let order = world.order(&random)
            let (jobs, inner) = (1 + random.below(8), random.next())
            if let found = try build(order, jobs: jobs, seed: inner) { return "seed \(seed), round \(round): \(found)" }
        }
        return nil
    }

    /// One build on both sides, and the view before it.
    mutating func build(_ order: Order, jobs: Int = 1, seed: UInt64 = 0) throws -> String? {
        // What the store only finds out to be damaged nobody can announce.
        let view = bench.mistake == nil && bench.damaged.isEmpty ? try bench.view(world.book, order) : nil
        oracle.build(world.book, order)
        let outcome = try bench.build(world.book, order, jobs: jobs, seed: seed)
        var found: [String] = []
        if outcome.lines != oracle.lines {
            let names = Set(outcome.lines.keys).union(oracle.lines.keys).sorted()
            found += names.filter { outcome.lines[$0] != oracle.lines[$0] }.map { name in
                func line(_ line: Int?) -> String { line.map { "\($0)" } ?? "none" }
                let verdict = outcome.assessment.verdict(name).map { "\($0)" } ?? ""
                return "\(name) has line \(line(outcome.lines[name])), must have \(line(oracle.lines[name])) \(verdict)"
            }
        }
        if Set(outcome.ran).count != outcome.ran.count { found.append("an action ran twice: \(outcome.ran)") }
        if Set(outcome.ran) != oracle.ran {
            found.append("ran \(outcome.ran.sorted()), must run \(oracle.ran.sorted())")
        }
        let (tree, expected) = (bench.place.files, oracle.place.files)
        if tree != expected {
            let paths = Set(tree.keys).union(expected.keys).filter { tree[$0] != expected[$0] }.sorted()
            found.append("not as they must be: \(paths)")
        }
        if let view { found += outcome.contradictions(of: view, world.book) }
        return found.isEmpty ? nil : found.joined(separator: "\n") + "\n\(order)"
    }
}

extension BuildSequence {
    /// What is not as a clean build of everything would make it.
    func differencesFromClean() -> [String] {
        var clean = Oracle()
        clean.place = oracle.place
        let made = clean.place.files.keys.filter { world.book.isMade($0) }
        for path in made { clean.place.files[path] = nil }
        for directory in clean.place.directories { clean.place[directory] = nil }
        clean.build(world.book, Order(now: world.now))
        return clean.records.values.flatMap(\.made).filter { bench.place[$0.key] != $0.value }.map(\.key).sorted()
    }

    /// A build of everything by `Planning` alone, in which somebody writes a source as its actions start.
    ///
    /// - Returns: how many actions ran.
    mutating func buildWithInterference() throws -> Int {
        let written = (0 ..< 3).map { _ in
            (start: random.below(8), path: World.sources[random.below(6)], bytes: world.lines(&random))
        }
        let order = Order(now: world.now)
        let outcome = try bench.build(world.book, order, jobs: 1 + random.below(8), seed: random.next()) {
            started, place in
            for edit in written where edit.start == started { _ = place.write(edit.path, edit.bytes, at: order.now) }
        }
        oracle.place = bench.place
        return outcome.ran.count
    }
}

extension Assessment {
    fileprivate func verdict(_ name: String) -> Verdict? { plan.action(name).flatMap { verdicts[$0.index] } }
}

extension Verdict {
    /// Whether all that blocks it came out while others were built.
    fileprivate var isBlockedByResults: Bool {
        guard case .blocked(let blockers) = self else { return false }
        return blockers.allSatisfy { blocker in
            switch blocker {
            case .notInTree, .unlisted, .nothingToGather, .blocked, .held: true
            default: false
            }
        }
    }
}

extension Workbench.Outcome {
    /// Where a build did otherwise than a view had announced.
    fileprivate func contradictions(of view: Assessment, _ book: Rulebook) -> [String] {
        // Of failures nobody can know before.
        guard failed.isEmpty else { return [] }
        let open = view.plan.questions.filter { question in
            guard let artifact = view.plan.artifact(at: question.path) else { return false }
            switch view.states[artifact.index] {
            case .content, .unavailable: return false
            default: return true
            }
        }
        let uncertain = book.readers(ofAxes: Set(open.map { "\($0.path)" }))
        return view.plan.actions.compactMap { action in
            let name = view.plan.name(of: action)
            guard let announced = view.verdicts[action.index], let line = lines[name] else { return nil }
            if uncertain.contains(printable(view.plan.rule(of: action).name)) { return nil }
            // A tree may turn out to be without a member, an axis to be empty.
            if line == 2, !announced.isBlocked, assessment.verdict(name)?.isBlockedByResults == true { return nil }
            switch announced {
            case .undecided: return nil
            case .keep, .keepEdited:
                return [5, 6, 7].contains(line) ? nil : "\(name) was announced as kept, and had line \(line)"
            default: return announced.line == line ? nil : "\(name) was announced as \(announced), and had line \(line)"
            }
        }
    }
}
