package import Artifact
package import Hashing

/// Facts of one place and time that belong to every key: who computes, on what.
package struct Surroundings: Hashable, Sendable {
    /// The fingerprint of all code: for a recipe that `codes` does not name.
    package var code: Digest
    /// The fingerprints of the code that recipes reach, by type as the plan's rules name it.
    package var codes: [[UInt8]: Digest]
    /// Shared libraries that a worker maps, by soname: content, or a version for the Swift runtime and libc. Sorted.
    package private(set) var libraries: [KeyPart]
    /// Operating system and architecture.
    package var platform: [UInt8]
    /// Variables that every action sees, sorted by name.
    package private(set) var environment: [KeyPart]
    /// Programs that commands run, by the name that the rules give: content, or nil where there is none.
    package var tools: [[UInt8]: Content]
    /// Variables of dbuild's own environment that commands declare.
    package var variables: [[UInt8]: [UInt8]]
    /// The same of secret ones: codes of their values, which say nothing to whoever has not the workspace's secret.
    package var secrets: [[UInt8]: [UInt8]] = [:]
    /// What probes printed, as far as they were asked for.
    package var probes: [Probe: Probe.Answer] = [:]

    package init(
        code: Digest, codes: [[UInt8]: Digest] = [:], libraries: [KeyPart], platform: [UInt8], environment: [KeyPart],
        tools: [[UInt8]: Content],
        variables: [[UInt8]: [UInt8]]
    ) {
        self.code = code
        self.codes = codes
        self.libraries = libraries.sorted { $0.name.lexicographicallyPrecedes($1.name) }
        self.platform = platform
        self.environment = environment.sorted { $0.name.lexicographicallyPrecedes($1.name) }
        self.tools = tools
        self.variables = variables
    }
}

/// Everything that determines an action's outputs, as parts that can be compared one by one.
package struct Key: Sendable {
    /// Raised when the same facts are spelled otherwise: every action then has another key.
    static let formatNumber: UInt64 = 1

    /// As it is recorded.
    package let packed: PackedKeyParts
    package let digest: Digest
    package var parts: [KeyPart] { packed.parts }

    init(_ packed: PackedKeyParts) {
        self.packed = packed
        digest = XXH3.digest(packed.bytes)
    }
}

extension Plan {
    private static let seedName = Array("seed".utf8)

    /// The seed of an action: the same in every run, another for every cell.
    package func seed(of action: ActionID) -> UInt64 {
        var packer = Packer()
        packer.string(rule(of: action).type)
        packer.string(rule(of: action).name)
        packer.list(cell(of: action)) { packer, coordinate in
            packer.string(coordinate.axis)
            packer.string(coordinate.value)
        }
        packer.string(parameters.first { $0.name == Self.seedName }?.value ?? [])
        return XXH3.digest(packer.bytes).low
    }

    /// What a command says of its surroundings.
    package struct CommandFacts: Hashable, Sendable {
        package var program: [UInt8]?
        /// Variables that it sees and that are in its key.
        package var variables: [[UInt8]] = []
        /// Variables that it sees and that are not.
        package var variablesOutsideKey: [[UInt8]] = []
        /// Variables that it sees and whose values are in its key as codes only.
        package var secrets: [[UInt8]] = []
        package var probes: [Probe] = []
        /// Where it says in make syntax what it has read.
        package var dependencies: [UInt8]?
        /// Of a program that stays alive: how many of the arguments it is started with; nil: it runs once.
        package var startWords: Int?
        /// The places of the inputs that it has from its start on.
        package var startInputs: [Int] = []
    }

    /// Fields of a command. Not one value with a member for each: who wants one member of that retains all.
    private enum FieldName {
        static let dependencies = Array("dependencies".utf8)
        static let startWords = Array("startWords".utf8)
        static let startInputs = Array("startInputs".utf8)
        static let probes = Array("probes".utf8)
        static let arguments = Array("arguments".utf8)
        static let environment = Array("environment".utf8)
        static let secrets = Array("secrets".utf8)
        static let outsideKey = Array("environmentOutsideKey".utf8)
    }

