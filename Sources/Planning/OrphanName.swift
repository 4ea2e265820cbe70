package import Artifact

/// A word that a person names orphans with: their rule, a path, a directory above it, or a glob.
///
/// Of an orphan's cell nothing is recorded, so it has no name of the form `rule[axis=value]`.
package struct OrphanName: Sendable {
    private let word: [UInt8]
    private let path: Path
    private let isPath: Bool
    private let glob: Glob?

    package init(_ text: String) {
        isPath = text.hasPrefix("./")
        word = Array(text.utf8)
        path = Path(unprintable(isPath ? String(text.dropFirst(2)) : text))
        glob = text.contains(where: { "*?[".contains($0) }) ? Glob(path.bytes) : nil
    }

    package func matches(rule: [UInt8], _ output: Path) -> Bool {
        if !isPath, rule == word { return true }
        return output == path || output.below(path) != nil || glob?.matches(output.bytes) == true
    }
}
