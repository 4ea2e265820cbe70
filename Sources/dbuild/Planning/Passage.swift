import Artifact

/// Whether the way to a path leads through links that lead now where they led when outputs were put in place.
///
/// Each directory is looked at once.
struct Passage {
    private let ways: [Path: Way]
    private let disk: any Disk
    /// By directory: the link in the way; inside, nil where there is none.
    private var known: [Path: Path?] = [:]

    init(_ ways: [Path: Way], _ disk: any Disk) {
        self.ways = ways
        self.disk = disk
    }

    /// - Returns: the first link above a path through which nothing was put in place.
    mutating func obstacle(above path: Path) throws(DiskError) -> Path? {
        let directory = path.directory
        if directory.bytes.isEmpty { return nil }
        if let found = known[directory] { return found }
        let found: Path?
        if let above = try obstacle(above: directory) {
            found = above
        } else {
            found =
                try disk.stamp(directory, followsLink: false)?.type == .link && !isKnown(link: directory)
                ? directory : nil
        }
        known[directory] = .some(found)
        return found
    }

    /// Whether outputs were put in place through a link as it is now.
    func isKnown(link: Path) -> Bool {
        guard case .link(let target)? = ways[link] else { return false }
        return (try? disk.linkTarget(link)) == target
    }
}
