import Artifact

/// Finds what the paths that an action reports mean: what it ran in mirrors the workspace.
struct ReadPlaces {
    /// Absolute, without links.
    let root: Path
    /// Where the action wrote, relative to the workspace.
    let staging: Path
    let disk: any Disk

    enum Place: Hashable {
        /// A path of the workspace, or an absolute one outside it.
        case at(Path)
        /// Something that the action itself has made, and that is gone with its directory.
        case own
        case unfit([UInt8], Path.Flaw)
    }

    /// - Parameter base: what a relative path begins at, itself relative to the workspace.
    func place(of reported: [UInt8], from base: Path) throws(DiskError) -> Place {
        if reported.contains(0) { return .unfit(reported, .nul) }
        if reported.isEmpty { return .unfit(reported, .empty) }
        if reported.count > 4000 { return .unfit(reported, .tooLong) }
        let isAbsolute = reported[0] == UInt8(ascii: "/")
        let given = isAbsolute ? Path(reported) : root / base / Path(reported)
        let path = cleaned(given)
        if path.bytes.isEmpty { return .unfit(reported, .empty) }
        guard let inside = path.below(root) ?? cleaned(resolvedDirectory(of: path)).below(root) else {
            return path == root ? .unfit(reported, .empty) : .at(path)
        }
        if inside == staging { return .own }
        guard let mirrored = inside.below(staging) else {
            return inside.flaw.map { .unfit(reported, $0) } ?? .at(inside)
        }
        // Through a link it leads to what is declared, or lies in a tree that is; what is reached by none was made here.
        let isThere = try disk.stamp(inside, followsLink: false) != nil
        return mirroredPlace(mirrored, reported, isOwn: isThere && !standsFor(mirrored, inside))
    }

    /// The path of the workspace to which a path leads through links; nil where it leads to none, or to itself.
    func target(of path: Path) -> Path? {
        let given = path.bytes.first == UInt8(ascii: "/") ? path : root / path
        guard let target = resolved(given.bytes).map({ Path($0) }), target != given else { return nil }
        return target.below(root)
    }

    /// Whether a path below the staging directory leads to what has the same name in the workspace.
    private func standsFor(_ mirrored: Path, _ inside: Path) -> Bool {
        guard let target = resolved((root / mirrored).bytes) else { return false }
        return resolved((root / inside).bytes) == target
    }

    private func mirroredPlace(_ mirrored: Path, _ reported: [UInt8], isOwn: Bool) -> Place {
        if isOwn || mirrored.flaw == .reserved { return .own }
        return mirrored.flaw.map { .unfit(reported, $0) } ?? .at(mirrored)
    }

    /// The path with its directory's links resolved: under another name it may lie in the workspace.
    private func resolvedDirectory(of path: Path) -> Path {
        guard let directory = resolved(path.directory.bytes) else { return path }
        return Path(directory) / Path(path.leaf)
    }

    /// An absolute path without single dots, empty parts and steps upward.
    private func cleaned(_ path: Path) -> Path {
        var parts: [ArraySlice<UInt8>] = []
        for part in path.bytes.split(separator: UInt8(ascii: "/")) {
            if part.elementsEqual(".".utf8) { continue }
            guard part.elementsEqual("..".utf8) else {
                parts.append(part)
                continue
            }
            let above = absolute(parts)
            // Upward from a link is upward from where it leads.
            parts = resolved(above.bytes).map { $0.split(separator: UInt8(ascii: "/")) } ?? parts
            parts = parts.dropLast()
        }
        return absolute(parts)
    }

    private func absolute(_ parts: [ArraySlice<UInt8>]) -> Path {
        Path(parts.flatMap { [UInt8(ascii: "/")] + $0 })
    }
}
