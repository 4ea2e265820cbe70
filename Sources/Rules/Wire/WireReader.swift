/// Reads what a `WireWriter` wrote, and never believes it.
package struct WireReader {
    /// Nesting of values beyond which bytes are refused. A writer stays below half of it.
    static let depthLimit = 512

    private struct Name {
        let text: String
        var previous: [UInt8] = []
    }

    private var names = [Name(text: "")]
    private var current = 0
    private var bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    /// Goes on with the next part of the stream, which knows the names of those before it.
    package mutating func feed(_ frame: [UInt8]) { (bytes, position) = (frame, 0) }

    package var isAtEnd: Bool { position >= bytes.count }
    /// Bytes read of the part fed last.
    package var offset: Int { position }

    package mutating func byte() throws(WireError) -> UInt8 {
        guard position < bytes.count else { throw .ended }
        position += 1
        return bytes[position - 1]
    }

    package mutating func tag() throws(WireError) -> Tag {
        let raw = try byte()
        guard let tag = Tag(rawValue: raw) else { throw .unknownTag(raw) }
        return tag
    }

    package mutating func unsigned() throws(WireError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            let bits = UInt64(next & 0x7F)
            guard shift < 63 || (shift == 63 && bits <= 1) else { throw .numberTooLarge }
            value |= bits << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    package mutating func number() throws(WireError) -> Int {
        guard let value = Int(exactly: try unsigned()) else { throw .numberTooLarge }
        return value
    }

    package mutating func double() throws(WireError) -> Double {
        var bits: UInt64 = 0
        for i in 0 ..< 8 as Range<UInt64> { bits |= UInt64(try byte()) << (8 * i) }
        return Double(bitPattern: bits)
    }

    package mutating func bool() throws(WireError) -> Bool {
        switch try number() {
        case 0: return false
        case 1: return true
        case let other: throw .notABool(other)
        }
    }

    /// A number, or none.
    package mutating func optional() throws(WireError) -> Int? { try bool() ? try number() : nil }

    /// The next field's name, or nil at the end of an object.
    package mutating func name() throws(WireError) -> String? {
        let identifier = try number()
        if identifier == 0 { return nil }
        guard identifier <= names.count else { throw .unknownName(identifier) }
        if identifier == names.count {
            let text = try bytes(number())
            names.append(Name(text: try Self.string(text)))
        }
        current = identifier
        return names[identifier].text
    }

    package mutating func string() throws(WireError) -> String {
        let shared = try number()
        let count = try number()
        guard shared <= names[current].previous.count else { throw .badPrefix(shared) }
        let rest = try bytes(count)
        names[current].previous.removeSubrange(shared...)
        names[current].previous += rest
        return try Self.string(names[current].previous[...])
    }

    /// A string with its name, whatever that is.
    package mutating func text() throws(WireError) -> String {
        guard try name() != nil else { throw .unknownName(0) }
        return try string()
    }

    package mutating func place() throws(WireError) -> Place {
        let file = try text()
        return Place(file: file, line: try number())
    }

    package mutating func record() throws(WireError) -> PlanRecord {
        let raw = try number()
        guard let byte = UInt8(exactly: raw), let record = PlanRecord(rawValue: byte) else {
            throw .unknownRecord(raw)
        }
        return record
    }

    private mutating func bytes(_ count: Int) throws(WireError) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else { throw .ended }
        position += count
        return bytes[position - count ..< position]
    }

    private static func string(_ bytes: ArraySlice<UInt8>) throws(WireError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        return text
    }
}
