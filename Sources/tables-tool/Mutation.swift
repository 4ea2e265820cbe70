private import TestSupport

/// Changes of a Thrift tree that leave it well-formed (mostly) and make it say something else.
extension SplitMix {
    /// Changes 1 to 3 values of the tree.
    ///
    /// - Parameter sizes: numbers that mean something in the file, such as its length.
    mutating func mutate(_ tree: inout ThriftTree, sizes: [Int64]) {
        for _ in 0 ... below(3) {
            tree.change(node: below(tree.nodeCount)) { node in
                switch node {
                case .bool(let value): node = .bool(!value)
                case .integer(let kind, let value): node = .integer(kind: kind, integer(near: value, sizes))
                case .fixed(let kind, let value): node = .fixed(kind: kind, value.map { _ in UInt8(below(256)) })
                case .binary(let value): node = .binary(binary(from: value))
                case .list(let kind, let elementKind, let elements, _):
                    node = list(kind, elementKind, elements)
                case .structure(let fields): node = .structure(self.fields(from: fields))
                }
            }
        }
    }

    private mutating func integer(near value: Int64, _ sizes: [Int64]) -> Int64 {
        switch below(7) {
        case 0: [0, 1, -1, 2, 7][below(5)]
        case 1: [.max, .min, Int64(Int32.max), Int64(Int32.min), Int64(UInt32.max), .max / 2][below(6)]
        case 2: (1 as Int64) << Int64(below(63)) &+ Int64(below(3)) &- 1
        case 3: value &+ Int64(below(9)) &- 4
        case 4: value &* [2, 8, 1000, 1 << 16, 1 << 32][below(5)]
        case 5: sizes[below(sizes.count)] &+ Int64(below(5)) &- 2
        default: Int64(below(20))
        }
    }

    private mutating func binary(from value: [UInt8]) -> [UInt8] {
        switch below(5) {
        case 0: []
        case 1: Array(value.dropLast())
        case 2: value + [0xFF]
        case 3: value + Array(repeating: UInt8(ascii: "x"), count: 1 << below(14))
        default: value.map { below(4) == 0 ? UInt8(below(256)) : $0 }
        }
    }

    private mutating func list(_ kind: UInt8, _ elementKind: UInt8, _ elements: [ThriftTree]) -> ThriftTree {
        var elements = elements
        var claimed: Int?
        switch below(6) {
        case 0: elements = []
        case 1: elements = Array(elements.dropLast())
        case 2: elements += elements
        case 3:
            if let element = elements.randomElement(using: &self) {
                elements += Array(repeating: element, count: 1 << below(10))
            }
        case 4: elements.shuffle(using: &self)
        default: claimed = [0, elements.count + 1, 1 << 20, Int(Int32.max), .max, -1][below(6)]
        }
        return .list(kind: kind, elementKind: elementKind, elements, claimed: claimed ?? elements.count)
    }

    private mutating func fields(from fields: [ThriftTree.Field]) -> [ThriftTree.Field] {
        var fields = fields
        guard !fields.isEmpty else { return [ThriftTree.Field(id: Int64(1 + below(20)), value: nested())] }
        let index = below(fields.count)
        switch below(6) {
        case 0: fields.remove(at: index)
        case 1: fields.append(fields[index])
        case 2: fields[index].id = Int64(below(25))
        case 3:
            let other = below(fields.count)
            (fields[index].value, fields[other].value) = (fields[other].value, fields[index].value)
        case 4: fields[index].value = nested()
        default: fields.shuffle(using: &self)
        }
        return fields
    }

    /// Structs in structs, up to more than a reader should follow.
    private mutating func nested() -> ThriftTree {
        var tree = ThriftTree.structure([])
        for _ in 0 ..< below(40) { tree = .structure([ThriftTree.Field(id: 1, value: tree)]) }
        return tree
    }
}
