/// An artifact in a recipe: its path, what it is, and what of it counts.
package struct Reference: Hashable, Sendable {
    package enum Kind: UInt8, Sendable { case file, tree }

    /// What of an input counts for whoever reads it.
    package enum Aspect: UInt8, Sendable {
        case bytes
        /// The names of a tree's members, whatever they hold.
        case listing
    }

    package let path: String
    package let kind: Kind
    package let aspect: Aspect

    package static func file(_ path: String) -> Reference { Reference(path: path, kind: .file, aspect: .bytes) }
    package static func tree(_ path: String) -> Reference { Reference(path: path, kind: .tree, aspect: .bytes) }
    package static func listing(_ path: String) -> Reference { Reference(path: path, kind: .tree, aspect: .listing) }
}

extension Reference {
    /// The same artifact at another place, as where it is staged.
    package func moved(to path: String) -> Reference { Reference(path: path, kind: kind, aspect: aspect) }

    /// Kind and aspect in one byte of the wire.
    var code: UInt8 { aspect.rawValue << 4 | kind.rawValue }

    init(path: String, code: UInt8) throws(WireError) {
        let (kind, aspect) = try Self.meaning(ofCode: code)
        self.init(path: path, kind: kind, aspect: aspect)
    }

    package static func meaning(ofCode code: UInt8) throws(WireError) -> (Kind, Aspect) {
        guard let kind = Kind(rawValue: code & 0xF), let aspect = Aspect(rawValue: code >> 4),
            kind == .tree || aspect != .listing
        else { throw .badReference(code) }
        return (kind, aspect)
    }
}
