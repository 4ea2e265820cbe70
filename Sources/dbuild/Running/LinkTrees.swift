import Artifact
import Hashing

/// The trees of links that lie in a workspace: finds them, and tells whether they are as they were made.
struct LinkTrees: Sendable {
    let disk: any Disk
    /// The workspace's directory.
    let root: String
    let boot: String

    static let directory = Path(".dbuild/links")
    static let unfinished = directory / Path("new")
    /// Says how everything was when it had been made. Without it a place is spoilt.
    static let notes = Path("stamps")

    init(_ disk: any Disk, root: String, boot: String) { (self.disk, self.root, self.boot) = (disk, root, boot) }

    /// Where just these links lie, if they do.
    func place(of wanted: InputLinks.Shared) -> Path {
        var packer = Packer()
        packer.string(root)
        packer.digest(wanted.digest)
        return Self.directory / Path("\(XXH3.digest(packer.bytes))")
    }

    /// - Parameter action: its name.
    func owner(_ action: String, of wanted: InputLinks.Shared) -> Digest {
        var packer = Packer()
        packer.string(root)
        packer.string(action)
        packer.string(wanted.directory.bytes)
        return XXH3.digest(packer.bytes)
    }

    /// What lies at a place.
    enum Found {
        case tree(LinkTree)
        /// It was changed, and is never used again.
        case spoilt
        /// Nothing that can be used.
        case nothing
    }

    func find(_ place: Path) throws -> Found {
        guard try disk.stamp(place, followsLink: false) != nil else { return .nothing }
        // The links may lead up from here.
        guard try isInWorkspace() else { return .nothing }
        guard try disk.stamp(place / Self.notes, followsLink: false) != nil else { return .spoilt }
        guard let tree = try tree(at: place), try isIntact(tree) else { return .nothing }
        return .tree(tree)
    }

    /// As they were when they had been made.
    func all() throws -> [LinkTree] {
        guard try isInWorkspace() else { return [] }
        return try places().filter { $0.path != Self.unfinished }.compactMap { try tree(at: $0.path) }
    }

    private func tree(at place: Path) throws -> LinkTree? {
        guard try disk.stamp(place / Self.notes, followsLink: false)?.type == .file else { return nil }
        return LinkTree(at: place, notes: try disk.read(place / Self.notes), boot: boot)
    }

    /// Whatever lies where trees do, and when it was made.
    func places() throws(DiskError) -> [(path: Path, made: Int64)] {
        guard try disk.stamp(Self.directory, followsLink: false) != nil else { return [] }
        var places: [(path: Path, made: Int64)] = []
        for name in try disk.names(in: Self.directory) {
            let path = Self.directory / name
            places.append((path, try disk.stamp(path / Self.notes, followsLink: false)?.modifiedNanoseconds ?? 0))
        }
        return places
    }

    func remove(_ place: Path) { disk.removeLoosely(place) }

    /// No name can come into a directory, go, or stand for something else, and leave its stamp.
    func isIntact(_ tree: LinkTree) throws(DiskError) -> Bool {
        for directory in tree.directories {
            guard try disk.stamp(tree.place / directory.path, followsLink: false) == directory.stamp else {
                return false
            }
        }
        return true
    }

    /// Whether the way up from here leads to the workspace: somebody may have put `.dbuild` elsewhere.
    func isInWorkspace() throws(DiskError) -> Bool {
        for directory in [Self.directory.directory, Self.directory] {
            guard try disk.stamp(directory, followsLink: false)?.type == .directory else { return false }
        }
        return true
    }

    /// Has a tree that was changed not used again.
    ///
    /// - Returns: what is otherwise, relative to the workspace.
    func spoil(_ tree: LinkTree, of wanted: InputLinks.Shared) throws(DiskError) -> Path {
        try disk.remove(tree.place / Self.notes)
        return change(of: wanted, tree)
    }

    /// The first name that is another link, or is gone, so that what is said names what somebody did; where that is a new
    /// name, or nothing of it is left to be seen, the directory.
    private func change(of wanted: InputLinks.Shared, _ tree: LinkTree) -> Path {
        let place = tree.place
        let links = Set(wanted.names.map { LinkTree.top / $0 })
        let directories = Set(tree.directories.map(\.path))
        let spoilt = tree.directories.filter { (try? disk.stamp(place / $0.path, followsLink: false)) != $0.stamp }
        func isAsMade(_ path: Path, in directory: LinkTree.Directory) -> Bool {
            guard let stamp = try? disk.stamp(place / path, followsLink: false) else { return false }
            // The directory's stamp is of when all its links had been made.
            return links.contains(path)
                ? stamp.type == .link && stamp.changedNanoseconds <= directory.stamp.changedNanoseconds
                : directories.contains(path) && stamp.type == .directory
        }
        var found: [Path] = []
        for directory in spoilt {
            let names = (try? disk.names(in: place / directory.path)) ?? []
            for path in names.map({ directory.path / $0 }) where !isAsMade(path, in: directory) {
                // Of a name that nobody gave, its directory: nothing that is read lies there.
                found.append(links.contains(path) || directories.contains(path) ? path : directory.path)
            }
        }
        if found.isEmpty {
            let changed = Set(spoilt.map(\.path))
            found = links.union(directories).filter { path in
                changed.contains(path.directory) && (try? disk.stamp(place / path, followsLink: false)) == nil
            }
        }
        let first = found.min() ?? spoilt.first?.path
        return first?.below(LinkTree.top).map { wanted.directory / $0 } ?? wanted.directory
    }
}
