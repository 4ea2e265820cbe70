import Artifact
import Hashing
import Planning
import Testing

/// Everything that determines an action's outputs changes its key and is named as the reason; nothing else does.
@Suite struct KeyTests {
    @Test func `the same facts give the same key`() throws {
        let (first, second) = (try Facts().key(), try Facts().key())
        #expect(first.digest == second.digest)
        #expect(differences(from: first.parts, to: second.parts) == [])
    }

    @Test func `every fact changes the key, and is the reason`() throws {
        let number = Array("number".utf8)
        let content = (from: Facts.content("table", version: 1), to: Facts.content("table", version: 2))
        let changes: [(edit: (inout Facts) -> Void, reasons: [Reason])] = [
            ({ $0.type = "Other" }, [.recipe(from: Array("Recipe".utf8), to: Array("Other".utf8)), .seed]),
            ({ $0.number = .int(2) }, [.parameter(name: number, from: .int(1), to: .int(2))]),
            ({ $0.number = .uint(1) }, [.parameter(name: number, from: .int(1), to: .uint(1))]),
            ({ $0.number = .absent }, [.parameter(name: number, from: .int(1), to: .absent)]),
            ({ $0.number = nil }, [.parameter(name: number, from: .int(1), to: nil)]),
            (
                { $0.number = .double(bits: (-0.0).bitPattern) },
                [.parameter(name: number, from: .int(1), to: .double(bits: (-0.0).bitPattern))]
            ),
            ({ $0.cpus = 4 }, [.cpus(from: 1, to: 4)]),
            ({ $0.seed = "7" }, [.seed]),
            ({ $0.day = 1 }, [.seed]),
            ({ $0.outputs = ["b", "a"] }, [.output("b"), .output("a")]),
            ({ $0.versions["table"] = 2 }, [.inputChanged("table", from: content.from, to: content.to)]),
            ({ $0.isExecutable = true }, [.inputChanged("table", from: content.from, to: Facts.executable)]),
            ({ $0.parts = ["p", "q", "r"] }, [.inputAdded("r")]),
            ({ $0.parts = ["q"] }, [.inputRemoved("p")]),
            ({ $0.parts = ["p", "r"] }, [.inputRemoved("q"), .inputAdded("r")]),
            ({ $0.versions["late"] = 1 }, [.inputChanged("late", from: nil, to: Facts.content("late", version: 1))]),
            ({ $0.keyed = [("x", "k"), ("y", "l")] }, [.inputAdded("l")]),
            (
                { $0.keyed = [("y", "k")] },
                [
                    .parameter(
                        name: Array("keyed".utf8), from: .list([.string(Array("x".utf8)), .input(ordinal: 0)]),
                        to: .list([.string(Array("y".utf8)), .input(ordinal: 0)]))
                ]
            ),
            ({ $0.late = nil }, [.inputRemoved("late")]),
            (
                { ($0.parts, $0.keyed) = (["k", "q"], [("x", "p")]) },
                [.rewired(property: Array("keyed".utf8)), .rewired(property: Array("parts".utf8))]
            ),
            (
                { $0.surroundings.code = Digest(high: 1, low: 2) },
                [.code(from: Digest(high: 1, low: 1), to: Digest(high: 1, low: 2), [])]
            ),
            ({ $0.libraries = [("libm", 1), ("libx", 2)] }, [.library(Array("libx".utf8))]),
            ({ $0.libraries = [("libm", 1)] }, [.library(Array("libx".utf8))]),
            (
                { $0.surroundings.platform = Array("aarch64".utf8) },
                [.platform(from: Array("x86".utf8), to: Array("aarch64".utf8))]
            ),
            ({ $0.environment = [("LANG", "C"), ("TZ", "CET")] }, [.environment(Array("TZ".utf8))]),
        ]
        let before = try Facts().key()
        for (index, change) in changes.enumerated() {
            var facts = Facts()
            change.edit(&facts)
            let after = try facts.key()
            #expect(after.digest != before.digest, "change \(index)")
            #expect(Set(differences(from: before.parts, to: after.parts)) == Set(change.reasons), "change \(index)")
            #expect(differences(from: before.parts, to: after.parts).count == change.reasons.count, "change \(index)")
        }
    }

    @Test func `what a command runs and the variables that it declares are in its key, the rules' code is not`() throws
    {
        var facts = Facts()
        facts.isCommand = true
        let before = try facts.key()
        let tool = Array("python3".utf8)
        let changes: [(edit: (inout Facts) -> Void, reasons: [Reason])] = [
            ({ $0.surroundings.tools[tool] = Facts.executable }, [.tool(tool)]),
            ({ $0.surroundings.tools = [:] }, [.tool(tool)]),
            ({ $0.surroundings.variables[Array("KEY".utf8)] = [2] }, [.environment(Array("KEY".utf8))]),
            ({ $0.surroundings.variables = [:] }, [.environment(Array("KEY".utf8))]),
            ({ $0.surroundings.variables[Array("OTHER".utf8)] = [2] }, []),
            ({ $0.surroundings.code = Digest(high: 1, low: 2) }, []),
            ({ $0.libraries = [] }, []),
        ]
        for (index, change) in changes.enumerated() {
            var facts = facts
            change.edit(&facts)
            let after = try facts.key()
            #expect((after.digest == before.digest) == change.reasons.isEmpty, "change \(index)")
            #expect(differences(from: before.parts, to: after.parts) == change.reasons, "change \(index)")
        }
    }

