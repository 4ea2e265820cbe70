/// A file, by its path relative to the workspace.
///
/// In a rule it is a handle: the path alone connects the action that makes it with those that read it.
/// In `Recipe.run` it is where to read from or write to.
public struct Artifact: Hashable, Sendable {
    public let path: String

    /// True for the one stand-in of artifacts that nobody can list before `path` has been built.
    let isAwaited: Bool

    public init(_ path: String) {
        self.path = path
        isAwaited = false
    }

    init(awaited artifact: Artifact) {
        path = artifact.path
        isAwaited = true
    }
}

extension Artifact: ExpressibleByStringInterpolation, CustomStringConvertible {
    public init(stringLiteral path: String) { self.init(path) }
    public var description: String { path }
}

extension Artifact: Codable {
    public init(from decoder: any Decoder) throws { self.init(try Encoded(from: decoder).path(.file, .bytes)) }
    public func encode(to encoder: any Encoder) throws { try Encoded(self, as: .file(path)).write(to: encoder) }

    /// What an artifact is encoded as, so that it is told from other text.
    enum Encoded: Codable {
        case known(Reference)
        case awaited(String)

        init(_ artifact: Artifact, as reference: @autoclosure () -> Reference) {
            self = artifact.isAwaited ? .awaited(artifact.path) : .known(reference())
        }

        /// Hands itself to the encoder as a whole: `RecipeEncoder` knows the type.
        func write(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(self)
        }

        /// For any other encoder: the path.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .known(let reference): try container.encode(reference.path)
            case .awaited(let path): try container.encode(path)
            }
        }

        init(from decoder: any Decoder) throws {
            guard let decoder = decoder as? RecipeDecoder, case .reference(let reference) = decoder.value else {
                throw mismatch("an artifact")
            }
            self = .known(reference)
        }
    }
}

extension Artifact.Encoded {
    /// The path, where it is that of an artifact of this kind.
    func path(_ kind: Reference.Kind, _ aspect: Reference.Aspect) throws -> String {
        guard case .known(let reference) = self, reference.kind == kind, reference.aspect == aspect else {
            throw mismatch("a \(kind) (\(aspect))")
        }
        return reference.path
    }
}

/// An artifact of one kind, so that a model cannot be wired where a table is wanted.
///
///     struct Model: TypedArtifact { let artifact: Artifact }
public protocol TypedArtifact: Wiring, Hashable, ExpressibleByStringInterpolation, Groupable {
    var artifact: Artifact { get }
    init(artifact: Artifact)
}

extension TypedArtifact {
    public init(stringLiteral path: String) { self.init(artifact: Artifact(path)) }
    public var path: String { artifact.path }
    public init(from decoder: any Decoder) throws { self.init(artifact: try Artifact(from: decoder)) }
    public func encode(to encoder: any Encoder) throws { try artifact.encode(to: encoder) }
}
