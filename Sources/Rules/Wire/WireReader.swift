/// Reads what a `WireWriter` wrote, and never believes it.
package struct WireReader {
    /// Nesting of values beyond which bytes are refused. A writer stays below half of it.
    package static let depthLimit = 512

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

    /// What follows `Tag.int`.
    package mutating func int() throws(WireError) -> Int {
        let raw = try unsigned()
        return Int(truncatingIfNeeded: raw >> 1) ^ -Int(truncatingIfNeeded: raw & 1)
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
        let number = try nameNumber()
        return number == 0 ? nil : names[number].text
    }

    /// The next field's name as a number, which it has in all parts of the stream; 0 at the end of an object.
    package mutating func nameNumber() throws(WireError) -> Int {
        let identifier = try number()
        if identifier == 0 { return 0 }
        guard identifier <= names.count else { throw .unknownName(identifier) }
        if identifier == names.count {
            let text = try bytes(number())
            names.append(Name(text: try Self.string(text)))
        }
        current = identifier
        return identifier
    }

    package mutating func string() throws(WireError) -> String { String(decoding: try stringBytes(), as: UTF8.self) }

    /// A string's UTF-8.
    package mutating func stringBytes() throws(WireError) -> [UInt8] {
        let shared = try number()
        let count = try number()
        let known = names[current].previous.count
        guard shared <= known else { throw .badPrefix(shared) }
        let rest = try bytes(count)
        // What is kept of a string is one, too, unless it ends within a character.
        let isCut = shared < known && names[current].previous[shared] & 0xC0 == 0x80
        names[current].previous.removeLast(known - shared)
        names[current].previous.append(contentsOf: rest)
        let whole = names[current].previous
        guard isCut ? Self.isUTF8(whole.span) : Self.isUTF8(rest.span) else { throw .notUTF8 }
        return whole
    }

    /// What a field's number stands for.
    ///
    /// - Precondition: `nameNumber` has given it.
    package func text(ofName number: Int) -> String { names[number].text }

    /// A string with its name, whatever that is.
    package mutating func text() throws(WireError) -> String { String(decoding: try textBytes(), as: UTF8.self) }

    /// The UTF-8 of a string with its name.
    package mutating func textBytes() throws(WireError) -> [UInt8] {
        guard try nameNumber() != 0 else { throw .unknownName(0) }
        return try stringBytes()
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

    private static func isUTF8(_ bytes: Span<UInt8>) -> Bool {
        do { _ = try UTF8Span(validating: bytes) } catch { return false }
        return true
    }

    private static func string(_ bytes: ArraySlice<UInt8>) throws(WireError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        return text
    }
}
