package import Artifact

extension Plan {
    /// The action that makes what lies at a path: the path itself, or the tree in which it lies.
    package func maker(at path: Path) -> ActionID? {
        var place = path
        while !place.bytes.isEmpty {
            if let artifact = artifact(at: place), let maker = maker(of: artifact) { return maker }
            place = place.directory
        }
        return nil
    }

    /// Something that an action makes in a directory.
    package func firstMade(below directory: Path) -> (path: Path, maker: ActionID)? {
        let below = Path(directory.bytes + [UInt8(ascii: "/")])
        return firstMade(from: directory) { $0 == directory }
            ?? firstMade(from: below) { $0.bytes.starts(with: below.bytes) }
    }

    /// Artifacts are sorted by directory: all that lies in matching directories follows one another.
    private func firstMade(from first: Path, where matches: (Path) -> Bool) -> (path: Path, maker: ActionID)? {
        var low = 0
        var high = artifactCount
        while low < high {
            let middle = (low + high) / 2
            if self.directory(of: ArtifactID(middle)) < first { low = middle + 1 } else { high = middle }
        }
        for artifact in (low ..< artifactCount).lazy.map({ ArtifactID($0) }) {
            guard matches(self.directory(of: artifact)) else { return nil }
            if let maker = maker(of: artifact) { return (path(of: artifact), maker) }
        }
        return nil
    }
}
