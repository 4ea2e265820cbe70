import Artifact
import Hashing
import Testing

@testable import Planning

/// What differs between two keys of a command: an input that comes or goes gives others new numbers, and is all that is
/// said then.
@Suite struct CommandReasonTests {
    @Test func `an input that comes or goes is no change of the arguments`() throws {
        let before = Called("sh", "-c", .out("o"), .in("a"), .in("c"))
        let cases: [(Called, [Reason])] = [
            (Called("sh", "-c", .out("o"), .in("a"), .in("b"), .in("c")), [.inputAdded("b")]),
            (Called("sh", "-c", .out("o"), .in("a")), [.inputRemoved("c")]),
            (Called("sh", "-c", .out("o")), [.inputRemoved("a"), .inputRemoved("c")]),
            (Called("sh", "-c", .out("o"), .in("b"), .in("c")), [.inputRemoved("a"), .inputAdded("b")]),
            (Called("sh", "-c", .out("o"), .hidden("h"), .in("a"), .in("c")), [.inputAdded("h")]),
            // A gather in another order, as the values of an axis may be, when one more has come.
            (Called("sh", "-c", .out("o"), .in("c"), .in("b"), .in("a")), [.inputAdded("b")]),
        ]
        for (after, reasons) in cases {
            #expect(try before.differences(to: after) == reasons, "\(after)")
            #expect(try before.differences(to: after, ignoringInputs: true) == [], "\(after)")
            #expect(try after.differences(to: before).count == reasons.count, "\(after)")
        }
    }

    @Test func `a word that changes beside an input that comes is told, with the paths`() throws {
        let before = Called("sh", "-c", .out("o"), .in("a"), "--top", "20")
        let after = Called("sh", "-c", .out("o"), .in("a"), .in("b"), "--top", "30")
        #expect(
            try before.differences(to: after) == [
                .arguments(
                    from: [.alike, .input(0, "a"), .text("--top"), .text("20")],
                    to: [.alike, .input(0, "a"), .input(1, "b"), .text("--top"), .text("30")]),
                .inputAdded("b"),
            ])
        #expect(try before.differences(to: after, ignoringInputs: true).count == 1)
    }

    @Test func `inputs that change places are told though another one came`() throws {
        let before = Called("sh", "--old", .in("a"), "--new", .in("c"), .out("o"))
        let swapped = Called("sh", "--old", .in("c"), "--new", .in("a"), .out("o"))
        #expect(try before.differences(to: swapped) == [.rewired(property: CommandField.inputs)])
        // The numbers are the same: nothing but the order tells it.
        let gathers = Called("sh", "--old", .in("a"), "--new", .in("c"), .out("o"), "--", .in("k"))
        let others = Called("sh", "--old", .in("c"), "--new", .in("a"), .out("o"), "--", .in("l"))
        #expect(
            try gathers.differences(to: others)
                == [.inputRemoved("k"), .inputAdded("l"), .rewired(property: CommandField.inputs)])
        let more = Called("sh", "--old", .in("c"), "--new", .in("a"), .out("o"), "--", .in("k"), .in("l"))
        #expect(
            try gathers.differences(to: more) == [
                .arguments(
                    from: [
                        .text("sh"), .text("--old"), .input(0, "a"), .text("--new"), .input(1, "c"), .output(0, "o"),
                        .text("--"), .input(2, "k"),
                    ],
                    to: [
                        .text("sh"), .text("--old"), .input(0, "c"), .text("--new"), .input(1, "a"), .output(0, "o"),
                        .text("--"), .input(2, "k"), .input(3, "l"),
                    ]), .inputAdded("l"),
            ])
    }

    @Test func `an input that is hidden, or named twice, is told`() throws {
        let before = Called("sh", .in("a"), .in("b"), .out("o"))
        let hidden = Called("sh", .in("a"), .hidden("b"), .out("o"), "1")
        #expect(
            try before.differences(to: hidden) == [
                .arguments(
                    from: [.text("sh"), .input(0, "a"), .input(1, "b"), .output(0, "o")],
                    to: [.text("sh"), .input(0, "a"), .output(0, "o"), .text("1")])
            ])
        // The paths would be the same on both sides: then it is the places that are told.
        let first = Called("sh", .in("a"), .hidden("a"), .out("o"))
        let second = Called("sh", .hidden("a"), .in("a"), .out("o"))
        #expect(
            try first.differences(to: second) == [
                .arguments(
                    from: [.text("sh"), .input(0, nil), .output(0, nil)],
                    to: [.text("sh"), .input(1, nil), .output(0, nil)])
            ])
    }

    @Test func `outputs have numbers, too, and are told`() throws {
        let before = Called("sh", .in("a"), .out("o"))
        let after = Called("sh", .in("a"), .out("o"), .out("p"))
        #expect(
            try Set(before.differences(to: after)) == [
                .arguments(from: [.alike, .output(0, "o")], to: [.alike, .output(0, "o"), .output(1, "p")]),
                .output("p"),
            ])
    }

    @Test func `what a worker is started with is counted in inputs, too`() throws {
        let before = Called("python3", .in("a"), .hidden("h"), .worker, .in("c"), .out("o"))
        let imported = Called("python3", .in("a"), .in("b"), .hidden("h"), .worker, .in("c"), .out("o"))
        #expect(try before.differences(to: imported) == [.inputAdded("b")])
        let hidden = Called("python3", .in("a"), .hidden("h"), .hidden("k"), .worker, .in("c"), .out("o"))
        #expect(try before.differences(to: hidden) == [.inputAdded("k")])
        let later = Called("python3", .in("a"), .hidden("h"), .in("c"), .worker, .out("o"))
        #expect(
            try before.differences(to: later) == [
                .arguments(
                    from: [.text("python3"), .input(0, "a"), .worker, .input(2, "c"), .output(0, "o")],
                    to: [.text("python3"), .input(0, "a"), .input(2, "c"), .worker, .output(0, "o")])
            ])
        let asked = Called("python3", .in("a"), .worker, .hidden("h"), .in("c"), .out("o"))
        #expect(
            try before.differences(to: asked) == [
                .parameter(
                    name: CommandField.startInputs, from: .list([.string(Array("a".utf8)), .string(Array("h".utf8))]),
                    to: .list([.string(Array("a".utf8))]))
            ])
    }

    @Test func `an input that the rule accepts to be without is gone, and no more`() throws {
        let whole = Called("sh", .out("o"), .in("a"), .in("b"), .in("c"))
        var lost = whole
        lost.lost = ["b"]
        #expect(try whole.differences(to: lost) == [.inputRemoved("b")])
        #expect(try lost.differences(to: Called("sh", .out("o"), .in("a"), .in("c"), .in("k"))) == [.inputAdded("k")])
    }

    @Test func `a recipe whose property is called as a command's is told as it is`() throws {
        var (before, after) = (Called("sh", .in("a"), .out("o")), Called("sh", .in("a"), .in("b"), .out("o")))
        (before.isCommand, after.isCommand) = (false, false)
        let reasons = try before.differences(to: after)
        #expect(
            reasons.contains { if case .parameter(CommandField.arguments, _, _) = $0 { true } else { false } })
    }
}

