import Artifact
import Hashing

extension LinkTrees {
    /// Leads to the directory that the links are for: theirs stay short, which file systems keep without a block.
    private static let base = Path("of")
    /// How many directories lie between the workspace and a tree's top.
    private static let depth = 3
    /// So long is what file systems keep of a link in its inode (ext4: 59 bytes, and others no less).
    private static let mostInline = 59

    /// Makes a tree of just these links.
    ///
    /// - Parameter before: what the same owner had, as it was made, where that is to become this one: of a gather over all
    ///   days what a day adds is a small part.
    func make(_ wanted: InputLinks.Shared, at place: Path, for owner: Digest, from before: LinkTree?) throws -> LinkTree
    {
        try disk.makeDirectory(Self.directory)
        for path in [Self.unfinished, place] where try disk.stamp(path, followsLink: false) != nil {
            try disk.removeTree(path)
        }
        let paths: [Path]
        var directories: Set<Path>
        if let before {
            // Nobody believes what is unfinished, so that it may be changed from here on.
            try disk.rename(before.place, to: Self.unfinished)
            try disk.remove(Self.unfinished / Self.notes)
            (paths, directories) = try keep(wanted, of: before)
        } else {
            try disk.makeDirectory(Self.unfinished / LinkTree.top)
            try disk.makeLink(Self.unfinished / Self.base, to: Array((root + "/").utf8) + wanted.directory.bytes)
            (paths, directories) = (wanted.names.map { LinkTree.top / $0 }, [LinkTree.top])
        }
        try link(paths, of: wanted, &directories)
        let made = try directories.sorted().map { directory -> LinkTree.Directory in
            guard let stamp = try disk.stamp(Self.unfinished / directory, followsLink: false) else {
                throw DiskError(call: "stat", path: directory, errno: 2)
            }
            return LinkTree.Directory(path: directory, stamp: stamp)
        }
        // No later change may carry the same time.
        if let newest = made.map(\.stamp.changedNanoseconds).max() { disk.waitPast(newest) }
        let tree = LinkTree(place: place, owner: owner, directories: made)
        try disk.write(tree.notes(boot: boot), to: Self.unfinished / Self.notes)
        try disk.rename(Self.unfinished, to: place)
        return tree
    }

    /// - Parameters:
    ///   - paths: below the tree's place.
    ///   - directories: those that are there; more are made as they are needed.
    private func link(_ paths: [Path], of wanted: InputLinks.Shared, _ directories: inout Set<Path>) throws {
        let isBeside = try isInWorkspace()
        for path in paths {
            var above = path.directory
            if !directories.contains(above) { try disk.makeDirectory(Self.unfinished / above) }
            while directories.insert(above).inserted { above = above.directory }
            guard let name = path.below(LinkTree.top) else { continue }
            let steps = name.bytes.count { $0 == UInt8(ascii: "/") } + 1
            func upward(_ count: Int) -> [UInt8] {
                Array([[UInt8]](repeating: Array("../".utf8), count: count).joined())
            }
            // Straight to it, where that stays short: whoever reads it follows one link less.
            let straight = upward(Self.depth + steps) + (wanted.directory / name).bytes
            try disk.makeLink(
                Self.unfinished / path,
                to: isBeside && straight.count <= Self.mostInline ? straight : upward(steps) + (Self.base / name).bytes)
        }
    }

    /// Removes from what is unfinished what is not wanted any more.
    ///
    /// - Returns: of the tree's paths those that are still to be linked, and its directories that stay.
    private func keep(
        _ wanted: InputLinks.Shared, of before: LinkTree
    ) throws(DiskError) -> (paths: [Path], directories: Set<Path>) {
        var missing = Dictionary(grouping: wanted.names.map { LinkTree.top / $0 }, by: \.directory).mapValues {
            Set($0)
        }
        var above: Set<Path> = []
        for directory in missing.keys {
            var next = directory
            while !next.bytes.isEmpty, above.insert(next).inserted { next = next.directory }
        }
        let known = Set(before.directories.map(\.path))
        // Deepest first, so that directories are empty when their turn comes.
        for directory in known.sorted(by: >) {
            for name in try disk.names(in: Self.unfinished / directory) where !known.contains(directory / name) {
                if missing[directory]?.remove(directory / name) == nil {
                    try disk.remove(Self.unfinished / directory / name)
                }
            }
            if !above.contains(directory) { try disk.removeDirectory(Self.unfinished / directory) }
        }
        return (missing.values.joined().sorted(), known.intersection(above))
    }
}
