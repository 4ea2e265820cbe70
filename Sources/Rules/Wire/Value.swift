/// A recipe's field without its Swift type: what the planner sees and what decoding starts from.
package indirect enum Value: Hashable, Sendable {
    case absent
    case bool(Bool)
    case int(Int)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case object([Field])
    case list([Value])
    case input(Value)
    case output(Value)
    case reference(Reference)
    /// The path of an artifact that must be built before the field can be known.
    case awaited(String)

    package struct Field: Hashable, Sendable {
        package let name: String
        package var value: Value

        package init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }
}

extension Value {
    package init(from wire: inout WireReader) throws(WireError) {
        self = try Value.read(&wire, within: 0)
    }

    /// One value that is all there is.
    package init(_ frame: [UInt8]) throws(WireError) {
        var wire = WireReader(frame)
        try self.init(from: &wire)
    }

    private static func read(_ wire: inout WireReader, within depth: Int) throws(WireError) -> Value {
        guard let value = try next(&wire, within: depth) else { throw .unknownTag(Tag.end.rawValue) }
        return value
    }

    /// The next value, or nil at the end of a list.
    private static func next(_ wire: inout WireReader, within depth: Int) throws(WireError) -> Value? {
        guard depth < WireReader.depthLimit else { throw .tooDeep }
        switch try wire.tag() {
        case .end: return nil
        case .absent: return .absent
        case .no: return .bool(false)
        case .yes: return .bool(true)
        case .int: return .int(try wire.int())
        case .uint: return .uint(try wire.unsigned())
        case .double: return .double(try wire.double())
        case .string: return .string(try wire.string())
        case .object:
            var fields: [Field] = []
            while let name = try wire.name() { fields.append(Field(name, try read(&wire, within: depth + 1))) }
            return .object(fields)
        case .list:
            var values: [Value] = []
            while let value = try next(&wire, within: depth + 1) { values.append(value) }
            return .list(values)
        case .input: return .input(try read(&wire, within: depth + 1))
        case .output: return .output(try read(&wire, within: depth + 1))
        case .reference:
            let code = try wire.byte()
            return .reference(try Reference(path: try wire.string(), code: code))
        case .awaited: return .awaited(try wire.string())
        }
    }

    package func write(to wire: WireWriter) {
        switch self {
        case .absent: wire.tag(.absent)
        case .bool(let value): wire.value(value)
        case .int(let value): wire.value(value)
        case .uint(let value): wire.value(value)
        case .double(let value): wire.value(value)
        case .string(let text): wire.value(text)
        case .object(let fields):
            wire.tag(.object)
            for field in fields {
                wire.name(field.name)
                field.value.write(to: wire)
            }
            wire.tag(.end)
        case .list(let values):
            wire.tag(.list)
            for value in values { value.write(to: wire) }
            wire.tag(.end)
        case .input(let value):
            wire.tag(.input)
            value.write(to: wire)
        case .output(let value):
            wire.tag(.output)
            value.write(to: wire)
        case .reference(let reference): wire.value(reference)
        case .awaited(let path): wire.awaited(path)
        }
    }

    /// The bytes of this value alone.
    package var frame: [UInt8] {
        let wire = WireWriter()
        write(to: wire)
        return wire.bytes
    }
}

extension Value {
    /// The value with `.input` and `.output` taken off.
    package var bare: Value {
        switch self {
        case .input(let value), .output(let value): value
        default: self
        }
    }

    /// Every artifact in a field, however it is held.
    package var references: [Reference] {
        switch self {
        case .reference(let reference): [reference]
        case .object(let fields): fields.flatMap(\.value.references)
        case .list(let values): values.flatMap(\.references)
        case .input(let value), .output(let value): value.references
        default: []
        }
    }

    /// What must be built before this field can be known.
    package var awaitedPaths: [String] {
        switch self {
        case .awaited(let path): [path]
        case .object(let fields): fields.flatMap(\.value.awaitedPaths)
        case .list(let values): values.flatMap(\.awaitedPaths)
        case .input(let value), .output(let value): value.awaitedPaths
        default: []
        }
    }
}

/// What a value must be for its reader; the name says which field was wrong.
extension Value {
    package func fields() throws(WireError) -> [Field] {
        guard case .object(let fields) = self else { throw .mismatch(wanted: "object") }
        return fields
    }

    /// A field of an object; nil where it is not said, or said to be absent.
    package func optional(_ name: String) throws(WireError) -> Value? {
        for field in try fields() where field.name == name {
            if case .absent = field.value { return nil }
            return field.value
        }
        return nil
    }

    package func field(_ name: String) throws(WireError) -> Value {
        guard let value = try optional(name) else { throw .missingField(name) }
        return value
    }

    package func int() throws(WireError) -> Int {
        guard case .int(let value) = self else { throw .mismatch(wanted: "int") }
        return value
    }

    package func uint() throws(WireError) -> UInt64 {
        guard case .uint(let value) = self else { throw .mismatch(wanted: "uint") }
        return value
    }

    package func bool() throws(WireError) -> Bool {
        guard case .bool(let value) = self else { throw .mismatch(wanted: "bool") }
        return value
    }

    package func string() throws(WireError) -> String {
        guard case .string(let text) = self else { throw .mismatch(wanted: "string") }
        return text
    }

    package func list() throws(WireError) -> [Value] {
        guard case .list(let values) = self else { throw .mismatch(wanted: "list") }
        return values
    }

    package func strings() throws(WireError) -> [String] {
        var texts: [String] = []
        for value in try list() { texts.append(try value.string()) }
        return texts
    }
}
