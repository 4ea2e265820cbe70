import Artifact
import Hashing

/// Writes the parts of a key one behind another: what `KeyPart` packs, without a value for each.
struct KeyWriter {
    private var bytes: [UInt8] = []
    private var count = 0
    private var name: [UInt8] = []
    private var value: [UInt8] = []
    /// What the number of parts takes at most: it comes first, and is known last.
    private static let mostCountBytes = 10

    init(reserving byteCount: Int) {
        bytes.reserveCapacity(Self.mostCountBytes + byteCount)
        bytes.append(contentsOf: repeatElement(0, count: Self.mostCountBytes))
    }

    mutating func part(_ kind: KeyPart.Kind, _ name: [UInt8] = [], _ value: [UInt8]) {
        count += 1
        bytes.append(kind.rawValue)
        bytes.append(string: name)
        bytes.append(string: value)
    }

    mutating func part(_ part: KeyPart) { self.part(part.kind, part.name, part.value) }

    mutating func part(_ kind: KeyPart.Kind, _ name: [UInt8] = [], number: UInt64) {
        value.removeAll(keepingCapacity: true)
        value.append(number: number)
        part(kind, name, value)
    }

    /// A part that is named by a place in a property.
    ///
    /// - Parameter write: its value.
    mutating func part(
        _ kind: KeyPart.Kind, property: [UInt8], _ index: UInt32, _ write: (inout [UInt8]) -> Void
    ) {
        name.removeAll(keepingCapacity: true)
        name.append(string: property)
        name.append(number: UInt64(index))
        value.removeAll(keepingCapacity: true)
        write(&value)
        part(kind, name, value)
    }

    /// All of them, as a list. Moved where they lie: a gather's are many megabytes, and to get memory for them once more
    /// takes longer than to write them.
    mutating func takePacked() -> PackedKeyParts {
        var first: [UInt8] = []
        first.append(number: UInt64(count))
        bytes.replaceSubrange(..<Self.mostCountBytes, with: first)
        defer { bytes = [] }
        return PackedKeyParts(bytes)
    }
}

extension [UInt8] {
    /// As `Packer.number`.
    mutating func append(number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    /// As `Packer.string`.
    mutating func append(string: [UInt8]) {
        append(number: UInt64(string.count))
        append(contentsOf: string)
    }

    /// As `Content.pack`.
    mutating func append(_ content: Content) {
        append(content.kind.rawValue)
        for word in [content.fingerprint.digest.high, content.fingerprint.digest.low] {
            unsafe Swift.withUnsafeBytes(of: word.littleEndian) { unsafe append(contentsOf: $0) }
        }
        append(number: content.fingerprint.sizeBytes)
    }
}

extension Plan {
    /// As `Packer.string` writes its path, without a copy of it.
    func append(stringPathOf artifact: ArtifactID, to bytes: inout [UInt8]) {
        let (directory, leaf) = (directoryRange(directoryIndex(of: artifact)), leafRange(of: artifact))
        bytes.append(number: UInt64(directory.isEmpty ? leaf.count : directory.count + 1 + leaf.count))
        append(pathOf: artifact, to: &bytes)
    }

    /// The bytes of its path, without a copy of them in between.
    package func append(pathOf artifact: ArtifactID, to bytes: inout [UInt8]) {
        let (directory, leaf) = (directoryRange(directoryIndex(of: artifact)), leafRange(of: artifact))
        if !directory.isEmpty {
            unsafe blob.withUnsafeBytes(directory) { unsafe bytes.append(contentsOf: $0) }
            bytes.append(UInt8(ascii: "/"))
        }
        unsafe blob.withUnsafeBytes(leaf) { unsafe bytes.append(contentsOf: $0) }
    }
}
