import Artifact
import Planning
import TestSupport
import Testing

/// What commands name is found by comparing each with the one before: it is what reading every one of them gives.
@Suite struct CommandNamesTests {
    @Test func `programs, variables, secrets and probes of all commands, each once`() throws {
        let plan = try plan([
            command("python3", environment: ["KEY"]), command("python3", environment: ["KEY"]),
            command("cp", secrets: ["TOKEN"]), command("cp", probes: [["date"]]), command("cp", probes: [["date"]]),
            command("cp"), command("python3", environment: ["KEY", "HOME"]),
        ])
        let names = CommandNames(plan)
        #expect(names.programs == ["cp", "python3"].map(bytes))
        #expect(names.variables == ["HOME", "KEY"].map(bytes))
        #expect(names.secrets == ["TOKEN"].map(bytes))
        #expect(names.probed.map(\.index) == [3, 4])
    }

    @Test func `the same name in another field is another one`() throws {
        let names = CommandNames(
            try plan([command("cp", environment: ["A"]), command("cp", secrets: ["A"]), command("A")]))
        #expect(names.programs == ["A", "cp"].map(bytes))
        #expect(names.variables == [bytes("A")])
        #expect(names.secrets == [bytes("A")])
    }

    @Test func `what is no command names nothing`() throws {
        let names = CommandNames(try plan([command("cp", environment: ["A"])], isCommand: false))
        #expect(names.programs.isEmpty && names.variables.isEmpty)
    }

    @Test func `random recipes, of whatever shape`() throws {
        var random = SplitMix(state: 11)
        for _ in 0 ..< (isLong ? 2_000 : 100) {
            let plan = try plan((0 ..< 40).map { _ in recipe(&random) })
            let names = CommandNames(plan)
            var (programs, variables, secrets): (Set<[UInt8]>, Set<[UInt8]>, Set<[UInt8]>) = ([], [], [])
            var probed: [ActionID] = []
            for action in plan.actions {
                let facts = Plan.commandFacts(try plan.recipe(of: action))
                if let program = facts.program { programs.insert(program) }
                variables.formUnion(facts.variables)
                secrets.formUnion(facts.secrets)
                if !facts.probes.isEmpty { probed.append(action) }
            }
            #expect(Set(names.programs) == programs && names.programs.count == programs.count)
            #expect(Set(names.variables) == variables && names.variables.count == variables.count)
            #expect(Set(names.secrets) == secrets && names.secrets.count == secrets.count)
            #expect(names.probed == probed)
        }
    }

    /// Few names, so that neighbours are often the same.
    private func recipe(_ random: inout SplitMix) -> RecipeValue {
        func value(_ depth: Int) -> RecipeValue {
            switch random.below(depth > 2 ? 3 : 6) {
            case 0: .string(bytes(["a", "b"][random.below(2)]))
            case 1: .int(Int64(random.below(3)))
            case 2: .double(bits: random.next())
            case 3: .object([.init(name: bytes("environment"), value: value(depth + 1))])
            default: .list((0 ..< random.below(3)).map { _ in value(depth + 1) })
            }
        }
        if random.chance(oneIn: 10) { return value(0) }
        let names = ["arguments", "environment", "secrets", "probes", "other"].filter { _ in random.chance(oneIn: 2) }
        return .object(names.map { RecipeValue.Field(name: bytes($0), value: value(0)) })
    }

    private func command(
        _ program: String, environment: [String] = [], secrets: [String] = [], probes: [[String]] = []
    ) -> RecipeValue {
        func list(_ texts: [String]) -> RecipeValue { .list(texts.map { .string(bytes($0)) }) }
        return .object([
            .init(name: bytes("arguments"), value: list([program, "x"])),
            .init(name: bytes("environment"), value: list(environment)),
            .init(name: bytes("secrets"), value: list(secrets)),
            .init(name: bytes("probes"), value: .list(probes.map(list))),
        ])
    }

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func plan(_ recipes: [RecipeValue], isCommand: Bool = true) throws -> Plan {
        var sketch = Sketch()
        let axis = sketch.axis("number", recipes.indices.map { "\($0)" })
        let rule = try sketch.rule("run", axes: [axis]) { $0.isCommand = isCommand }
        for (index, recipe) in recipes.enumerated() {
            var wiring = PlanBuilder.Wiring()
            wiring.outputs.append(
                .init(path: Path("out/\(index)"), isTree: false, aspect: .bytes, property: bytes("to"), index: 0))
            try sketch.builder.addAction(rule: rule, cell: [index], recipe: recipe, wiring: wiring)
        }
        return try sketch.plan()
    }
}
