package import Hashing

/// A value with one spelling in bytes: what is stored, compared and hashed.
package protocol Packable: Sendable {
    func pack(into packer: inout Packer)
    init(from unpacker: inout Unpacker) throws(UnpackError)
}

/// The bytes are not what a `Packer` wrote.
package enum UnpackError: Error, Hashable, Sendable { case malformed }

/// Writes values one after another; everything of variable length has its length before it.
///
/// What is called for every byte is public: else it is not inlined (see `Blob`).
public struct Packer: Sendable {
    @usableFromInline var written: [UInt8] = []

    package init() {}

    package var bytes: [UInt8] { written }
    @inlinable public var count: Int { written.count }

    /// Forgets what was written, to write something else in its room.
    package mutating func removeAll() { written.removeAll(keepingCapacity: true) }

    @inlinable
    public mutating func byte(_ value: UInt8) { written.append(value) }
    package mutating func bool(_ value: Bool) { byte(value ? 1 : 0) }

    /// LEB128: seven bits a byte, the lowest first.
    @inlinable
    public mutating func number(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            written.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        written.append(UInt8(truncatingIfNeeded: value))
    }

    @inlinable
    public mutating func number(_ value: Int) { number(UInt64(bitPattern: Int64(value))) }

    /// Puts a number where a byte was kept free for it. What follows moves if it takes more than one.
    package mutating func replaceByte(at place: Int, by value: Int) {
        if value < 0x80 {
            written[place] = UInt8(truncatingIfNeeded: value)
            return
        }
        var number = Packer()
        number.number(value)
        written.replaceSubrange(place ... place, with: number.written)
    }

    /// Eight bytes, the lowest first.
    package mutating func fixed(_ value: UInt64) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe written.append(contentsOf: $0) }
    }

    package mutating func digest(_ digest: Digest) {
        fixed(digest.high)
        fixed(digest.low)
    }

    @inlinable
    public mutating func string(_ value: some Collection<UInt8>) {
        number(value.count)
        written.append(contentsOf: value)
    }

    package mutating func string(_ text: String) { string(text.utf8) }

    package mutating func list<Element>(_ values: [Element], _ pack: (inout Packer, Element) -> Void) {
        number(values.count)
        for value in values { pack(&self, value) }
    }

    package mutating func list(_ values: [some Packable]) {
        list(values) { packer, value in value.pack(into: &packer) }
    }

    /// Bytes without a length: the reader knows where they end.
    package mutating func append(_ more: [UInt8]) { written.append(contentsOf: more) }
    package mutating func append(_ more: ArraySlice<UInt8>) { written.append(contentsOf: more) }
}

/// Reads what a `Packer` wrote; anything else is an error, never a trap.
package struct Unpacker: Sendable {
    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package var isAtEnd: Bool { position == bytes.count }

    package mutating func byte() throws(UnpackError) -> UInt8 {
        guard position < bytes.count else { throw .malformed }
        position += 1
        return bytes[position - 1]
    }

    package mutating func bool() throws(UnpackError) -> Bool { try byte() != 0 }

    package mutating func number() throws(UnpackError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0 as UInt64, to: 70, by: 7) {
            let next = try byte()
            // Of the tenth byte one bit is left.
            guard shift < 63 || next <= 1 else { throw .malformed }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
        }
        throw .malformed
    }

    /// A number of things that each take at least one byte.
    package mutating func count() throws(UnpackError) -> Int {
        let value = try number()
        guard value <= UInt64(bytes.count - position) else { throw .malformed }
        return Int(value)
    }

    package mutating func fixed() throws(UnpackError) -> UInt64 {
        guard bytes.count - position >= 8 else { throw .malformed }
        var value: UInt64 = 0
        for index in 0 ..< 8 { value |= UInt64(bytes[position + index]) << UInt64(8 * index) }
        position += 8
        return value
    }

    package mutating func digest() throws(UnpackError) -> Digest { Digest(high: try fixed(), low: try fixed()) }

    package mutating func string() throws(UnpackError) -> [UInt8] { Array(try slice()) }

    /// The same without a copy.
    package mutating func slice() throws(UnpackError) -> ArraySlice<UInt8> {
        let length = try count()
        position += length
        return bytes[position - length ..< position]
    }

    package mutating func text() throws(UnpackError) -> String { String(decoding: try string(), as: UTF8.self) }

    package mutating func list<Element>(
        _ unpack: (inout Unpacker) throws(UnpackError) -> Element
    ) throws(UnpackError) -> [Element] {
        let length = try count()
        var values: [Element] = []
        values.reserveCapacity(length)
        for _ in 0 ..< length { values.append(try unpack(&self)) }
        return values
    }

    package mutating func list<Element: Packable>(of _: Element.Type) throws(UnpackError) -> [Element] {
        try list { unpacker throws(UnpackError) in try Element(from: &unpacker) }
    }
}

extension Path: Packable {
    package func pack(into packer: inout Packer) { packer.string(bytes) }
    package init(from unpacker: inout Unpacker) throws(UnpackError) { self.init(try unpacker.string()) }
}
