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

    /// An encoder of one key of a set meets one type.
    private var last = Entry()
    /// By a type's address: one that another has pushed out is found out again. Nothing before there is a second type.
    private var entries: [Entry] = []
    private static let entryCount = 256

    mutating func kind<T>(of type: T.Type) -> EncodingKind {
        let identifier = ObjectIdentifier(type)
        if last.type == identifier { return last.kind }
        let kind = kind(of: type, identifier)
        last = Entry(type: identifier, kind: kind)
        return kind
    }

    private mutating func kind<T>(of type: T.Type, _ identifier: ObjectIdentifier) -> EncodingKind {
        if last.type == nil { return EncodingKind(of: type) }
        if entries.isEmpty { entries = [Entry](repeating: Entry(), count: Self.entryCount) }
        // The lowest bits are the same for all: metadata is aligned.
        let place = Int((UInt(bitPattern: identifier) >> 3) % UInt(Self.entryCount))
        if entries[place].type == identifier { return entries[place].kind }
        let kind = EncodingKind(of: type)
        entries[place] = Entry(type: identifier, kind: kind)
        return kind
    }
}
