/// A JSON value as it stands in a line of events.
enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// One with a fraction, or too large for an integer.
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])
}

/// Reads a line of JSON; what comes from outside may be anything, and only what is well-formed is a value.
struct JSONReader {
    private var rest: ArraySlice<UInt8>
    private var depth = 0
    /// Deeper than any event; so that no line can exhaust the stack.
    private static let mostDepth = 16

    private struct Malformed: Error {}

    /// - Returns: nil where it is no object, or something follows it.
    static func object(_ line: ArraySlice<UInt8>) -> [String: JSONValue]? {
        var reader = JSONReader(rest: line)
        guard case .object(let members)? = try? reader.value() else { return nil }
        reader.skipSpace()
        return reader.rest.isEmpty ? members : nil
    }

    private init(rest: ArraySlice<UInt8>) { self.rest = rest }

    private mutating func value() throws(Malformed) -> JSONValue {
        skipSpace()
        switch rest.first {
        case UInt8(ascii: "{")?: return .object(try members())
        case UInt8(ascii: "[")?: return .list(try elements())
        case UInt8(ascii: "\"")?: return .text(try text())
        case UInt8(ascii: "t")?: return try word("true", .bool(true))
        case UInt8(ascii: "f")?: return try word("false", .bool(false))
        case UInt8(ascii: "n")?: return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func members() throws(Malformed) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        try sequence(endingWith: UInt8(ascii: "}")) { reader throws(Malformed) in
            reader.skipSpace()
            let name = try reader.text()
            reader.skipSpace()
            try reader.take(UInt8(ascii: ":"))
            members[name] = try reader.value()
        }
        return members
    }

    private mutating func elements() throws(Malformed) -> [JSONValue] {
        var elements: [JSONValue] = []
        try sequence(endingWith: UInt8(ascii: "]")) { reader throws(Malformed) in
            elements.append(try reader.value())
        }
        return elements
    }

    /// What stands between two brackets, with commas between.
    private mutating func sequence(
        endingWith end: UInt8, _ element: (inout JSONReader) throws(Malformed) -> Void
    ) throws(Malformed) {
        rest.removeFirst()
        depth += 1
        guard depth <= Self.mostDepth else { throw Malformed() }
        skipSpace()
        if rest.first != end {
            try element(&self)
            skipSpace()
            while rest.first == UInt8(ascii: ",") {
                rest.removeFirst()
                try element(&self)
                skipSpace()
            }
        }
        try take(end)
        depth -= 1
    }

    private mutating func text() throws(Malformed) -> String {
        try take(UInt8(ascii: "\""))
        let plain = rest.prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        var bytes = Array(plain)
        rest = rest[plain.endIndex...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: bytes, as: UTF8.self) else { throw Malformed() }
                return text
            case UInt8(ascii: "\\"): try escape(into: &bytes)
            default: bytes.append(byte)
            }
        }
        throw Malformed()
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(Malformed) {
        switch rest.popFirst() {
        case UInt8(ascii: "n")?: bytes.append(0x0A)
        case UInt8(ascii: "t")?: bytes.append(0x09)
        case UInt8(ascii: "r")?: bytes.append(0x0D)
        case UInt8(ascii: "b")?: bytes.append(0x08)
        case UInt8(ascii: "f")?: bytes.append(0x0C)
        case UInt8(ascii: "u")?: bytes += String(try scalar()).utf8
        case let byte? where [UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/")].contains(byte):
            bytes.append(byte)
        default: throw Malformed()
        }
    }

    private mutating func scalar() throws(Malformed) -> Unicode.Scalar {
        let first = try unit()
        guard (0xD800 ..< 0xDC00).contains(first) else {
            guard let scalar = Unicode.Scalar(first) else { throw Malformed() }
            return scalar
        }
        try take(UInt8(ascii: "\\"))
        try take(UInt8(ascii: "u"))
        let second = try unit()
        guard (0xDC00 ..< 0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw Malformed() }
        return scalar
    }

    private mutating func unit() throws(Malformed) -> UInt32 {
        let digits = rest.prefix(4)
        guard digits.count == 4, let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw Malformed()
        }
        rest = rest.dropFirst(4)
        return unit
    }

    private mutating func number() throws(Malformed) -> JSONValue {
        let digits = rest.prefix { byte in
            (0x30 ... 0x39).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
        }
        rest = rest[digits.endIndex...]
        let text = String(decoding: digits, as: UTF8.self)
        if let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw Malformed() }
        return .number(number)
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(Malformed) -> JSONValue {
        guard rest.starts(with: word.utf8) else { throw Malformed() }
        rest = rest.dropFirst(word.utf8.count)
        return value
    }

    private mutating func take(_ byte: UInt8) throws(Malformed) {
        guard rest.popFirst() == byte else { throw Malformed() }
    }

    private mutating func skipSpace() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }
}

/// Members by name, each as what the reader takes it for; what is missing or otherwise is nil.
extension [String: JSONValue] {
    func text(_ name: String) -> String? { if case .text(let text)? = self[name] { text } else { nil } }

    func integer<Number: FixedWidthInteger>(_ name: String) -> Number? {
        if case .integer(let value)? = self[name] { Number(exactly: value) } else { nil }
    }

    /// How many of something: within what can be added up over all lines of a file without an overflow.
    func count(_ name: String) -> Int? {
        let mostOfAnything = 1 << 40
        return integer(name).map { Swift.min(Swift.max(0, $0), mostOfAnything) }
    }

    func seconds(_ name: String) -> Double? {
        switch self[name] {
        case .integer(let value)?: Double(value)
        case .number(let value)?: value
        default: nil
        }
    }

    func bool(_ name: String) -> Bool { self[name] == .bool(true) }

    func list(_ name: String) -> [JSONValue] { if case .list(let list)? = self[name] { list } else { [] } }

    func texts(_ name: String) -> [String] {
        list(name).compactMap { if case .text(let text) = $0 { text } else { nil } }
    }

    func objects(_ name: String) -> [[String: JSONValue]] {
        list(name).compactMap { if case .object(let members) = $0 { members } else { nil } }
    }
}
