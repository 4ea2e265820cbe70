/// A directory whose members are artifacts, by its path relative to the workspace.
///
///     struct Split: Recipe { @Output var parts: Tree … }
///     split.parts["JFK-LAX.parquet"]      an artifact of its own: who reads it sees nothing of its siblings
///
/// One action writes all of it. In `Recipe.run` it is a directory to read from or write to; one that is written
/// exists and is empty when the recipe starts.
public struct Tree: Hashable, Sendable {
    let directory: Artifact

    public init(_ path: String) { directory = Artifact(path) }
    init(_ directory: Artifact) { self.directory = directory }

    public var path: String { directory.path }

    /// A member, by its path within the directory.
    public subscript(_ member: String) -> Artifact { directory.isAwaited ? directory : Artifact(path + "/" + member) }
    public subscript<T: TypedArtifact>(_ member: String) -> T { T(artifact: self[member]) }

    /// The names of the members, whatever they hold.
    public var listing: Listing { Listing(directory) }

    /// The paths of the files in the directory on disk, relative to it, sorted by their bytes.
    ///
    /// - Throws: `FileFailure`.
    public func members() throws -> [String] { try listFiles(below: path) }
}

/// The names in a `Tree`: an action that reads it runs again only when members come or go.
public struct Listing: Hashable, Sendable {
    let directory: Artifact

    init(_ directory: Artifact) { self.directory = directory }

    public var path: String { directory.path }

    /// The paths of the files in the directory on disk, relative to it, sorted by their bytes.
    ///
    /// - Throws: `FileFailure`.
    public func members() throws -> [String] { try listFiles(below: path) }
}

extension Tree: ExpressibleByStringInterpolation, CustomStringConvertible {
    public init(stringLiteral path: String) { self.init(path) }
    public var description: String { path }
}

extension Tree: Wiring, Referring {
    var wired: Wired { directory.isAwaited ? .awaited(path) : .known(.tree(path)) }

    public static func awaited(_ artifact: Artifact) -> Tree { Tree(.awaited(artifact)) }
    public init(from decoder: any Decoder) throws {
        self.init(try reference(from: decoder, kind: .tree, aspect: .bytes).path)
    }
    public func encode(to encoder: any Encoder) throws { try encode(referring: self, to: encoder) }
}

extension Listing: Wiring, Referring {
    var wired: Wired { directory.isAwaited ? .awaited(path) : .known(.listing(path)) }

    public static func awaited(_ artifact: Artifact) -> Listing { Listing(.awaited(artifact)) }
    public init(from decoder: any Decoder) throws {
        self.init(Artifact(try reference(from: decoder, kind: .tree, aspect: .listing).path))
    }
    public func encode(to encoder: any Encoder) throws { try encode(referring: self, to: encoder) }
}