extension CommandWord {
    fileprivate static func text(_ text: String) -> CommandWord { .text(Array(text.utf8)) }
}

/// A command, as a Rulesfile says it.
private struct Called {
    enum Item: ExpressibleByStringLiteral {
        case text(String)
        case `in`(Path)
        case hidden(Path)
        case out(Path)
        case worker

        init(stringLiteral text: String) { self = .text(text) }
    }

    private let items: [Item]
    var isCommand = true
    /// What the rule accepts to be without, and is.
    var lost: Set<Path> = []

    init(_ items: Item...) { self.items = items }

    /// By the parts, and as they are recorded: both must say the same.
    func differences(to other: Called, ignoringInputs: Bool = false) throws -> [Reason] {
        let (before, after) = (try key(), try other.key())
        let reasons = Planning.differences(from: before.parts, to: after.parts, ignoringInputs: ignoringInputs)
        #expect(Planning.differences(from: before.packed, to: after.packed, ignoringInputs: ignoringInputs) == reasons)
        return reasons
    }

    private func key() throws -> Key {
        var (inputs, outputs, arguments): ([Path], [Path], [RecipeValue]) = ([], [], [])
        var (startWords, startInputs): (RecipeValue, RecipeValue) = (.absent, .absent)
        for item in items {
            switch item {
            case .text(let text): arguments.append(.string(Array(text.utf8)))
            case .in(let path):
                arguments.append(.int(Int64(inputs.count)))
                inputs.append(path)
            case .hidden(let path): inputs.append(path)
            case .out(let path):
                arguments.append(.int(Int64(-1 - outputs.count)))
                outputs.append(path)
            case .worker:
                startWords = .int(Int64(arguments.count))
                startInputs = .list(inputs.indices.map { .int(Int64($0)) })
            }
        }
        var sketch = Sketch()
        for source in ["a", "b", "c", "h", "k", "l"] as [Path] { try sketch.source(source) }
        let rule = try sketch.rule("rule") { $0.isCommand = isCommand }
        var wiring = PlanBuilder.Wiring()
        func reference(_ path: Path, _ property: [UInt8], _ index: Int) -> PlanBuilder.Wiring.Reference {
            .init(path: path, isTree: false, aspect: .bytes, property: property, index: index)
        }
        wiring.inputs = inputs.enumerated().map { reference($0.element, CommandField.inputs, $0.offset) }
        wiring.outputs = outputs.enumerated().map { reference($0.element, CommandField.outputs, $0.offset) }
        let fields: [([UInt8], RecipeValue)] = [
            (CommandField.inputs, .list(inputs.indices.map { .input(ordinal: $0) })),
            (CommandField.outputs, .list(outputs.indices.map { .output(ordinal: $0) })),
            (CommandField.arguments, .list(arguments)), (CommandField.startWords, startWords),
            (CommandField.startInputs, startInputs),
        ]
        try sketch.builder.addAction(
            rule: rule, cell: [],
            recipe: .object(fields.map { RecipeValue.Field(name: $0.0, value: $0.1) }), wiring: wiring)
        let plan = try sketch.plan()
        let read = plan.inputs(of: ActionID(0)).map { plan.path(of: $0.artifact) }
        let surroundings = Surroundings(
            code: Digest(high: 1, low: 1), libraries: [], platform: [], environment: [], tools: [:], variables: [:])
        return try plan.key(
            of: ActionID(0), contents: read.map { Workbench.fileContent($0.bytes) },
            missing: Set(read.indices.filter { lost.contains(read[$0]) }), in: surroundings)
    }
}
