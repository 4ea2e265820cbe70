/// Writes tagged values: names are said once, and a string says only where it departs from the last of its name.
package final class WireWriter {
    /// One struct, so that a call into this class is one access to check and not one for every byte.
    private var stream = Stream()

    package init() {}

    package var count: Int { stream.bytes.count }
    package var bytes: [UInt8] { stream.bytes }

    /// Forgets the bytes, but not the names: for the next part of one stream.
    package func removeBytes() { stream.bytes.removeAll(keepingCapacity: true) }

    package func tag(_ tag: Tag) { stream.bytes.append(tag.rawValue) }
    package func byte(_ byte: UInt8) { stream.bytes.append(byte) }

    /// - Precondition: `value` is not negative: a reader refuses it.
    package func number(_ value: Int) { stream.number(UInt64(bitPattern: Int64(value))) }
    package func number(_ value: UInt64) { stream.number(value) }

    package func double(_ value: Double) {
        for i in 0 ..< 8 as Range<UInt64> { byte(UInt8(truncatingIfNeeded: value.bitPattern >> (8 * i))) }
    }

    package func name(_ text: String) { stream.name(text) }
    package func string(_ text: String) { stream.string(text) }

    package func value(_ text: String) { stream.value(text) }
    func value(_ reference: Reference) { stream.value(reference) }
    func awaited(_ path: String) { stream.awaited(path) }

    /// A text under a name of its own, so that it is compared with the last such text.
    package func text(_ name: String, _ text: String) { stream.text(name, text) }
}

private struct Stream {
    var bytes: [UInt8] = []
    var names = [Name(text: "")]
    var identifiers: [String: Int] = [:]
    /// The name said last.
    var current = 0

    struct Name {
        let text: String
        /// The string said last under this name.
        var previous: [UInt8] = []
        /// The name that followed this one last time: nearly always the one that follows again.
        var follower = 0
    }

    mutating func number(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    mutating func name(_ text: String) {
        var found = names[current].follower
        if found == 0 || names[found].text != text {
            found = identifiers[text] ?? names.count
            names[current].follower = found
        }
        current = found
        number(UInt64(found))
        guard found == names.count else { return }
        identifiers[text] = found
        names.append(Name(text: text))
        number(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { new in
            let shared = unsafe sharedPrefix(new, names[current].previous)
            number(UInt64(shared))
            number(UInt64(new.count - shared))
            unsafe bytes.append(contentsOf: new[shared...])
            names[current].previous.removeSubrange(shared...)
            unsafe names[current].previous.append(contentsOf: new[shared...])
        }
    }
}

extension Stream {
    mutating func value(_ text: String) {
        bytes.append(Tag.string.rawValue)
        string(text)
    }

    mutating func value(_ reference: Reference) {
        bytes.append(Tag.reference.rawValue)
        bytes.append(reference.code)
        string(reference.path)
    }

    mutating func awaited(_ path: String) {
        bytes.append(Tag.awaited.rawValue)
        string(path)
    }

    mutating func text(_ name: String, _ text: String) {
        self.name(name)
        string(text)
    }
}

private func sharedPrefix(_ new: UnsafeBufferPointer<UInt8>, _ previous: [UInt8]) -> Int {
    let most = min(new.count, previous.count)
    var shared = 0
    while shared < most, unsafe new[shared] == previous[shared] { shared += 1 }
    return shared
}

extension WireWriter {
    package func value(_ value: Int) {
        tag(.int)
        number(UInt64(bitPattern: Int64(value << 1 ^ value >> 63)))
    }
    package func value(_ value: Bool) { tag(value ? .yes : .no) }
    package func value(_ value: UInt64) {
        tag(.uint)
        number(value)
    }
    package func value(_ value: Double) {
        tag(.double)
        double(value)
    }
    package func bool(_ value: Bool) { number(value ? 1 : 0) }

    package func place(_ place: Place) {
        text("file", place.file)
        number(place.line)
    }
}

extension WireWriter {
    /// A moment in the writing to which `rewind` can go back.
    struct Mark {
        fileprivate let bytes: Int
        fileprivate let names: Int
    }

    var mark: Mark { Mark(bytes: stream.bytes.count, names: stream.names.count) }

    /// Unsays what was written since, so that nobody who reads on misses a name or a string of it.
    ///
    /// - Precondition: the bytes have not been removed in between.
    func rewind(to mark: Mark) {
        stream.bytes.removeSubrange(mark.bytes...)
        for name in stream.names[mark.names...] { stream.identifiers[name.text] = nil }
        stream.names.removeSubrange(mark.names...)
        for index in stream.names.indices {
            stream.names[index].follower = 0
            // A whole string is right whatever its reader holds.
            stream.names[index].previous = []
        }
        stream.current = 0
    }
}