    @Test func `a declared variable that is empty is another than one that is not there`() throws {
        var facts = Facts()
        facts.isCommand = true
        facts.surroundings.variables = [:]
        let absent = try facts.key().digest
        facts.surroundings.variables[Array("KEY".utf8)] = []
        #expect(try facts.key().digest != absent)
    }

    @Test func `the order of what has none does not matter`() throws {
        let before = try Facts().key()
        var facts = Facts()
        facts.parametersReversed = true
        facts.libraries.reverse()
        facts.environment.reverse()
        let after = try facts.key()
        #expect(after.digest == before.digest)
        #expect(differences(from: before.parts, to: after.parts) == [])
    }

    @Test func `the order of a list of inputs matters`() throws {
        let before = try Facts().key()
        var facts = Facts()
        facts.parts = ["q", "p"]
        let after = try facts.key()
        #expect(after.digest != before.digest)
        let reason = Reason.rewired(property: Array("parts".utf8))
        #expect(differences(from: before.parts, to: after.parts) == [reason])
    }

    @Test func `an input that two properties read is one reason when it changes`() throws {
        var facts = Facts()
        facts.late = "table"
        let before = try facts.key()
        facts.versions["table"] = 2
        let reason = Reason.inputChanged(
            "table", from: Facts.content("table", version: 1), to: Facts.content("table", version: 2))
        #expect(differences(from: before.parts, to: try facts.key().parts) == [reason])
    }

    @Test func `a member that is lost takes its key in a dictionary along`() throws {
        var facts = Facts()
        facts.keyed = [("x", "k"), ("y", "l"), ("z", "m")]
        let whole = try facts.key()
        let lost = try facts.key(losing: ["l"])
        facts.keyed = [("x", "k"), ("z", "m")]
        #expect(differences(from: whole.parts, to: lost.parts) == [.inputRemoved("l")])
        // With the losses it is the dictionary without them, but for the members' places.
        let smaller = try facts.key()
        func values(_ key: Key) -> [KeyPart] { key.parts.filter { $0.kind == .parameter } }
        #expect(values(lost) == values(smaller))
        #expect(differences(from: lost.parts, to: smaller.parts, ignoringInputs: true) == [])
    }

    @Test func `all members lost, or an input that comes or goes, is no change of a parameter`() throws {
        var facts = Facts()
        let whole = try facts.key()
        let none = try facts.key(losing: ["p", "q"])
        #expect(Set(differences(from: whole.parts, to: none.parts)) == [.inputRemoved("p"), .inputRemoved("q")])
        #expect(Set(differences(from: none.parts, to: whole.parts)) == [.inputAdded("p"), .inputAdded("q")])
        #expect(differences(from: none.parts, to: whole.parts, ignoringInputs: true) == [])
        facts.late = nil
        #expect(differences(from: try facts.key().parts, to: whole.parts) == [.inputAdded("late")])
    }

    @Test func `dropping leaves alone what is not lost`() {
        let text = RecipeValue.string([1])
        let lists: [(RecipeValue, RecipeValue)] = [
            (.list([.input(ordinal: 0), .input(ordinal: 1)]), .list([.input(ordinal: 1)])),
            (.list([text, .input(ordinal: 0), text, .input(ordinal: 1)]), .list([text, .input(ordinal: 1)])),
            (.list([text, text, text, text]), .list([text, text, text, text])),
            (.list([]), .list([])),
            (.list([.input(ordinal: 0)]), .list([])),
            (.input(ordinal: 0), .absent),
            (.input(ordinal: 2), .input(ordinal: 2)),
            (.output(ordinal: 0), .output(ordinal: 0)),
            (
                .object([.init(name: [1], value: .list([.list([.input(ordinal: 0)]), .input(ordinal: 3)]))]),
                .object([.init(name: [1], value: .list([.list([]), .input(ordinal: 3)]))])
            ),
        ]
        for (whole, left) in lists { #expect(whole.dropping([0]) == left) }
    }

    @Test func `a recipe that is a single value has it in its key`() throws {
        func key(_ value: RecipeValue) throws -> Key {
            var sketch = Sketch()
            let rule = try sketch.rule("single")
            var wiring = PlanBuilder.Wiring()
            wiring.outputs = [.init(path: "out", isTree: false, aspect: .bytes, property: [], index: 0)]
            try sketch.builder.addAction(rule: rule, cell: [], recipe: value, wiring: wiring)
            return try sketch.plan().key(of: ActionID(0), contents: [], missing: [], in: Facts().surroundings)
        }
        #expect(try key(.int(1)).digest != key(.int(2)).digest)
        #expect(
            differences(from: try key(.int(1)).parts, to: try key(.int(2)).parts)
                == [.parameter(name: [], from: .int(1), to: .int(2))])
    }

