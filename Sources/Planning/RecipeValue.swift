package import Artifact

/// A recipe's stored properties without their Swift types.
///
/// An artifact is its place among the action's inputs or outputs: paths are said once, in the plan's tables.
package indirect enum RecipeValue: Hashable, Sendable {
    case absent
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    /// By its bits, so that NaN and -0.0 are values like others.
    case double(bits: UInt64)
    case string([UInt8])
    case object([Field])
    case list([RecipeValue])
    case input(ordinal: Int)
    case output(ordinal: Int)
    /// Artifacts that nobody can list before an awaited one has been built.
    case awaited

    package struct Field: Hashable, Sendable {
        package let name: [UInt8]
        package let value: RecipeValue
        package init(name: [UInt8], value: RecipeValue) {
            self.name = name
            self.value = value
        }
    }
}

/// What a packed value begins with.
enum RecipeTag: UInt8 {
    case absent, no, yes, int, uint, double, string, object, list, input, output, awaited
}

extension RecipeValue: Packable {
    package func pack(into packer: inout Packer) {
        switch self {
        case .absent: packer.byte(RecipeTag.absent.rawValue)
        case .bool(let value): packer.byte((value ? RecipeTag.yes : RecipeTag.no).rawValue)
        case .int(let value):
            packer.byte(RecipeTag.int.rawValue)
            packer.number(UInt64(bitPattern: value << 1 ^ value >> 63))
        case .uint(let value):
            packer.byte(RecipeTag.uint.rawValue)
            packer.number(value)
        case .double(let bits):
            packer.byte(RecipeTag.double.rawValue)
            packer.fixed(bits)
        case .string(let text):
            packer.byte(RecipeTag.string.rawValue)
            packer.string(text)
        case .object(let fields):
            packer.byte(RecipeTag.object.rawValue)
            packer.list(fields) { packer, field in
                packer.string(field.name)
                field.value.pack(into: &packer)
            }
        case .list(let values):
            packer.byte(RecipeTag.list.rawValue)
            packer.list(values)
        case .input(let ordinal):
            packer.byte(RecipeTag.input.rawValue)
            packer.number(ordinal)
        case .output(let ordinal):
            packer.byte(RecipeTag.output.rawValue)
            packer.number(ordinal)
        case .awaited: packer.byte(RecipeTag.awaited.rawValue)
        }
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        try self.init(from: &unpacker) { unpacker throws(UnpackError) in try unpacker.string() }
    }

    /// - Parameter name: reads the name of a field.
    init(
        from unpacker: inout Unpacker, depth: Int = 0, name: (inout Unpacker) throws(UnpackError) -> [UInt8]
    ) throws(UnpackError) {
        guard depth < 200, let tag = RecipeTag(rawValue: try unpacker.byte()) else { throw .malformed }
        switch tag {
        case .absent: self = .absent
        case .no: self = .bool(false)
        case .yes: self = .bool(true)
        case .int:
            let raw = try unpacker.number()
            self = .int(Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1))
        case .uint: self = .uint(try unpacker.number())
        case .double: self = .double(bits: try unpacker.fixed())
        case .string: self = .string(try unpacker.string())
        case .object:
            self = .object(
                try unpacker.list { unpacker throws(UnpackError) in
                    let fieldName = try name(&unpacker)
                    let value = try RecipeValue(from: &unpacker, depth: depth + 1, name: name)
                    return Field(name: fieldName, value: value)
                })
        case .list:
            self = .list(
                try unpacker.list { unpacker throws(UnpackError) in
                    try RecipeValue(from: &unpacker, depth: depth + 1, name: name)
                })
        case .input: self = .input(ordinal: try Self.ordinal(&unpacker))
        case .output: self = .output(ordinal: try Self.ordinal(&unpacker))
        case .awaited: self = .awaited
        }
    }

    private static func ordinal(_ unpacker: inout Unpacker) throws(UnpackError) -> Int {
        let value = try unpacker.number()
        guard value <= UInt64(UInt32.max) else { throw .malformed }
        return Int(value)
    }
}

extension RecipeValue {
    /// True where an artifact stands anywhere in it.
    package var holdsArtifacts: Bool {
        switch self {
        case .input, .output, .awaited: true
        case .object(let fields): fields.contains { $0.value.holdsArtifacts }
        case .list(let values): values.contains { $0.holdsArtifacts }
        default: false
        }
    }

    /// Without the inputs whose places are given: from lists and dictionaries they are gone, elsewhere they are absent.
    package func dropping(_ ordinals: Set<Int>) -> RecipeValue {
        switch self {
        case .input(let ordinal): ordinals.contains(ordinal) ? .absent : self
        case .object(let fields):
            .object(fields.map { Field(name: $0.name, value: $0.value.dropping(ordinals)) })
        case .list(let values):
            // A dictionary is a list of keys and values in turn: a value takes its key along.
            if values.count % 2 == 0, !values.isEmpty,
                stride(from: 0, to: values.count, by: 2).allSatisfy({ !values[$0].holdsArtifacts })
            {
                .list(
                    stride(from: 0, to: values.count, by: 2).flatMap { index in
                        values[index + 1].isDropped(ordinals)
                            ? [] : [values[index], values[index + 1].dropping(ordinals)]
                    })
            } else {
                .list(values.filter { !$0.isDropped(ordinals) }.map { $0.dropping(ordinals) })
            }
        default: self
        }
    }

    private func isDropped(_ ordinals: Set<Int>) -> Bool {
        if case .input(let ordinal) = self { ordinals.contains(ordinal) } else { false }
    }
}
