package import Artifact
package import Hashing

/// What parts of a recorded key say, for those who show them.
extension KeyPart {
    /// Of an input: what was read, as which property, and what it held; nil content: it was absent.
    package var input: (property: [UInt8], path: Path, content: Content?)? {
        guard kind == .input else { return nil }
        var place = Unpacker(name)
        var unpacker = Unpacker(value)
        guard let property = try? place.string(), (try? unpacker.byte()) != nil, let path = try? unpacker.string()
        else {
            return nil
        }
        return (property, Path(path), unpacker.isAtEnd ? nil : try? Content(from: &unpacker))
    }

    package var codeDigest: Digest? {
        guard kind == .code else { return nil }
        var unpacker = Unpacker(value)
        guard let high = try? unpacker.number(), let low = try? unpacker.number() else { return nil }
        return Digest(high: high, low: low)
    }

    /// Of a parameter: what it was.
    package var parameter: RecipeValue? {
        guard kind == .parameter else { return nil }
        var unpacker = Unpacker(value)
        return try? RecipeValue(from: &unpacker)
    }
}