    package static func commandFacts(_ recipe: RecipeValue) -> CommandFacts {
        func items(_ field: RecipeValue.Field) -> [RecipeValue] {
            if case .list(let values) = field.value { values } else { [] }
        }
        func texts(_ values: ArraySlice<RecipeValue>) -> [[UInt8]] {
            values.compactMap { if case .string(let text) = $0 { text } else { nil } }
        }
        var facts = CommandFacts()
        guard case .object(let fields) = recipe else { return facts }
        for field in fields {
            switch field.name {
            case FieldName.dependencies: if case .string(let path) = field.value { facts.dependencies = path }
            case FieldName.startWords: if case .int(let count) = field.value { facts.startWords = Int(count) }
            case FieldName.startInputs:
                facts.startInputs = items(field).compactMap { if case .int(let index) = $0 { Int(index) } else { nil } }
            case FieldName.probes: facts.probes = items(field).compactMap { Probe($0) }
            case FieldName.arguments: facts.program = texts(items(field).prefix(1)).first
            case FieldName.environment: facts.variables = texts(items(field)[...])
            case FieldName.secrets: facts.secrets = texts(items(field)[...])
            case FieldName.outsideKey: facts.variablesOutsideKey = texts(items(field)[...])
            default: continue
            }
        }
        return facts
    }

    /// The key of an action whose inputs are final.
    ///
    /// - Parameters:
    ///   - content: of each input, by its place in the plan's order; nil for one that is absent, as it may be.
    ///   - missing: the places of inputs that the rule accepts to be without.
    package func key(
        of action: ActionID, missing: Set<Int>, in surroundings: Surroundings, content: (Int, Input) -> Content?
    ) throws(UnpackError) -> Key {
        let rule = rules[ruleID(of: action).index]
        let recipe = missing.isEmpty ? packedRecipe(of: action) : PackedRecipe(try self.recipe(of: action), missing)
        let (inputs, outputs) = (inputs(of: action), outputs(of: action))
        var writer = KeyWriter(reserving: 512 + 96 * (inputs.count + outputs.count))
        writer.part(.format, number: Key.formatNumber)
        writer.part(.recipe, [], rule.type)
        if rule.version != 0 { writer.part(.recipe, Array("version".utf8), number: UInt64(rule.version)) }
        // Where artifacts stand is in the key; which they are is said by the inputs and outputs.
        let fields = try recipe.fields()
        for field in (fields ?? []).sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
            writer.part(.parameter, field.name, try recipe.withoutOrdinals(field.value))
        }
        if fields == nil { writer.part(.parameter, [], try recipe.withoutOrdinals(recipe.whole)) }
        writer.part(.cpus, number: UInt64(rule.cpus))
        writer.part(.seed, number: seed(of: action))
        for output in outputs {
            // The path is all of the value, so that it needs no length of its own.
            writer.part(.output, property: text(output.property), output.index) { bytes in
                bytes += path(of: output.artifact).bytes
            }
        }
        var property: (id: UInt32, text: [UInt8])?
        for (ordinal, input) in inputs.enumerated() where missing.isEmpty || !missing.contains(ordinal) {
            if property?.id != input.property { property = (input.property, text(input.property)) }
            writer.part(.input, property: property?.text ?? [], input.index) { bytes in
                bytes.append(input.aspect.rawValue)
                append(stringPathOf: input.artifact, to: &bytes)
                if let content = content(ordinal, input) { bytes.append(content) }
            }
        }
        if rule.isCommand {
            writeCommand(try recipe.commandFacts(fields ?? []), surroundings, &writer)
        } else {
            let code = surroundings.codes[rule.type] ?? surroundings.code
            var digest: [UInt8] = []
            digest.append(number: code.high)
            digest.append(number: code.low)
            writer.part(.code, [], digest)
            for library in surroundings.libraries { writer.part(library) }
        }
        writer.part(.platform, [], surroundings.platform)
        for variable in surroundings.environment { writer.part(variable) }
        return Key(writer.takePacked())
    }

    /// The same.
    ///
    /// - Parameter contents: of each input, in the plan's order.
    package func key(
        of action: ActionID, contents: [Content?], missing: Set<Int>, in surroundings: Surroundings
    ) throws(UnpackError) -> Key {
        try key(of: action, missing: missing, in: surroundings) { ordinal, _ in contents[ordinal] }
    }

    private func writeCommand(_ facts: CommandFacts, _ surroundings: Surroundings, _ writer: inout KeyWriter) {
        if let program = facts.program {
            var content: [UInt8] = []
            if let tool = surroundings.tools[program] { content.append(tool) }
            writer.part(.tool, program, content)
        }
        for name in facts.variables.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            // Absent is another value than empty.
            writer.part(.environment, name, surroundings.variables[name].map { [1] + $0 } ?? [])
        }
        for name in facts.secrets { writer.part(.environment, name, surroundings.secrets[name] ?? []) }
        for probe in facts.probes {
            writer.part(.probe, Array(probe.inWords.utf8), surroundings.probes[probe].keyValue)
        }
    }
}

extension PackedRecipe {
    /// Without the inputs whose places are given.
    fileprivate init(_ recipe: RecipeValue, _ missing: Set<Int>) {
        var packer = Packer()
        recipe.dropping(missing).pack(into: &packer)
        self.init(packer.bytes, namedBy: nil)
    }
}
