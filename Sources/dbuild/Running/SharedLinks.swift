import Artifact
import Hashing
import Synchronization

/// Directories of links to inputs, which actions that want the same ones share, and later runs find again: to make and
/// remove a link for each of 94,720 inputs takes longer than everything else about a gather (57 us of cpu each, measured).
///
/// What is not declared is not in them, and what a program writes beside its inputs comes into them and not into the
/// workspace. There others could see it: so an action is not believed that leaves such a directory otherwise than it was,
/// nor is one that ran beside it, and the directory is not used again.
final class SharedLinks: Sendable {
    /// A directory's path below the links' place, and its stamp when all its links had been made.
    private struct Made: Sendable, Packable {
        let directory: Path
        let stamp: Stamp

        init(directory: Path, stamp: Stamp) { (self.directory, self.stamp) = (directory, stamp) }

        func pack(into packer: inout Packer) {
            directory.pack(into: &packer)
            stamp.pack(into: &packer)
        }

        init(from unpacker: inout Unpacker) throws(UnpackError) {
            self.init(directory: try Path(from: &unpacker), stamp: try Stamp(from: &unpacker))
        }
    }

    private enum Standing: Sendable {
        case usable([Made])
        /// Somebody has changed it.
        ///
        /// - Parameter path: what is otherwise, relative to the workspace.
        case spoilt(Path)
    }

    private let disk: any Disk
    /// Of the workspace.
    private let root: String
    /// What another boot has left may not be whole.
    private let boot: String
    /// By the links' digest: those that were asked for in this run.
    private let state = Mutex(State())

    private struct State {
        var known: [Digest: Standing] = [:]
        /// How many actions have each now.
        var users: [Digest: Int] = [:]
        /// One has been changed: then nothing is shared any more in this run, so that what is repeated finds its own.
        var isOver = false
    }

    private static let directory = Path(".dbuild/links")
    private static let unfinished = directory / Path("new")
    private static let tree = Path("tree")
    /// Leads to the directory that the links are for: theirs stay short, which file systems keep without a block.
    private static let base = Path("of")
    /// How many directories lie between the workspace and those links.
    private static let depth = 3
    /// So long is what file systems keep of a link in its inode (ext4: 59 bytes, and others no less).
    private static let mostInline = 59
    /// Says how everything was when it had been made. Without it a place is spoilt.
    private static let stamps = Path("stamps")
    /// So many are kept for later runs.
    private static let mostKept = 8

    /// - Parameters:
    ///   - root: the workspace's directory.
    ///   - boot: changes with every boot of the machine.
    init(_ disk: any Disk, root: String, boot: String = Machine.bootIdentity) {
        (self.disk, self.root, self.boot) = (disk, root, boot)
    }

    /// A directory in which there are just these links, relative to the workspace; nil where each input is to be linked by
    /// itself.
    func take(_ wanted: InputLinks.Shared) throws -> Path? {
        let digest = digest(of: wanted)
        let place = Self.directory / Path("\(digest)")
        // Who wants the same waits until it is there.
        return try state.withLock { state in
            if state.isOver { return nil }
            switch state.known[digest] {
            case .spoilt?: return nil
            case .usable(let made)?:
                guard try isIntact(made, at: place) else {
                    try spoil(wanted, made, digest, &state)
                    return nil
                }
            case nil:
                let found = try find(wanted, at: place)
                if found == nil { try makeRoom(&state) }
                state.known[digest] = try found ?? .usable(make(wanted, at: place))
                if case .spoilt? = state.known[digest] { return nil }
            }
            state.users[digest, default: 0] += 1
            return place / Self.tree
        }
    }

    /// Takes back what an action was given.
    ///
    /// - Returns: what is not as it was taken, relative to the workspace; nil: nothing. One that is not is never used
    ///   again.
    func giveBack(_ taken: InputLinks.Shared) throws -> Path? {
        let digest = digest(of: taken)
        return try state.withLock { state in
            state.users[digest, default: 1] -= 1
            switch state.known[digest] {
            case .usable(let made)?:
                if try isIntact(made, at: Self.directory / Path("\(digest)")) { return nil }
                return try spoil(taken, made, digest, &state)
            case .spoilt(let path)?: return path
            case nil: return taken.directory
            }
        }
    }

    private func digest(of wanted: InputLinks.Shared) -> Digest {
        var packer = Packer()
        packer.string(root)
        packer.digest(wanted.digest)
        return XXH3.digest(packer.bytes)
    }

    /// No name can come into a directory, go, or stand for something else, and leave its stamp.
    private func isIntact(_ made: [Made], at place: Path) throws(DiskError) -> Bool {
        for entry in made {
            guard try disk.stamp(place / entry.directory, followsLink: false) == entry.stamp else { return false }
        }
        return true
    }

    /// - Returns: what is otherwise.
    @discardableResult
    private func spoil(
        _ wanted: InputLinks.Shared, _ made: [Made], _ digest: Digest, _ state: inout State
    ) throws(DiskError) -> Path {
        let place = Self.directory / Path("\(digest)")
        try disk.remove(place / Self.stamps)
        let path = change(of: wanted, made, at: place)
        state.known[digest] = .spoilt(path)
        state.isOver = true
        return path
    }

