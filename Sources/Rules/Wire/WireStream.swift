/// What a `WireWriter` has written, and what its reader knows of it.
struct WireStream {
    private(set) var bytes: [UInt8] = []
    private var names = [Name(text: "")]
    private var identifiers: [String: Int] = [:]
    /// The name said last.
    private var current = 0
    /// Objects and lists that have been opened and not yet closed, and how many of them there were at most.
    private(set) var open = 0
    private(set) var deepest = 0
    /// What `constant` writes, and the name said last in it.
    private var known: (bytes: [UInt8], current: Int)?

    private struct Name {
        let text: String
        /// The string said last under this name.
        var previous: [UInt8] = []
        /// The name that followed this one last time: nearly always the one that follows again.
        var follower = 0
    }

    /// Forgets the bytes, but not the names.
    mutating func removeBytes() { bytes.removeAll(keepingCapacity: true) }

    mutating func tag(_ tag: Tag) { bytes.append(tag.rawValue) }
    mutating func byte(_ byte: UInt8) { bytes.append(byte) }

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
            let rest = unsafe UnsafeBufferPointer(rebasing: new[shared...])
            number(UInt64(shared))
            number(UInt64(rest.count))
            unsafe bytes.append(contentsOf: rest)
            names[current].previous.removeLast(names[current].previous.count - shared)
            unsafe names[current].previous.append(contentsOf: rest)
        }
    }
}

private func sharedPrefix(_ new: UnsafeBufferPointer<UInt8>, _ previous: [UInt8]) -> Int {
    unsafe previous.withUnsafeBufferPointer { previous in
        let most = min(new.count, previous.count)
        var shared = 0
        while shared < most, unsafe new[shared] == previous[shared] { shared += 1 }
        return shared
    }
}

// MARK: - Objects and lists

extension WireStream {
    /// Before a value that stands in no other.
    mutating func beginWhole() { (open, deepest) = (0, 0) }

    /// - Returns: what to close to, when the next thing in it is written.
    mutating func begin(_ tag: Tag) -> Int {
        self.tag(tag)
        open += 1
        deepest = max(deepest, open)
        return open
    }

    mutating func close(to depth: Int) {
        while open > depth {
            tag(.end)
            open -= 1
        }
    }

    /// The name of the next field of an object; what its last one has left open is closed.
    mutating func field(_ name: String, at depth: Int) {
        close(to: depth)
        self.name(name)
    }
}

// MARK: - Values

extension WireStream {
    mutating func value(_ text: String) {
        tag(.string)
        string(text)
    }

    mutating func value(_ value: Int) {
        tag(.int)
        number(UInt64(bitPattern: Int64(value << 1 ^ value >> 63)))
    }

    mutating func value(_ reference: Reference) {
        tag(.reference)
        byte(reference.code)
        string(reference.path)
    }

    mutating func value(_ wired: Wired) {
        switch wired {
        case .awaited(let path): awaited(path)
        case .known(let reference): value(reference)
        }
    }

    mutating func awaited(_ path: String) {
        tag(.awaited)
        string(path)
    }

    mutating func list<Element>(_ values: [Element], _ write: (inout WireStream, Element) -> Void) {
        tag(.list)
        for value in values { write(&self, value) }
        tag(.end)
    }

    /// A value, or that there is none.
    mutating func optional<Value>(_ value: Value?, _ write: (inout WireStream, Value) -> Void) {
        if let value { write(&self, value) } else { tag(.absent) }
    }

    /// Writes what is the same each time that this is called: once its names are said, the bytes are.
    ///
    /// - Parameter body: always the same one in a stream, which remembers the bytes of one: begins with a name, and
    ///   writes no string.
    mutating func constant(_ body: (inout WireStream) -> Void) {
        if let known {
            bytes += known.bytes
            current = known.current
            return
        }
        let (start, namesBefore) = (bytes.count, names.count)
        body(&self)
        if names.count == namesBefore { known = (Array(bytes[start...]), current) }
    }

    /// A text under a name of its own.
    mutating func text(_ name: String, _ text: String) {
        self.name(name)
        string(text)
    }

    /// A list of texts under a name of its own.
    mutating func texts(_ name: String, _ texts: [String]) {
        self.name(name)
        list(texts) { wire, text in wire.value(text) }
    }
}

// MARK: - Unsaying

extension WireStream {
    /// A moment in the writing to which `rewind` can go back.
    struct Mark {
        fileprivate let bytes: Int
        fileprivate let names: Int
    }

    var mark: Mark { Mark(bytes: bytes.count, names: names.count) }

    /// Unsays what was written since, so that nobody who reads on misses a name or a string of it.
    ///
    /// - Precondition: the bytes have not been removed in between.
    mutating func rewind(to mark: Mark) {
        bytes.removeSubrange(mark.bytes...)
        for name in names[mark.names...] { identifiers[name.text] = nil }
        names.removeSubrange(mark.names...)
        known = nil
        for index in names.indices {
            names[index].follower = 0
            // A whole string is right whatever its reader holds.
            names[index].previous = []
        }
        current = 0
    }
}
