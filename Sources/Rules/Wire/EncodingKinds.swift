/// What has to be done to write values of a type.
enum EncodingKind: UInt8 {
    case plain, artifact, artifacts, texts, unordered, optional, input, output, reference

    init<T>(of type: T.Type) {
        self =
            switch type {
            case is Artifact.Type: .artifact
            case is [Artifact].Type: .artifacts
            case is [String].Type: .texts
            case is any Referring.Type: .reference
            case is any Unordered.Type: .unordered
            case is any OptionalMarker.Type: .optional
            case is any InputMarker.Type: .input
            case is any OutputMarker.Type: .output
            default: .plain
            }
    }
}

/// The kinds of the types that were written last. Dynamic casts are slow, and a recipe has few types.
struct EncodingKinds {
    private struct Entry {
        var type: ObjectIdentifier?
        var kind = EncodingKind.plain
    }

    /// By a type's address: one that another has pushed out is found out again.
    private var entries = [Entry](repeating: Entry(), count: 256)

    mutating func kind<T>(of type: T.Type) -> EncodingKind {
        let identifier = ObjectIdentifier(type)
        // The lowest bits are the same for all: metadata is aligned.
        let place = (UInt(bitPattern: identifier) >> 3) % 256
        if entries[Int(place)].type == identifier { return entries[Int(place)].kind }
        let kind = EncodingKind(of: type)
        entries[Int(place)] = Entry(type: identifier, kind: kind)
        return kind
    }
}
