package import Hashing

/// One function, table or type of the code that a recipe reaches.
package struct CodeAtom: Hashable, Packable {
    /// As the compiler spells it.
    package let name: String
    package let digest: Digest

    package init(name: String, digest: Digest) {
        self.name = name
        self.digest = digest
    }

    package func pack(into packer: inout Packer) {
        packer.string(name)
        packer.digest(digest)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        name = try unpacker.text()
        digest = try unpacker.digest()
    }
}
