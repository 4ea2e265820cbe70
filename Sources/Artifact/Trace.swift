package import Hashing

/// What a finished action had as its key and what it gave: a verifying trace.
package struct Trace: Hashable, Sendable {
    package var key: Digest
    /// Every part of the key, so that a reason can say which one changed, from what to what; as they are recorded, since
    /// of a gather they are very many.
    package var packedParts: PackedKeyParts
    package var parts: [KeyPart] { packedParts.parts }
    package var outputs: [Output]
    /// Inputs that the rule accepts to be without and that were missing: the result is degraded.
    package var missing: [Path]
    /// What the action looked at without declaring it.
    package var discovered: [Discovered]
    /// Somebody else made the outputs: they were recorded as they were.
    package var isAdopted: Bool
    /// The run's instant, nanoseconds since 1970-01-01T00:00:00Z.
    package var builtAtNanoseconds: Int64
    /// By the clock, nanoseconds since 1970-01-01T00:00:00Z: for people, no decision reads it.
    package var startedAtNanoseconds: Int64
    package var run: Int64
    package var durationSeconds: Double
    package var peakBytes: UInt64
    /// Of the files it read, together; 0 where nobody knows.
    package var inputBytes: UInt64

    package init(
        key: Digest, parts: [KeyPart], outputs: [Output], missing: [Path] = [], discovered: [Discovered] = [],
        isAdopted: Bool = false, builtAtNanoseconds: Int64, startedAtNanoseconds: Int64 = 0, run: Int64,
        durationSeconds: Double, peakBytes: UInt64, inputBytes: UInt64 = 0
    ) {
        self.init(
            key: key, packedParts: PackedKeyParts(parts), outputs: outputs, missing: missing, discovered: discovered,
            isAdopted: isAdopted, builtAtNanoseconds: builtAtNanoseconds, startedAtNanoseconds: startedAtNanoseconds,
            run: run, durationSeconds: durationSeconds, peakBytes: peakBytes, inputBytes: inputBytes)
    }

    package init(
        key: Digest, packedParts: PackedKeyParts, outputs: [Output], missing: [Path] = [],
        discovered: [Discovered] = [],
        isAdopted: Bool = false, builtAtNanoseconds: Int64, startedAtNanoseconds: Int64 = 0, run: Int64,
        durationSeconds: Double, peakBytes: UInt64, inputBytes: UInt64 = 0
    ) {
        self.key = key
        self.packedParts = packedParts
        self.outputs = outputs
        self.missing = missing
        self.discovered = discovered
        self.isAdopted = isAdopted
        self.startedAtNanoseconds = startedAtNanoseconds
        self.builtAtNanoseconds = builtAtNanoseconds
        self.run = run
        self.durationSeconds = durationSeconds
        self.peakBytes = peakBytes
        self.inputBytes = inputBytes
    }

    /// An output as it was published; a tree with everything in it.
    package struct Output: Hashable, Packable {
        package var path: Path
        package var content: Content
        /// Of a tree: its members below it, sorted by path.
        package var members: [Member]

        package init(path: Path, content: Content, members: [Member] = []) {
            self.path = path
            self.content = content
            self.members = members
        }

        package func pack(into packer: inout Packer) {
            path.pack(into: &packer)
            content.pack(into: &packer)
            packer.list(members)
        }

        package init(from unpacker: inout Unpacker) throws(UnpackError) {
            path = try Path(from: &unpacker)
            content = try Content(from: &unpacker)
            members = try unpacker.list(of: Member.self)
        }
    }

    /// A file, link or directory in a tree, by its path below the tree.
    package struct Member: Hashable, Packable {
        package var path: Path
        package var content: Content

        package init(path: Path, content: Content) {
            self.path = path
            self.content = content
        }

        package func pack(into packer: inout Packer) {
            path.pack(into: &packer)
            content.pack(into: &packer)
        }

        package init(from unpacker: inout Unpacker) throws(UnpackError) {
            path = try Path(from: &unpacker)
            content = try Content(from: &unpacker)
        }
    }

    /// Whose trace it is: the set of paths that are published together.
    package static func identity(of outputs: [Path]) -> Digest {
        var packer = Packer()
        return identity(of: outputs.sorted().map { $0.bytes[...] }, &packer)
    }

    /// The same of paths where they lie, sorted.
    ///
    /// - Parameter packer: room to work in.
    package static func identity(of sorted: [ArraySlice<UInt8>], _ packer: inout Packer) -> Digest {
        packer.removeAll()
        packer.list(sorted) { packer, path in packer.string(path) }
        return XXH3.digest(packer.bytes)
    }
}

extension Trace.Output {
    /// A tree's member by its path below the tree.
    package func member(_ name: Path) -> Trace.Member? {
        let place = place(of: name)
        return place < members.count && members[place].path == name ? members[place] : nil
    }

    /// What lies below a directory of a tree, by its path below that directory.
    package func members(below directory: Path) -> [Trace.Member] {
        // All that begin with the directory's name and a slash follow one another.
        let first = place(of: Path(directory.bytes + [UInt8(ascii: "/")]))
        return members[first...].lazy.map { ($0.path.below(directory), $0.content) }.prefix { $0.0 != nil }
            .compactMap { name, content in name.map { Trace.Member(path: $0, content: content) } }
    }

    /// What an artifact in a tree holds: a file its bytes, a directory all that is in it.
    package func content(at name: Path) -> Content? {
        guard let member = member(name) else { return nil }
        return member.content == .directory ? Census.treeContent(members(below: name)) : member.content
    }

    /// Where a name is, or would be, among the sorted members.
    private func place(of name: Path) -> Int {
        var low = 0
        var high = members.count
        while low < high {
            let middle = (low + high) / 2
            if members[middle].path < name { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// One of the facts that determine an action's outputs.
package struct KeyPart: Hashable, Packable {
    package enum Kind: UInt8, Sendable {
        case format = 1
        case recipe, parameter, cpus, seed, output, input, code, library, platform, environment, tool, probe
    }

    package let kind: Kind
    package let name: [UInt8]
    package let value: [UInt8]

    package init(_ kind: Kind, _ name: [UInt8], _ value: [UInt8]) {
        self.kind = kind
        self.name = name
        self.value = value
    }

    /// Of all parts but the inputs: what is known of a key before its inputs are.
    package static func digestWithoutInputs(_ parts: [KeyPart]) -> Digest {
        var packer = Packer()
        packer.list(parts.filter { $0.kind != .input })
        return XXH3.digest(packer.bytes)
    }

    package func pack(into packer: inout Packer) {
        packer.byte(kind.rawValue)
        packer.string(name)
        packer.string(value)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        guard let kind = Kind(rawValue: try unpacker.byte()) else { throw .malformed }
        self.kind = kind
        name = try unpacker.string()
        value = try unpacker.string()
    }
}