    /// The first name that is another link, or is gone, so that what is said names what somebody did; where that is a new
    /// name, or nothing of it is left to be seen, the directory.
    private func change(of wanted: InputLinks.Shared, _ made: [Made], at place: Path) -> Path {
        let links = Set(wanted.names.map { Self.tree / $0 })
        let directories = Set(made.map(\.directory))
        let spoilt = made.filter { (try? disk.stamp(place / $0.directory, followsLink: false)) != $0.stamp }
        func isAsMade(_ path: Path, _ entry: Made) -> Bool {
            guard let stamp = try? disk.stamp(place / path, followsLink: false) else { return false }
            // The directory's stamp is of when all its links had been made.
            return links.contains(path)
                ? stamp.type == .link && stamp.changedNanoseconds <= entry.stamp.changedNanoseconds
                : directories.contains(path) && stamp.type == .directory
        }
        var found: [Path] = []
        for entry in spoilt {
            let names = (try? disk.names(in: place / entry.directory)) ?? []
            for path in names.map({ entry.directory / $0 }) where !isAsMade(path, entry) {
                // Of a name that nobody gave, its directory: nothing that is read lies there.
                found.append(links.contains(path) || directories.contains(path) ? path : entry.directory)
            }
        }
        if found.isEmpty {
            let changed = Set(spoilt.map(\.directory))
            found = links.union(directories).filter { path in
                changed.contains(path.directory) && (try? disk.stamp(place / path, followsLink: false)) == nil
            }
        }
        let first = found.min() ?? spoilt.first?.directory
        return first?.below(Self.tree).map { wanted.directory / $0 } ?? wanted.directory
    }

    /// What an earlier run has left; nil where it is to be made.
    private func find(_ wanted: InputLinks.Shared, at place: Path) throws -> Standing? {
        guard try disk.stamp(place, followsLink: false) != nil else { return nil }
        // The links may lead up from here.
        guard try isInWorkspace() else { return nil }
        guard let stamps = try disk.stamp(place / Self.stamps, followsLink: false) else {
            return .spoilt(wanted.directory)
        }
        guard stamps.type == .file else { return nil }
        var unpacker = Unpacker(try disk.read(place / Self.stamps))
        guard let writtenBoot = try? unpacker.text(), writtenBoot == boot,
            let made = try? unpacker.list(of: Made.self), !made.isEmpty, try isIntact(made, at: place)
        else { return nil }
        return .usable(made)
    }

    /// Whether the way up from here leads to the workspace: somebody may have put `.dbuild` elsewhere.
    private func isInWorkspace() throws(DiskError) -> Bool {
        for directory in [Self.directory.directory, Self.directory] {
            guard try disk.stamp(directory, followsLink: false)?.type == .directory else { return false }
        }
        return true
    }

    private func make(_ wanted: InputLinks.Shared, at place: Path) throws -> [Made] {
        try disk.makeDirectory(Self.directory)
        for path in [Self.unfinished, place] where try disk.stamp(path, followsLink: false) != nil {
            try disk.removeTree(path)
        }
        try disk.makeDirectory(Self.unfinished / Self.tree)
        try disk.makeLink(Self.unfinished / Self.base, to: Array((root + "/").utf8) + wanted.directory.bytes)
        let isBeside = try isInWorkspace()
        var directories: Set<Path> = [Self.tree]
        for name in wanted.names {
            let path = Self.tree / name
            var above = path.directory
            if !directories.contains(above) { try disk.makeDirectory(Self.unfinished / above) }
            while directories.insert(above).inserted { above = above.directory }
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
        let made = try directories.sorted().map { directory -> Made in
            guard let stamp = try disk.stamp(Self.unfinished / directory, followsLink: false) else {
                throw DiskError(call: "stat", path: directory, errno: 2)
            }
            return Made(directory: directory, stamp: stamp)
        }
        // No later change may carry the same time.
        if let newest = made.map(\.stamp.changedNanoseconds).max() { disk.waitPast(newest) }
        var packer = Packer()
        packer.string(boot)
        packer.list(made)
        try disk.write(packer.bytes, to: Self.unfinished / Self.stamps)
        try disk.rename(Self.unfinished, to: place)
        return made
    }

    /// Removes those that were made longest ago, of those that nobody has now.
    private func makeRoom(_ state: inout State) throws(DiskError) {
        guard try disk.stamp(Self.directory, followsLink: false) != nil else { return }
        let inUse = Set(state.users.filter { $0.value > 0 }.map { Path("\($0.key)") })
        var others: [(path: Path, made: Int64)] = []
        for name in try disk.names(in: Self.directory) where !inUse.contains(name) {
            let path = Self.directory / name
            let stamp = try disk.stamp(path / Self.stamps, followsLink: false)
            others.append((path, stamp?.modifiedNanoseconds ?? 0))
        }
        others.sort { $0.made > $1.made }
        let old = Set(others.dropFirst(Self.mostKept - 1).map(\.path))
        for path in old { disk.removeLoosely(path) }
        state.known = state.known.filter { !old.contains(Self.directory / Path("\($0.key)")) }
    }
}
