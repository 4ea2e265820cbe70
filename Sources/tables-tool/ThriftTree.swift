/// A value of the Thrift compact protocol as a tree, so that it can be changed and written again.
///
/// It knows nothing of Parquet and shares no code with the module it helps to test. Maps, which Parquet's metadata does
/// not use, are not read. Source: Thrift compact protocol specification.
indirect enum ThriftTree {
    case bool(Bool)
    /// A byte, or an integer of 16, 32 or 64 bits, by the protocol's kind.
    case integer(kind: UInt8, Int64)
    /// 8 or 16 bytes, by the kind.
    case fixed(kind: UInt8, [UInt8])
    case binary([UInt8])
    /// - Parameter claimed: how many elements it says it has.
    case list(kind: UInt8, elementKind: UInt8, [ThriftTree], claimed: Int)
    case structure([Field])

    struct Field {
        var id: Int64
        var value: ThriftTree
    }

    private enum Kind {
        static let (yes, no, byte, int16, int64, double): (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) = (
            1, 2, 3, 4, 6, 7
        )
        static let (binary, list, set, structure, uuid): (UInt8, UInt8, UInt8, UInt8, UInt8) = (8, 9, 10, 12, 13)
    }

    /// The value of the struct's first field of that number.
    subscript(id: Int64) -> ThriftTree? {
        get {
            guard case .structure(let fields) = self else { return nil }
            return fields.first { $0.id == id }?.value
        }
        set {
            guard case .structure(var fields) = self, let newValue,
                let index = fields.firstIndex(where: { $0.id == id })
            else { return }
            fields[index].value = newValue
            self = .structure(fields)
        }
    }

    var integer: Int? { if case .integer(_, let value) = self { Int(value) } else { nil } }
    var elements: [ThriftTree] { if case .list(_, _, let elements, _) = self { elements } else { [] } }

    /// The same list with each element changed.
    func mapElements(_ change: (inout ThriftTree) -> Void) -> ThriftTree {
        guard case .list(let kind, let elementKind, var elements, let claimed) = self else { return self }
        for index in elements.indices { change(&elements[index]) }
        return .list(kind: kind, elementKind: elementKind, elements, claimed: claimed)
    }

    /// Values in the tree, this one included.
    var nodeCount: Int {
        switch self {
        case .bool, .integer, .fixed, .binary: 1
        case .list(_, _, let elements, _): elements.reduce(1) { $0 + $1.nodeCount }
        case .structure(let fields): fields.reduce(1) { $0 + $1.value.nodeCount }
        }
    }

    /// Changes one value, by its number in the order of writing; 0 is this one.
    mutating func change(node: Int, _ body: (inout ThriftTree) -> Void) {
        if node == 0 { return body(&self) }
        var left = node - 1
        switch self {
        case .bool, .integer, .fixed, .binary: return
        case .list(let kind, let elementKind, var elements, let claimed):
            for index in elements.indices {
                let count = elements[index].nodeCount
                if left < count {
                    elements[index].change(node: left, body)
                    break
                }
                left -= count
            }
            self = .list(kind: kind, elementKind: elementKind, elements, claimed: claimed)
        case .structure(var fields):
            for index in fields.indices {
                let count = fields[index].value.nodeCount
                if left < count {
                    fields[index].value.change(node: left, body)
                    break
                }
                left -= count
            }
            self = .structure(fields)
        }
    }
}

/// Reading.
extension ThriftTree {
    /// The struct that begins there.
    ///
    /// - Parameter position: is moved behind it.
    /// - Returns: nil for bytes that are none.
    static func structure(_ bytes: [UInt8], at position: inout Int) -> ThriftTree? {
        read(Kind.structure, bytes, &position, depth: 0)
    }

