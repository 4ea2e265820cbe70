import Artifact
import Planning
import Testing

/// Every graph of four targets with every edit: an incremental build gives what a clean one gives, runs exactly what
/// it must, and leaves nothing to do.
///
/// What must come out is worked out here without `Planning`, by going through the four targets in order.
@Suite struct OracleTests {
    @Test(arguments: 0 ..< 64)
    func `an incremental build is as good as a clean one`(graph: Int) throws {
        let found = try Built.all(ofGraph: graph).flatMap { built in
            try built.graph.edits.compactMap { try built.discrepancy(after: [$0]) }
        }
        #expect(found == [])
    }

    @Test(arguments: Workbench.Mistake.allCases)
    func `a builder with a mistake is found out`(mistake: Workbench.Mistake) throws {
        // The chain of all four, with every shortcut.
        let found = try Built.all(ofGraph: 63).flatMap { built in
            try built.graph.edits.compactMap { try built.discrepancy(after: [$0], mistake: mistake) }
        }
        #expect(!found.isEmpty)
    }

    @Test(.enabled(if: isLong), arguments: 0 ..< 64)
    func `two edits at once are as good as a clean build`(graph: Int) throws {
        let found = try Built.all(ofGraph: graph).flatMap { built in
            try built.graph.edits.flatMap { first in
                try built.graph.edits.compactMap { try built.discrepancy(after: [first, $0]) }
            }
        }
        #expect(found == [])
    }
}

/// Four targets, each with a source of its own; a target may read those before it.
private struct Graph {
    /// By target: those that it reads.
    var reads: [[Int]]
    /// By target: whether it gives one of two results, so that changes may end there.
    var isParity: [Bool]
    var levels = [0, 0, 0, 0]
    var sources = [0, 0, 0, 0]
    var code: UInt64 = 1

    /// - Parameter number: a bit for each pair of targets.
    init(number: Int, parities: Int) {
        var bit = 0
        var reads: [[Int]] = [[], [], [], []]
        for target in 0 ..< 4 {
            for other in 0 ..< target {
                if number >> bit & 1 == 1 { reads[target].append(other) }
                bit += 1
            }
        }
        self.reads = reads
        isParity = (0 ..< 4).map { parities >> $0 & 1 == 1 }
    }

    static func source(_ target: Int) -> Path { Path("source-\(target)") }
    static func output(_ target: Int) -> Path { Path("output-\(target)") }
    func sourceBytes(_ target: Int) -> [UInt8] { [UInt8(ascii: "a") + UInt8(sources[target])] }

    func plan() throws -> Plan {
        var sketch = Sketch()
        for target in 0 ..< 4 { try sketch.source(Self.source(target)) }
        for target in 0 ..< 4 { try sketch.action("target-\(target)", fields(target)) }
        return try sketch.plan()
    }

    private func fields(_ target: Int) -> [(String, Sketch.Piece)] {
        [
            ("does", isParity[target] ? "parity" : "mix"), ("level", .value(.int(Int64(levels[target])))),
            ("reads", .inputs([Self.source(target)] + reads[target].map(Self.output))),
            ("result", .output(Self.output(target))),
        ]
    }

    /// What each target holds after a clean build.
    func cleanOutputs() throws -> [[UInt8]] {
        var outputs: [[UInt8]] = []
        for target in 0 ..< 4 {
            let given = [sourceBytes(target)] + reads[target].map { outputs[$0] }
            let recipe = RecipeValue.object([
                .init(name: Array("does".utf8), value: .string(Array((isParity[target] ? "parity" : "mix").utf8))),
                .init(name: Array("level".utf8), value: .int(Int64(levels[target]))),
                .init(name: Array("reads".utf8), value: .list(given.indices.map { .input(ordinal: $0) })),
                .init(name: Array("result".utf8), value: .output(ordinal: 0)),
            ])
            let made = try Craft.run(recipe, outputs: [false], code: code) { .file(given[$0]) }
            outputs.append(made[0].bytes)
        }
        return outputs
    }

    enum Edit {
        /// By one: a parity turns round; by two: it stays.
        case source(Int, by: Int)
        case deleted(Int)
        case edited(Int)
        case level(Int)
        case edge(from: Int, to: Int)
        case code
    }

    var edits: [Edit] {
        var edits: [Edit] = [.code]
        for target in 0 ..< 4 {
            edits += [.source(target, by: 1), .source(target, by: 2)]
            edits += [.deleted(target), .edited(target), .level(target)]
            for other in 0 ..< target { edits.append(.edge(from: other, to: target)) }
        }
        return edits
    }

    mutating func apply(_ edit: Edit, to bench: inout Workbench) {
        switch edit {
        case .source(let target, let step):
            sources[target] += step
            bench.files[Self.source(target)] = sourceBytes(target)
        case .deleted(let target): bench.remove(Self.output(target))
        case .edited(let target): bench.files[Self.output(target)] = Array("edited".utf8)
        case .level(let target): levels[target] += 1
        case .edge(let from, let to):
            if reads[to].contains(from) { reads[to].removeAll { $0 == from } } else { reads[to].append(from) }
        case .code:
            code += 1
            bench.code = code
        }
    }
}

/// A graph that has just been built.
private struct Built {
    let graph: Graph
    private let bench: Workbench
    private let outputs: [[UInt8]]

    init(_ graph: Graph) throws {
        self.graph = graph
        var bench = Workbench()
        for target in 0 ..< 4 { bench.files[Graph.source(target)] = graph.sourceBytes(target) }
        try bench.build(try graph.plan())
        self.bench = bench
        outputs = try graph.cleanOutputs()
    }

    static func all(ofGraph number: Int) throws -> [Built] {
        try [0b0000, 0b1111, 0b0101, 0b1010].map { try Built(Graph(number: number, parities: $0)) }
    }

    /// - Returns: what went wrong; nil if nothing did.
    func discrepancy(after edits: [Graph.Edit], mistake: Workbench.Mistake? = nil) throws -> String? {
        var bench = bench
        let before = outputs
        bench.mistake = mistake
        var now = graph
        for edit in edits { now.apply(edit, to: &bench) }
        let after = try now.cleanOutputs()
        let mustRun = (0 ..< 4).filter { target in
            let isDamaged = bench.files[Graph.output(target)] != before[target]
            let isSaidOtherwise = now.levels[target] != graph.levels[target] || now.reads[target] != graph.reads[target]
            let readsOther =
                now.sources[target] != graph.sources[target] || now.reads[target].contains { before[$0] != after[$0] }
            return isDamaged || isSaidOtherwise || readsOther || now.code != graph.code
        }
        let plan = try now.plan()
        let outcome = try bench.build(plan)
        let ran = outcome.ran.sorted()
        let told = "\(graph.reads) \(graph.isParity) \(edits)"
        if ran != mustRun.map({ "target-\($0)" }) { return "\(told): ran \(ran), not \(mustRun)" }
        for target in 0 ..< 4 where bench.files[Graph.output(target)] != after[target] {
            return "\(told): target-\(target) is not as after a clean build"
        }
        if !outcome.isOver { return "\(told): it does not end" }
        let next = bench.assess(plan).verdicts
        return next.allSatisfy { $0 == .current } ? nil : "\(told): the next build has to do \(next)"
    }
}
