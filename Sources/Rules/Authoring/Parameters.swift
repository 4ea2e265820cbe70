/// The parameters of a Rulesfile, found by reflection.
struct Parameters {
    private let all: [(name: String, parameter: any AnyParameter)]

    init(of rulesfile: some Rulesfile) throws(RulesError) {
        var all: [(name: String, parameter: any AnyParameter)] = []
        for (label, value) in Mirror(reflecting: rulesfile).children {
            guard let label, let parameter = value as? any AnyParameter else { continue }
            let name = outsideName(of: String(label.dropFirst()))  // `_asOf` holds `asOf`
            if all.contains(where: { $0.name == name }) { throw .sameParameter(name) }
            all.append((name, parameter))
        }
        self.all = all
    }

    /// Gives every parameter its value; of two settings of one the later counts.
    ///
    /// - Parameter settings: each `name=value`.
    func set(_ settings: [String]) throws(RulesError) {
        for setting in settings { try set(setting) }
        for (name, parameter) in all {
            guard let text = parameter.text else { throw .missingParameter(name, help: parameter.help) }
            guard parameter.isInRange else {
                throw .parameterOutOfRange(name, value: text, range: parameter.rangeText ?? "")
            }
        }
    }

    private func set(_ setting: String) throws(RulesError) {
        guard let equals = setting.firstIndex(of: "=") else { throw .malformedSetting(setting) }
        let name = outsideName(of: String(setting[..<equals]))
        let text = String(setting[setting.index(after: equals)...])
        guard let found = all.first(where: { $0.name == name }) else {
            throw .unknownParameter(name, nearest: nearest(to: name, among: all.map(\.name)))
        }
        guard found.parameter.set(text) else {
            throw .notAParameterValue(text, type: found.parameter.typeName, parameter: name)
        }
    }

    /// Those that have a value.
    var values: [SetParameter] {
        all.compactMap { name, parameter in
            parameter.text.map { SetParameter(name: name, text: $0, typeName: parameter.typeName) }
        }
    }

    var descriptions: [ParameterDescription] {
        all.map { name, parameter in
            ParameterDescription(
                name: name, typeName: parameter.typeName, defaultText: parameter.text, range: parameter.rangeText,
                zone: parameter.zone, help: parameter.help)
        }
    }
}

/// A parameter with its value.
struct SetParameter {
    let name: String
    let text: String
    let typeName: String
}

/// A parameter as the rules declare it: what `--parameters` says.
package struct ParameterDescription: Hashable, Sendable {
    /// The outside name, `as-of`.
    package let name: String
    package let typeName: String
    /// Nil for a required one.
    package let defaultText: String?
    /// As `1 ... 366`.
    package let range: String?
    /// In which a day is `today`; nil: UTC.
    package let zone: String?
    package let help: String

    var value: Value {
        .object([
            Value.Field("name", .string(name)),
            Value.Field("type", .string(typeName)),
            Value.Field("default", defaultText.map(Value.string) ?? .absent),
            Value.Field("range", range.map(Value.string) ?? .absent),
            Value.Field("zone", zone.map(Value.string) ?? .absent),
            Value.Field("help", .string(help)),
        ])
    }

    private init(_ value: Value) throws(WireError) {
        name = try value.field("name").string()
        typeName = try value.field("type").string()
        defaultText = try value.optional("default")?.string()
        range = try value.optional("range")?.string()
        zone = try value.optional("zone")?.string()
        help = try value.field("help").string()
    }

    package init(
        name: String, typeName: String, defaultText: String? = nil, range: String? = nil, zone: String? = nil,
        help: String
    ) {
        (self.name, self.typeName, self.defaultText) = (name, typeName, defaultText)
        (self.range, self.zone, self.help) = (range, zone, help)
    }

    /// The one frame that `--parameters` writes.
    package static func list(_ frame: [UInt8]) throws(WireError) -> [ParameterDescription] {
        var descriptions: [ParameterDescription] = []
        for value in try Value(frame).list() { descriptions.append(try ParameterDescription(value)) }
        return descriptions
    }
}

/// `as-of` for `asOf`, `AsOf`, `as_of` and `as-of`: words of lower case, joined by hyphens.
package func outsideName(of name: String) -> String {
    var result = ""
    var wasLower = false
    for character in name {
        if character == "_" || character == "-" {
            result += "-"
            wasLower = false
        } else {
            if character.isUppercase, wasLower { result += "-" }
            result += character.lowercased()
            wasLower = !character.isUppercase
        }
    }
    return result
}
