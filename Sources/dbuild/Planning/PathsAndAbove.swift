import Artifact

/// Very many paths, with the directories above them: who is asked of each of many others goes through none of them.
struct PathsAndAbove {
    private let paths: Set<Path>
    private let above: Set<Path>

    init(_ paths: Set<Path>) {
        self.paths = paths
        var above: Set<Path> = []
        for path in paths {
            var directory = path.directory
            while !directory.bytes.isEmpty, above.insert(directory).inserted { directory = directory.directory }
        }
        self.above = above
    }

    /// Whether a path is one of them, or one of them lies below it.
    func isOneOrAbove(_ path: Path) -> Bool { paths.contains(path) || above.contains(path) }

    /// Whether a path lies below one of them.
    func isBelow(_ path: Path) -> Bool {
        var directory = path.directory
        while !directory.bytes.isEmpty {
            if paths.contains(directory) { return true }
            directory = directory.directory
        }
        return false
    }
}
