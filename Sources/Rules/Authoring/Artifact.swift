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

extension Artifact: Codable, Referring {
    var wired: Wired { isAwaited ? .awaited(path) : .known(.file(path)) }

    public init(from decoder: any Decoder) throws {
        self.init(try reference(from: decoder, kind: .file, aspect: .bytes).path)
    }
    public func encode(to encoder: any Encoder) throws { try encode(referring: self, to: encoder) }
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
    public func encode(to encoder: any Encoder) throws { try encode(referring: artifact, to: encoder) }
}
