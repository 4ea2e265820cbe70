extension Command {
    private enum CodingKeys: String, CodingKey {
        case inputs, outputs, arguments, environment, environmentOutsideKey, dependencies, secrets, probes, packages
        case startWords, startInputs
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        var rest = Rest()
        rest.environment = try fields.decode([String].self, forKey: .environment)
        rest.environmentOutsideKey = try fields.decode([String].self, forKey: .environmentOutsideKey)
        rest.dependencies = try fields.decodeIfPresent(String.self, forKey: .dependencies)
        rest.secrets = try fields.decode([String].self, forKey: .secrets)
        rest.probes = try fields.decode([[String]].self, forKey: .probes)
        rest.packages = try fields.decode([String].self, forKey: .packages)
        rest.startWords = try fields.decodeIfPresent(Int.self, forKey: .startWords)
        rest.startInputs = try fields.decodeIfPresent([Int].self, forKey: .startInputs)
        self.init(
            inputs: try fields.decode(Input<[Handle]>.self, forKey: .inputs).wrappedValue,
            outputs: try fields.decode(Output<[Handle]>.self, forKey: .outputs).wrappedValue,
            arguments: try fields.decode([Argument].self, forKey: .arguments), rest: rest)
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(Input(wrappedValue: inputs), forKey: .inputs)
        try fields.encode(Output(wrappedValue: outputs), forKey: .outputs)
        try fields.encode(arguments, forKey: .arguments)
        let rest = rest
        try fields.encode(rest.environment, forKey: .environment)
        try fields.encode(rest.environmentOutsideKey, forKey: .environmentOutsideKey)
        try fields.encodeIfPresent(rest.dependencies, forKey: .dependencies)
        try fields.encode(rest.secrets, forKey: .secrets)
        try fields.encode(rest.probes, forKey: .probes)
        try fields.encode(rest.packages, forKey: .packages)
        try fields.encodeIfPresent(rest.startWords, forKey: .startWords)
        try fields.encodeIfPresent(rest.startInputs, forKey: .startInputs)
    }

    /// Writes what a `RecipeEncoder` writes of `encode(to:)`, without containers: most actions of most plans are commands.
    func write(to wire: inout WireStream) {
        wire.tag(.object)
        wire.name(CodingKeys.inputs.rawValue)
        wire.tag(.input)
        wire.list(inputs) { wire, input in wire.value(input.wired) }
        wire.name(CodingKeys.outputs.rawValue)
        wire.tag(.output)
        wire.list(outputs) { wire, output in wire.value(output.wired) }
        wire.name(CodingKeys.arguments.rawValue)
        wire.list(arguments) { wire, argument in
            switch argument.wired {
            case .text(let text): wire.value(text)
            case .index(let index): wire.value(index)
            }
        }
        if isPlain { wire.constant { Self.write(Rest(), to: &$0) } } else { Self.write(rest, to: &wire) }
        wire.tag(.end)
    }

    private static func write(_ rest: Rest, to wire: inout WireStream) {
        wire.texts(CodingKeys.environment.rawValue, rest.environment)
        wire.texts(CodingKeys.environmentOutsideKey.rawValue, rest.environmentOutsideKey)
        wire.name(CodingKeys.dependencies.rawValue)
        wire.optional(rest.dependencies) { wire, path in wire.value(path) }
        wire.texts(CodingKeys.secrets.rawValue, rest.secrets)
        wire.name(CodingKeys.probes.rawValue)
        wire.list(rest.probes) { wire, words in wire.list(words) { wire, word in wire.value(word) } }
        wire.texts(CodingKeys.packages.rawValue, rest.packages)
        wire.name(CodingKeys.startWords.rawValue)
        wire.optional(rest.startWords) { wire, count in wire.value(count) }
        wire.name(CodingKeys.startInputs.rawValue)
        wire.optional(rest.startInputs) { wire, inputs in wire.list(inputs) { wire, index in wire.value(index) } }
    }
}

extension Command.Handle {
    init(from decoder: any Decoder) throws {
        let reference = try reference(from: decoder)
        switch reference.kind {
        case .file: self = .file(Artifact(reference.path))
        case .tree: self = .tree(Tree(reference.path))
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .file(let artifact): try artifact.encode(to: encoder)
        case .tree(let tree): try tree.encode(to: encoder)
        }
    }
}

extension Command {
    /// An argument; artifacts stay references to the inputs and outputs, because they lie elsewhere when it runs.
    package enum Argument: Hashable, Sendable, Codable {
        case text(String)
        /// An index in the inputs.
        case input(Int)
        /// An index in the outputs.
        case output(Int)

        /// - Throws: `WireError`; indices below the counts of inputs and outputs are for the caller to check.
        package init(_ value: Value) throws(WireError) {
            switch value {
            case .string(let text): self = .text(text)
            case .int(let index): self = index < 0 ? .output(-1 - index) : .input(index)
            default: throw .mismatch(wanted: "string or int")
            }
        }

        package init(from decoder: any Decoder) throws {
            guard let decoder = decoder as? RecipeDecoder else { throw mismatch("an argument") }
            try self.init(decoder.value)
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch wired {
            case .text(let text): try container.encode(text)
            case .index(let index): try container.encode(index)
            }
        }

        /// As it goes over the wire.
        enum Wired {
            case text(String)
            /// That of an output is below 0.
            case index(Int)
        }

        var wired: Wired {
            switch self {
            case .text(let text): .text(text)
            case .input(let index): .index(index)
            case .output(let index): .index(-1 - index)
            }
        }
    }

    /// The program and its arguments, of a `Command` on the wire.
    package static func arguments(of recipe: Value) throws(WireError) -> [Argument] {
        var arguments: [Argument] = []
        for value in try recipe.field("arguments").list() { arguments.append(try Argument(value)) }
        return arguments
    }

    /// The names of the variables that it sees, of a `Command` on the wire.
    package static func environment(of recipe: Value) throws(WireError) -> [String] {
        try recipe.field("environment").strings()
    }
}
