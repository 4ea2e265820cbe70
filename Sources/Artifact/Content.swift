package import Hashing

/// XXH3-128 of content, with its size.
package struct Fingerprint: Hashable, BitwiseCopyable, Sendable {
    package let digest: Digest
    package let sizeBytes: UInt64

    package init(digest: Digest, sizeBytes: UInt64) {
        self.digest = digest
        self.sizeBytes = sizeBytes
    }
}

/// What an artifact holds: its kind and the fingerprint of its bytes.
package struct Content: Hashable, BitwiseCopyable, Sendable {
    package enum Kind: UInt8, Hashable, BitwiseCopyable, Sendable {
        case file = 1
        case executable = 2
        /// A symbolic link inside a tree; its fingerprint is that of the target's name.
        case link = 3
        /// A directory; its fingerprint is that of its sorted members.
        case tree = 4
    }

    package let kind: Kind
    package let fingerprint: Fingerprint

    package init(kind: Kind, fingerprint: Fingerprint) {
        self.kind = kind
        self.fingerprint = fingerprint
    }
}

extension Content: Packable {
    package func pack(into packer: inout Packer) {
        packer.byte(kind.rawValue)
        packer.digest(fingerprint.digest)
        packer.number(fingerprint.sizeBytes)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        guard let kind = Kind(rawValue: try unpacker.byte()) else { throw .malformed }
        self.kind = kind
        fingerprint = Fingerprint(digest: try unpacker.digest(), sizeBytes: try unpacker.number())
    }
}
