import Artifact

/// Writes recipes in the form in which a plan holds them: a `RecipeValue` with its fields' names as numbers of texts.
///
/// They are written while they are read, so nobody knows how long a list is when it begins.
package struct RecipeWriter: Sendable {
    private var packer = Packer()

    /// A list or object that has been begun.
    package struct Opening {
        fileprivate let countPlace: Int
    }

    var byteCount: Int { packer.count }
    /// All of them, one after another.
    var bytes: [UInt8] { packer.bytes }

    package mutating func absent() { tag(.absent) }
    package mutating func awaited() { tag(.awaited) }
    package mutating func bool(_ value: Bool) { tag(value ? .yes : .no) }

    package mutating func int(_ value: Int64) {
        tag(.int)
        packer.number(UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    package mutating func uint(_ value: UInt64) {
        tag(.uint)
        packer.number(value)
    }

    package mutating func double(bits: UInt64) {
        tag(.double)
        packer.fixed(bits)
    }

    package mutating func string(_ text: [UInt8]) {
        tag(.string)
        packer.string(text)
    }

    package mutating func input(ordinal: Int) {
        tag(.input)
        packer.number(ordinal)
    }

    package mutating func output(ordinal: Int) {
        tag(.output)
        packer.number(ordinal)
    }

    package mutating func beginObject() -> Opening { begin(.object) }
    package mutating func beginList() -> Opening { begin(.list) }

    /// The name of the field that follows.
    package mutating func name(_ text: UInt32) { packer.number(UInt64(text)) }

    /// - Parameter count: how many fields or values were written since it was begun.
    package mutating func end(_ opening: Opening, count: Int) { packer.replaceByte(at: opening.countPlace, by: count) }

    private mutating func begin(_ tag: RecipeTag) -> Opening {
        self.tag(tag)
        // Most are short: then a byte is what the count takes.
        packer.byte(0)
        return Opening(countPlace: packer.count - 1)
    }

    private mutating func tag(_ tag: RecipeTag) { packer.byte(tag.rawValue) }
}
