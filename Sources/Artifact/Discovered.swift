/// A path that an action looked at while it ran, without its being declared, and what lay there.
package struct Discovered: Hashable, Packable {
    package var path: Path
    /// Nil: nothing did.
    package var content: Content?

    package init(path: Path, content: Content?) {
        self.path = path
        self.content = content
    }

    package func pack(into packer: inout Packer) {
        path.pack(into: &packer)
        packer.list(content.map { [$0] } ?? [])
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        path = try Path(from: &unpacker)
        content = try unpacker.list(of: Content.self).first
    }
}
