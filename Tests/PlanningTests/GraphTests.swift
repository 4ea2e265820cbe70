import Testing

@testable import TestOracle

/// Every graph of four targets with every edit, and the edit taken back: `Planning` and the oracle do the same, and a
/// source that is put back restores.
@Suite struct GraphTests {
    @Test(arguments: 0 ..< 64)
    func `a build after any edit, and after taking it back, does what the table says`(graph: Int) throws {
        let found = try Graph.built(number: graph).flatMap { built in
            try built.edits.compactMap { try built.discrepancy(after: [$0]) }
        }
        #expect(found == [])
    }

    @Test(.enabled(if: isLong), arguments: 0 ..< 64)
    func `so does a build after any two edits`(graph: Int) throws {
        let found = try Graph.built(number: graph).flatMap { built in
            try built.edits.flatMap { first in
                try built.edits.compactMap { try built.discrepancy(after: [first, $0]) }
            }
        }
        #expect(found == [])
    }

    @Test func `a source that is put back restores everything behind it`() throws {
        // The chain of all four, with every shortcut.
        var built = try Graph(number: 63, parities: 0)
        let before = built.sequence.bench.place
        try built.apply(.source(0, by: 2))
        #expect(try built.sequence.build(Order(now: 2)) == nil)
        #expect(built.sequence.oracle.ran.count == 4)
        try built.apply(.source(0, by: -2))
        #expect(try built.sequence.build(Order(now: 3)) == nil)
        #expect(built.sequence.oracle.ran == [])
        #expect(built.sequence.oracle.lines.values.allSatisfy { $0 == 8 })
        #expect(built.sequence.bench.place.files == before.files)
    }
}

/// Four targets, each with a source of its own, that have just been built; a target may read those before it.
private struct Graph {
    var sequence: BuildSequence
    private var sources = [0, 0, 0, 0]

    enum Edit {
        /// By one: a parity turns round; by two: it stays.
        case source(Int, by: Int)
        case deleted(Int)
        case edited(Int)
        case level(Int)
        case edge(from: Int, to: Int)
        case code
    }

    /// - Parameter number: a bit for each pair of targets.
    /// - Returns: with several choices of targets that give one of two results; in the short form with one of them.
    static func built(number: Int) throws -> [Graph] {
        let choices = [0b0000, 0b1010, 0b0101, 0b1111]
        let taken = isLong ? choices : [choices[number % 4]]
        return try taken.map { try Graph(number: number, parities: $0) }
    }

    init(number: Int, parities: Int) throws {
        sequence = BuildSequence(Rulebook())
        var bit = 0
        for target in 0 ..< 4 {
            var inputs = [Act.Input(property: "gathered", path: Self.source(target))]
            for other in 0 ..< target {
                if number >> bit & 1 == 1 { inputs.append(Act.Input(property: "gathered", path: Self.output(other))) }
                bit += 1
            }
            sequence.world.book.acts.append(
                Act(
                    name: "target-\(target)", does: parities >> target & 1 == 1 ? .parity : .mix, inputs: inputs,
                    outputs: [Self.output(target)]))
            sequence.apply(.write(Self.source(target), bytes(target)))
        }
        if let found = try sequence.build(Order(now: 1)) { throw Difference(what: found) }
    }

    struct Difference: Error { let what: String }

    private static func source(_ target: Int) -> String { "source-\(target)" }
    private static func output(_ target: Int) -> String { "output-\(target)" }
    private func bytes(_ target: Int) -> [UInt8] { [UInt8(ascii: "a") + UInt8(sources[target])] }

    var edits: [Edit] {
        var edits: [Edit] = [.code]
        for target in 0 ..< 4 {
            edits += [.source(target, by: 1), .source(target, by: 2)]
            edits += [.deleted(target), .edited(target), .level(target)]
            for other in 0 ..< target { edits.append(.edge(from: other, to: target)) }
        }
        return edits
    }

    mutating func apply(_ edit: Edit) throws {
        switch edit {
        case .source(let target, let step):
            sources[target] += step
            sequence.apply(.write(Self.source(target), bytes(target)))
        case .deleted(let target): sequence.apply(.put(Self.output(target), nil))
        case .edited(let target): sequence.apply(.write(Self.output(target), Array("edited".utf8)))
        case .level(let target): sequence.world.book.acts[target].level += 1
        case .edge(let from, let to):
            let input = Act.Input(property: "gathered", path: Self.output(from))
            if let known = sequence.world.book.acts[to].inputs.firstIndex(of: input) {
                sequence.world.book.acts[to].inputs.remove(at: known)
            } else {
                sequence.world.book.acts[to].inputs.append(input)
            }
        case .code: sequence.world.book.code += 1
        }
    }

    /// - Returns: what went otherwise after the edits, or after they were taken back; nil if nothing did.
    func discrepancy(after edits: [Edit]) throws -> String? {
        var now = self
        for edit in edits { try now.apply(edit) }
        if let found = try now.sequence.build(Order(now: 2), jobs: 2) { return "\(edits): \(found)" }
        let clean = now.sequence.differencesFromClean()
        if !clean.isEmpty { return "\(edits): not as after a clean build: \(clean)" }
        now.sequence.world.book = sequence.world.book
        for target in 0 ..< 4 { now.sequence.apply(.write(Self.source(target), bytes(target))) }
        if let found = try now.sequence.build(Order(now: 3), jobs: 2) { return "\(edits), taken back: \(found)" }
        let isSame = now.sequence.bench.place.files == sequence.bench.place.files
        return isSame ? nil : "\(edits), taken back: not as it was"
    }
}
