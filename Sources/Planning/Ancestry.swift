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

    /// Something that an action makes in a directory, the first by path.
    package func firstMade(below directory: Path) -> (path: Path, maker: ActionID)? {
        for artifact in artifacts {
            guard let maker = maker(of: artifact) else { continue }
            let path = path(of: artifact)
            if path.below(directory) != nil { return (path, maker) }
        }
        return nil
    }
}
