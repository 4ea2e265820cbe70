/// A handle that goes over the wire as a reference, so that an artifact is told from other text.
protocol Referring: Encodable {
    var path: String { get }
    var wired: Wired { get }
}

/// What a handle refers to.
enum Wired {
    case known(Reference)
    /// What must be built before anybody can say.
    case awaited(String)
}

extension Encodable {
    /// Encodes a handle as a whole: `RecipeEncoder` knows what to do with it. Any other encoder gets its path.
    func encode(referring handle: some Referring, to encoder: any Encoder) throws {
        if let encoder = encoder as? RecipeEncoder { return try encoder.encode(handle) }
        var container = encoder.singleValueContainer()
        try container.encode(handle.path)
    }
}

/// The artifact that a decoder stands at, if it is one of this kind.
func reference(
    from decoder: any Decoder, kind: Reference.Kind, aspect: Reference.Aspect
) throws -> Reference {
    let reference = try reference(from: decoder)
    guard reference.kind == kind, reference.aspect == aspect else { throw mismatch("a \(kind) (\(aspect))") }
    return reference
}

func reference(from decoder: any Decoder) throws -> Reference {
    guard let decoder = decoder as? RecipeDecoder, case .reference(let reference) = decoder.value else {
        throw mismatch("an artifact")
    }
    return reference
}
