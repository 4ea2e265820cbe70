/// Puts words of 8 bytes and texts with their lengths one after another, in the machine's order: what one program writes
/// and another reads on the same machine.
struct WordWriter {
    private(set) var bytes: [UInt8] = []

    mutating func word(_ value: UInt64) { unsafe withUnsafeBytes(of: value) { unsafe bytes.append(contentsOf: $0) } }

    mutating func text(_ text: [UInt8]) {
        word(UInt64(text.count))
        bytes += text
    }

    mutating func list<Element>(_ values: [Element], _ write: (inout WordWriter, Element) -> Void) {
        word(UInt64(values.count))
        for value in values { write(&self, value) }
    }
}

/// Reads what `WordWriter` wrote; nil for whatever it did not.
struct WordReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func word() -> UInt64? {
        guard rest.count >= 8 else { return nil }
        defer { rest.removeFirst(8) }
        return rest.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func signed() -> Int64? { word().map { Int64(bitPattern: $0) } }

    mutating func text() -> [UInt8]? {
        guard let count = word(), count <= UInt64(rest.count) else { return nil }
        defer { rest.removeFirst(Int(count)) }
        return Array(rest.prefix(Int(count)))
    }

    mutating func list<Element>(_ read: (inout WordReader) -> Element?) -> [Element]? {
        // Each takes a byte at least: a damaged count asks for no memory.
        guard let count = word(), count <= UInt64(rest.count) else { return nil }
        var values: [Element] = []
        for _ in 0 ..< count {
            guard let value = read(&self) else { return nil }
            values.append(value)
        }
        return values
    }
}