    private static func read(_ kind: UInt8, _ bytes: [UInt8], _ position: inout Int, depth: Int) -> ThriftTree? {
        guard depth < 32 else { return nil }
        switch kind {
        case Kind.byte:
            guard let byte = take(1, bytes, &position)?.first else { return nil }
            return .integer(kind: kind, Int64(Int8(bitPattern: byte)))
        case Kind.int16 ... Kind.int64:
            guard let value = varint(bytes, &position) else { return nil }
            return .integer(kind: kind, Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1))
        case Kind.double, Kind.uuid:
            return take(kind == Kind.double ? 8 : 16, bytes, &position).map { .fixed(kind: kind, $0) }
        case Kind.binary:
            guard let count = varint(bytes, &position).flatMap(Int.init(exactly:)) else { return nil }
            return take(count, bytes, &position).map { .binary($0) }
        case Kind.list, Kind.set: return readList(kind, bytes, &position, depth)
        case Kind.structure: return readFields(bytes, &position, depth)
        default: return nil
        }
    }

    private static func readList(_ kind: UInt8, _ bytes: [UInt8], _ position: inout Int, _ depth: Int) -> ThriftTree? {
        guard let head = take(1, bytes, &position)?.first else { return nil }
        let long = head >> 4 == 15 ? varint(bytes, &position).flatMap(Int.init(exactly:)) : Int(head >> 4)
        guard let count = long, count <= bytes.count - position else { return nil }
        var elements: [ThriftTree] = []
        for _ in 0 ..< count {
            if head & 15 == Kind.yes || head & 15 == Kind.no {
                guard let byte = take(1, bytes, &position)?.first else { return nil }
                elements.append(.bool(byte == Kind.yes))
            } else {
                guard let element = read(head & 15, bytes, &position, depth: depth + 1) else { return nil }
                elements.append(element)
            }
        }
        return .list(kind: kind, elementKind: head & 15, elements, claimed: count)
    }

    private static func readFields(_ bytes: [UInt8], _ position: inout Int, _ depth: Int) -> ThriftTree? {
        var fields: [Field] = []
        var last: Int64 = 0
        while let head = take(1, bytes, &position)?.first {
            if head == 0 { return .structure(fields) }
            if head >> 4 == 0 {
                guard let long = varint(bytes, &position) else { return nil }
                last = Int64(bitPattern: long >> 1) ^ -Int64(bitPattern: long & 1)
            } else {
                last += Int64(head >> 4)
            }
            let kind = head & 15
            if kind == Kind.yes || kind == Kind.no {
                fields.append(Field(id: last, value: .bool(kind == Kind.yes)))
            } else {
                guard let value = read(kind, bytes, &position, depth: depth + 1) else { return nil }
                fields.append(Field(id: last, value: value))
            }
        }
        return nil
    }

    private static func take(_ count: Int, _ bytes: [UInt8], _ position: inout Int) -> [UInt8]? {
        guard count >= 0, position >= 0, count <= bytes.count - position else { return nil }
        defer { position += count }
        return Array(bytes[position ..< position + count])
    }

    private static func varint(_ bytes: [UInt8], _ position: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0 as UInt64, to: 64, by: 7) {
            guard let byte = take(1, bytes, &position)?.first else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}

/// Writing.
extension ThriftTree {
    /// The bytes of the value.
    func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private var kind: UInt8 {
        switch self {
        case .bool(let value): value ? Kind.yes : Kind.no
        case .integer(let kind, _), .fixed(let kind, _), .list(let kind, _, _, _): kind
        case .binary: Kind.binary
        case .structure: Kind.structure
        }
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .bool(let value): bytes.append(value ? Kind.yes : Kind.no)
        case .integer(Kind.byte, let value): bytes.append(UInt8(truncatingIfNeeded: value))
        case .integer(_, let value): Self.append(zigzag: value, to: &bytes)
        case .fixed(_, let value): bytes.append(contentsOf: value)
        case .binary(let value):
            Self.append(varint: UInt64(value.count), to: &bytes)
            bytes.append(contentsOf: value)
        case .list(_, let elementKind, let elements, let claimed):
            if (0 ..< 15).contains(claimed) {
                bytes.append(UInt8(claimed) << 4 | elementKind)
            } else {
                bytes.append(0xF0 | elementKind)
                Self.append(varint: UInt64(bitPattern: Int64(claimed)), to: &bytes)
            }
            for element in elements { element.write(to: &bytes) }
        case .structure(let fields):
            var last: Int64 = 0
            for field in fields {
                let (step, overflow) = field.id.subtractingReportingOverflow(last)
                if !overflow, (1 ... 15).contains(step) {
                    bytes.append(UInt8(step) << 4 | field.value.kind)
                } else {
                    bytes.append(field.value.kind)
                    Self.append(zigzag: field.id, to: &bytes)
                }
                last = field.id
                if case .bool = field.value { continue }
                field.value.write(to: &bytes)
            }
            bytes.append(0)
        }
    }

    private static func append(varint value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func append(zigzag value: Int64, to bytes: inout [UInt8]) {
        append(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)), to: &bytes)
    }
}
