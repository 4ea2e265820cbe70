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

    package let parts: [KeyPart]
    package let digest: Digest

    init(parts: [KeyPart]) {
        self.parts = parts
        var packer = Packer()
        packer.list(parts)
        digest = XXH3.digest(packer.bytes)
    }
}

extension Plan {
    /// The seed of an action: the same in every run, another for every cell.
    package func seed(of action: ActionID) -> UInt64 {
        var packer = Packer()
        packer.string(rule(of: action).type)
        packer.string(rule(of: action).name)
        packer.list(cell(of: action)) { packer, coordinate in
            packer.string(coordinate.axis)
            packer.string(coordinate.value)
        }
        packer.string(parameters.first { $0.name == Array("seed".utf8) }?.value ?? [])
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

    package static func commandFacts(_ recipe: RecipeValue) -> CommandFacts {
        var facts = CommandFacts()
        guard case .object(let fields) = recipe else { return facts }
        for field in fields {
            if field.name == Array("dependencies".utf8), case .string(let path) = field.value {
                facts.dependencies = path
            }
            if field.name == Array("startWords".utf8), case .int(let count) = field.value {
                facts.startWords = Int(count)
            }
            guard case .list(let values) = field.value else { continue }
            if field.name == Array("startInputs".utf8) {
                facts.startInputs = values.compactMap { if case .int(let index) = $0 { Int(index) } else { nil } }
            }
            if field.name == Array("probes".utf8) { facts.probes = values.compactMap { Probe($0) } }
            let texts = values.map { if case .string(let text) = $0 { text } else { [UInt8]?.none } }
            if field.name == Array("arguments".utf8) { facts.program = texts.first ?? nil }
            if field.name == Array("environment".utf8) { facts.variables = texts.compactMap { $0 } }
            if field.name == Array("secrets".utf8) { facts.secrets = texts.compactMap { $0 } }
            if field.name == Array("environmentOutsideKey".utf8) { facts.variablesOutsideKey = texts.compactMap { $0 } }
        }
        return facts
    }

    /// The key of an action whose inputs are final.
    ///
    /// - Parameters:
    ///   - contents: of each input, in the plan's order; nil for one that is absent, as it may be.
    ///   - missing: the places of inputs that the rule accepts to be without.
    package func key(
        of action: ActionID, contents: [Content?], missing: Set<Int>, in surroundings: Surroundings
    ) throws(UnpackError) -> Key {
        let rule = rule(of: action)
        let recipe = try recipe(of: action).dropping(missing)
        var parts: [KeyPart] = []
        func number(_ value: UInt64) -> [UInt8] {
            var packer = Packer()
            packer.number(value)
            return packer.bytes
        }
        parts.append(KeyPart(.format, [], number(Key.formatNumber)))
        parts.append(KeyPart(.recipe, [], rule.type))
        if rule.version != 0 { parts.append(KeyPart(.recipe, Array("version".utf8), number(UInt64(rule.version)))) }
        if case .object(let fields) = recipe {
            for field in fields.sorted(by: { $0.name.lexicographicallyPrecedes($1.name) }) {
                // Where artifacts stand is in the key; which they are is said by the inputs and outputs.
                var packer = Packer()
                field.value.withoutOrdinals.pack(into: &packer)
                parts.append(KeyPart(.parameter, field.name, packer.bytes))
            }
        } else {
            // A recipe that writes itself as a single value.
            var packer = Packer()
            recipe.withoutOrdinals.pack(into: &packer)
            parts.append(KeyPart(.parameter, [], packer.bytes))
        }
        parts.append(KeyPart(.cpus, [], number(UInt64(rule.cpus))))
        parts.append(KeyPart(.seed, [], number(seed(of: action))))
        for output in outputs(of: action) {
            parts.append(KeyPart(.output, self.place(output.property, output.index), path(of: output.artifact).bytes))
        }
        for (ordinal, input) in inputs(of: action).enumerated() where !missing.contains(ordinal) {
            var packer = Packer()
            packer.byte(input.aspect.rawValue)
            packer.string(path(of: input.artifact).bytes)
            if let content = contents[ordinal] { content.pack(into: &packer) }
            parts.append(KeyPart(.input, self.place(input.property, input.index), packer.bytes))
        }
        if rule.isCommand {
            let facts = Plan.commandFacts(recipe)
            if let program = facts.program {
                var packer = Packer()
                surroundings.tools[program]?.pack(into: &packer)
                parts.append(KeyPart(.tool, program, packer.bytes))
            }
            for name in facts.variables.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                // Absent is another value than empty.
                let value = surroundings.variables[name].map { [1] + $0 } ?? []
                parts.append(KeyPart(.environment, name, value))
            }
            for name in facts.secrets { parts.append(KeyPart(.environment, name, surroundings.secrets[name] ?? [])) }
            for probe in facts.probes {
                parts.append(KeyPart(.probe, Array(probe.inWords.utf8), surroundings.probes[probe].keyValue))
            }
        } else {
            let code = surroundings.codes[rule.type] ?? surroundings.code
            parts.append(KeyPart(.code, [], number(code.high) + number(code.low)))
            parts += surroundings.libraries
        }
        parts.append(KeyPart(.platform, [], surroundings.platform))
        parts += surroundings.environment
        return Key(parts: parts)
    }

    private func place(_ property: UInt32, _ index: UInt32) -> [UInt8] {
        var packer = Packer()
        packer.string(text(property))
        packer.number(UInt64(index))
        return packer.bytes
    }
}

extension RecipeValue {
    /// With one and the same number in every artifact's place.
    fileprivate var withoutOrdinals: RecipeValue {
        switch self {
        case .input: .input(ordinal: 0)
        case .output: .output(ordinal: 0)
        case .object(let fields): .object(fields.map { Field(name: $0.name, value: $0.value.withoutOrdinals) })
        case .list(let values): .list(values.map(\.withoutOrdinals))
        default: self
        }
    }
}