    @Test func `every cell has a seed of its own, the same in every run`() throws {
        func seeds(_ parameter: String?) throws -> [UInt64] {
            var sketch = Sketch()
            if let parameter { sketch.parameter("seed", parameter) }
            let axis = sketch.axis("day", (0 ..< 100).map(String.init))
            let rule = try sketch.rule("train", axes: [axis])
            for cell in 0 ..< 100 {
                try sketch.action(of: rule, cell: [cell], [("to", .output(Path("out/\(cell)")))])
            }
            let plan = try sketch.plan()
            return plan.actions.map { plan.seed(of: $0) }
        }
        #expect(Set(try seeds(nil)).count == 100)
        #expect(try seeds("1") == seeds("1"))
        #expect(Set(try seeds("1")).isDisjoint(with: try seeds("2")))
    }

    @Test func `recorded parts that cannot be read differ from all others`() throws {
        let key = try Facts().key()
        let reasons = differences(from: [], to: key.parts)
        #expect(reasons.contains(.keyFormat))
        let damaged = key.parts.map { KeyPart($0.kind, $0.name, $0.value.map { $0 ^ 0xFF }) }
        #expect(!differences(from: damaged, to: key.parts).isEmpty)
    }
}

/// All that a key is made of, each fact to be changed on its own.
private struct Facts {
    var type = "Recipe"
    var number: RecipeValue? = .int(1)
    var cpus = 1
    var seed = "1"
    var day = 0
    var outputs: [Path] = ["a", "b"]
    var parts: [Path] = ["p", "q"]
    var keyed: [(key: String, path: Path)] = [("x", "k")]
    var late: Path? = "late"
    var versions: [Path: Int] = [:]
    var isExecutable = false
    var isCommand = false
    var parametersReversed = false
    var libraries: [(name: String, version: UInt8)] = [("libm", 1), ("libx", 1)]
    var environment: [(name: String, value: String)] = [("LANG", "C"), ("TZ", "UTC")]
    var surroundings: Surroundings = Surroundings(
        code: Digest(high: 1, low: 1), libraries: [], platform: Array("x86".utf8), environment: [],
        tools: [Array("python3".utf8): Facts.content("python3", version: 1)], variables: [Array("KEY".utf8): [1]])

    static let executable: Content = Content(
        kind: .executable, fingerprint: Facts.content("table", version: 1).fingerprint)

    static func content(_ path: Path, version: Int) -> Content {
        Workbench.fileContent(path.bytes + [UInt8(version)])
    }

    func key(losing lost: Set<Path> = []) throws -> Key {
        var sketch = Sketch()
        sketch.parameter("seed", seed)
        for source in ["table", "p", "q", "r", "k", "l", "m"] as [Path] { try sketch.source(source) }
        try sketch.source("late", mayBeAbsent: true)
        let axis = sketch.axis("day", ["2013-12-01", "2013-12-02"])
        let rule = try sketch.rule("rule", axes: [axis]) { rule in
            rule.type = Array(type.utf8)
            rule.cpus = cpus
            rule.isCommand = isCommand
        }
        try sketch.action(of: rule, cell: [day], parametersReversed ? wired + said.reversed() : said + wired)
        let plan = try sketch.plan()
        var surroundings = surroundings
        surroundings = Surroundings(
            code: surroundings.code,
            libraries: libraries.map { KeyPart(.library, Array($0.name.utf8), [$0.version]) },
            platform: surroundings.platform,
            environment: environment.map { KeyPart(.environment, Array($0.name.utf8), Array($0.value.utf8)) },
            tools: surroundings.tools, variables: surroundings.variables)
        let action = ActionID(0)
        let inputs = plan.inputs(of: action).map { plan.path(of: $0.artifact) }
        return try plan.key(
            of: action, contents: inputs.map { content($0) },
            missing: Set(inputs.indices.filter { lost.contains(inputs[$0]) }), in: surroundings)
    }

    private var wired: [(String, Sketch.Piece)] {
        [
            ("table", .input("table")), ("parts", .inputs(parts)), ("keyed", .keyed(keyed)),
            ("late", late.map { .input($0) } ?? .value(.absent)), ("one", .output(outputs[0])),
            ("two", .output(outputs[1])),
        ]
    }

    private var said: [(String, Sketch.Piece)] {
        [
            ("arguments", .value(.list([.string(Array("python3".utf8))]))),
            ("environment", .value(.list([.string(Array("KEY".utf8))]))),
        ] + (number.map { [("number", .value($0))] } ?? [])
    }

    private func content(_ path: Path) -> Content? {
        if path == "late", versions[path] == nil { return nil }
        if path == "table", isExecutable { return Self.executable }
        return Self.content(path, version: versions[path] ?? 1)
    }
}
