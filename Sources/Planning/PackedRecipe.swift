import Artifact

/// A recipe as the plan has it, read without making a value of everything in it: a gather's has a hundred thousand.
struct PackedRecipe {
    private let bytes: [UInt8]
    /// Whose texts the names of fields are numbers of; nil where they stand there themselves.
    private let plan: Plan?

    init(_ bytes: [UInt8], namedBy plan: Plan?) { (self.bytes, self.plan) = (bytes, plan) }

    /// A stored property, and where its value lies.
    struct Field {
        let name: [UInt8]
        let value: Range<Int>
    }

    /// - Returns: nil for a recipe that writes itself as a single value.
    func fields() throws(UnpackError) -> [Field]? {
        var cursor = PackedCursor(bytes)
        guard try cursor.byte() == RecipeTag.object.rawValue else { return nil }
        var fields: [Field] = []
        for _ in 0 ..< (try cursor.count()) {
            let name = try name(&cursor)
            let start = cursor.position
            try walk(&cursor, depth: 1) { _, _ in }
            fields.append(Field(name: name, value: start ..< cursor.position))
        }
        return fields
    }

    /// A value as it is packed by itself, with one and the same number in every artifact's place.
    func withoutOrdinals(_ range: Range<Int>) throws(UnpackError) -> [UInt8] {
        var cursor = PackedCursor(bytes, at: range.lowerBound)
        var written: [UInt8] = []
        written.reserveCapacity(range.count)
        var copied = range.lowerBound
        try walk(&cursor, depth: 0) { place, name in
            // Mostly the one byte that says what follows.
            if place.lowerBound - copied == 1 {
                written.append(bytes[copied])
            } else {
                written.append(contentsOf: bytes[copied ..< place.lowerBound])
            }
            if let name { written.append(string: name) } else { written.append(0) }
            copied = place.upperBound
        }
        written.append(contentsOf: bytes[copied ..< range.upperBound])
        return written
    }

    var whole: Range<Int> { 0 ..< bytes.count }

    /// What a command says of its surroundings, as far as that is in its key.
    func commandFacts(_ fields: [Field]) throws(UnpackError) -> Plan.CommandFacts {
        var said: [RecipeValue.Field] = []
        for field in fields where Self.named.contains(field.name) && !bytes[field.value].elementsEqual(Self.noItems) {
            var unpacker = Unpacker(Array(bytes[field.value]))
            let value = try RecipeValue(from: &unpacker) { unpacker throws(UnpackError) in
                guard let plan else { return try unpacker.string() }
                return try plan.fieldName(try unpacker.number())
            }
            said.append(RecipeValue.Field(name: field.name, value: value))
        }
        var facts = Plan.commandFacts(.object(said))
        facts.program = try fields.first { $0.name == Self.arguments }.flatMap { field throws(UnpackError) in
            try firstText(field.value)
        }
        return facts
    }

    private static let named = ["environment", "secrets", "probes"].map { Array($0.utf8) }
    private static let arguments = Array("arguments".utf8)
    /// A list, as it is packed, in which there is nothing: it says nothing.
    private static let noItems: [UInt8] = [RecipeTag.list.rawValue, 0]

    /// The first value of a list, if that is text.
    private func firstText(_ range: Range<Int>) throws(UnpackError) -> [UInt8]? {
        var cursor = PackedCursor(bytes, at: range.lowerBound)
        guard try cursor.byte() == RecipeTag.list.rawValue, try cursor.count() > 0,
            try cursor.byte() == RecipeTag.string.rawValue
        else { return nil }
        return Array(bytes[try cursor.string()])
    }

    private func name(_ cursor: inout PackedCursor) throws(UnpackError) -> [UInt8] {
        guard let plan else { return Array(bytes[try cursor.string()]) }
        return try plan.fieldName(try cursor.number())
    }

    /// Goes past one value.
    ///
    /// - Parameter replace: told where each field's name lies, with the name, and each artifact's number, with none.
    private func walk(
        _ cursor: inout PackedCursor, depth: Int, _ replace: (Range<Int>, [UInt8]?) -> Void
    ) throws(UnpackError) {
        guard depth < 200, let tag = RecipeTag(rawValue: try cursor.byte()) else { throw .malformed }
        switch tag {
        case .absent, .no, .yes, .awaited: return
        case .int, .uint: _ = try cursor.number()
        case .double: try cursor.skip(8)
        case .string: _ = try cursor.string()
        case .object:
            for _ in 0 ..< (try cursor.count()) {
                let start = cursor.position
                let name = try name(&cursor)
                replace(start ..< cursor.position, name)
                try walk(&cursor, depth: depth + 1, replace)
            }
        case .list: for _ in 0 ..< (try cursor.count()) { try walk(&cursor, depth: depth + 1, replace) }
        case .input, .output:
            let start = cursor.position
            guard try cursor.number() <= UInt64(UInt32.max) else { throw .malformed }
            replace(start ..< cursor.position, nil)
        }
    }
}

/// Reads what a `Packer` wrote by places instead of copies; anything else is an error.
struct PackedCursor {
    private let bytes: [UInt8]
    private(set) var position: Int

    init(_ bytes: [UInt8], at position: Int = 0) { (self.bytes, self.position) = (bytes, position) }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() throws(UnpackError) -> UInt8 {
        guard position < bytes.count else { throw .malformed }
        position += 1
        return bytes[position - 1]
    }

    mutating func number() throws(UnpackError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            // Of the tenth byte one bit is left.
            guard shift < 63 || next <= 1 else { throw .malformed }
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
            guard shift < 70 else { throw .malformed }
        }
    }

    /// A number of things that each take at least one byte.
    mutating func count() throws(UnpackError) -> Int {
        let value = try number()
        guard value <= UInt64(bytes.count - position) else { throw .malformed }
        return Int(value)
    }

    mutating func skip(_ count: Int) throws(UnpackError) {
        guard count <= bytes.count - position else { throw .malformed }
        position += count
    }

    /// Where it lies.
    mutating func string() throws(UnpackError) -> Range<Int> {
        let length = try count()
        position += length
        return position - length ..< position
    }

    /// Goes past one value, whatever is in it.
    mutating func skipValue(depth: Int = 0) throws(UnpackError) {
        guard depth < 200, let tag = RecipeTag(rawValue: try byte()) else { throw .malformed }
        switch tag {
        case .absent, .no, .yes, .awaited: return
        case .int, .uint: _ = try number()
        case .input, .output: guard try number() <= UInt64(UInt32.max) else { throw .malformed }
        case .double: try skip(8)
        case .string: _ = try string()
        case .object:
            for _ in 0 ..< (try count()) {
                _ = try number()
                try skipValue(depth: depth + 1)
            }
        case .list: for _ in 0 ..< (try count()) { try skipValue(depth: depth + 1) }
        }
    }
}

extension Plan {
    func packedRecipe(of action: ActionID) -> PackedRecipe {
        PackedRecipe(blob.bytes(recipeRange(of: action)), namedBy: self)
    }

    /// The name of a field by its number, as recipes in the plan have it.
    fileprivate func fieldName(_ number: UInt64) throws(UnpackError) -> [UInt8] {
        guard number < UInt64(textCount) else { throw .malformed }
        return text(UInt32(number))
    }
}
