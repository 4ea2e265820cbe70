import Artifact
import Synchronization

/// The places in which actions leave their outputs, each for one action at a time.
///
/// A place is used again with the directories that it has. Made and removed for every action they would be what a run of
/// small actions waits for: a file system that has just freed thousands of inodes looks long for one (ext4 passes over
/// all that were freed in the last minute; measured: 2 ms an action after 2,000 of them).
final class Staging: Sendable {
    /// An empty directory but for the directories that were asked for.
    struct Place: Sendable, Hashable {
        fileprivate let number: Int
        /// Relative to the workspace.
        let path: Path
        /// All directories that are to be in it, by their paths below it.
        fileprivate let wanted: Set<Path>
    }

    /// What lay in a place when its action was over.
    struct Look: Sendable {
        /// The place's own directories that are as they were made, with their modes.
        fileprivate var kept: [Path: UInt32] = [:]
        /// Everything else, by its path below the place; nothing that lies below one of these.
        fileprivate(set) var others: [Path] = []
    }

    private struct State {
        var free: [Int] = []
        var count = 0
        /// By place: the directories in it, by their paths below it, with their modes.
        var directories: [Int: [Path: UInt32]] = [:]

        /// The place in the list of those that nobody has of the one that is changed least, the last used first.
        ///
        /// - Parameter isAnyGood: whether one will do that is not as it is wanted.
        func bestFree(for wanted: Set<Path>, isAnyGood: Bool) -> Int? {
            var best: (index: Int, changes: Int)?
            for index in free.indices.reversed() {
                let known = directories[free[index]] ?? [:]
                let kept = wanted.count { known[$0] != nil }
                let changes = wanted.count + known.count - 2 * kept
                if changes == 0 { return index }
                if best.map({ changes < $0.changes }) ?? true { best = (index, changes) }
            }
            return isAnyGood ? best?.index : nil
        }

        mutating func giveBack(_ number: Int, holding kept: [Path: UInt32]) {
            directories[number] = kept
            free.append(number)
        }
    }

    private let state = Mutex(State())
    private let root: Path
    private let disk: any Disk
    /// So many places are made before one is changed that others fit better: rules that take turns keep theirs.
    private static let mostUnchanged = 16

    convenience init(run: Int64, _ disk: any Disk) { self.init(root: Path(".dbuild/staging/\(run)"), disk) }

    /// - Parameter root: a directory below `.dbuild/staging`, which every start clears.
    init(root: Path, _ disk: any Disk) {
        self.root = root
        self.disk = disk
    }

    /// A place that nobody has, if possible one that is as it is wanted; `prepare` makes it so.
    ///
    /// - Parameter directories: what is to be in it, by their paths below it.
    func take(_ directories: [Path] = []) -> Place {
        var wanted: Set<Path> = []
        for directory in directories {
            var directory = directory
            while !directory.bytes.isEmpty, wanted.insert(directory).inserted { directory = directory.directory }
        }
        let number = state.withLock { state in
            if let index = state.bestFree(for: wanted, isAnyGood: state.count >= Self.mostUnchanged) {
                return state.free.remove(at: index)
            }
            state.count += 1
            return state.count
        }
        return Place(number: number, path: root / Path("\(number)"), wanted: wanted)
    }

    /// Makes exactly the wanted directories in a place.
    func prepare(_ place: Place) throws {
        let before = state.withLock { $0.directories[place.number] }
        if before == nil { try disk.makeDirectory(place.path) }
        var known = before ?? [:]
        // Those below another one come after it.
        for directory in known.keys.filter({ !place.wanted.contains($0) }).sorted().reversed() {
            try disk.removeDirectory(place.path / directory)
            known[directory] = nil
        }
        if known.count < place.wanted.count {
            for directory in place.wanted.sorted() where known[directory] == nil {
                try disk.makeDirectory(place.path / directory)
                known[directory] = try disk.stamp(place.path / directory, followsLink: false)?.mode
            }
        }
        state.withLock { $0.directories[place.number] = known }
    }

    /// Looks at what lies in a place now that its action is over, and nothing writes there any more.
    ///
    /// - Parameter declared: paths below it that are not looked into.
    func look(into place: Place, declared: Set<Path>) throws(DiskError) -> Look {
        var look = Look()
        let known = state.withLock { $0.directories[place.number] } ?? [:]
        try self.look(into: Path([UInt8]()), of: place, known, declared, &look)
        return look
    }

    private func look(
        into directory: Path, of place: Place, _ known: [Path: UInt32], _ declared: Set<Path>, _ look: inout Look
    ) throws(DiskError) {
        for name in try disk.names(in: directory.bytes.isEmpty ? place.path : place.path / directory) {
            let path = directory / name
            if !declared.contains(path), let mode = try ownMode(path, in: place, known) {
                look.kept[path] = mode
                try self.look(into: path, of: place, known, declared, &look)
            } else {
                look.others.append(path)
            }
        }
    }

    /// A directory's mode where it is one of the place's own, and as it was made.
    private func ownMode(_ path: Path, in place: Place, _ known: [Path: UInt32]) throws(DiskError) -> UInt32? {
        guard let mode = known[path], let stamp = try disk.stamp(place.path / path, followsLink: false),
            stamp.type == .directory, stamp.mode == mode
        else { return nil }
        return mode
    }

    /// Gives back a place in which nothing lies any more but its own directories; it blocks nobody.
    ///
    /// - Parameters:
    ///   - look: what lay in it.
    ///   - gone: what has been moved from there.
    /// - Returns: false where something is left: then `giveBack` is to empty it.
    func giveBackEmpty(_ place: Place, _ look: Look, without gone: Set<Path>) -> Bool {
        guard look.others.allSatisfy(gone.contains) else { return false }
        state.withLock { $0.giveBack(place.number, holding: look.kept) }
        return true
    }

    /// Empties a place for the next one. One that cannot be emptied is not used again.
    ///
    /// - Parameters:
    ///   - look: what lay in it; nil: nobody has looked yet.
    ///   - gone: what has been moved from there since.
    func giveBack(_ place: Place, _ look: Look? = nil, without gone: Set<Path> = []) {
        guard let known = state.withLock({ $0.directories[place.number] }) else {
            // Never prepared: nothing is there.
            return state.withLock { $0.free.append(place.number) }
        }
        do {
            var kept = look?.kept ?? [:]
            if let look {
                for path in look.others where !gone.contains(path) { try remove(path, in: place, known, &kept) }
            } else {
                try empty(Path([UInt8]()), in: place, known, &kept)
            }
            state.withLock { [kept] in $0.giveBack(place.number, holding: kept) }
        } catch {
            disk.removeLoosely(place.path)
        }
    }

    /// Removes everything but the directories of the place itself that are as they were made.
    private func empty(
        _ directory: Path, in place: Place, _ known: [Path: UInt32], _ kept: inout [Path: UInt32]
    ) throws(DiskError) {
        for name in try disk.names(in: directory.bytes.isEmpty ? place.path : place.path / directory) {
            try remove(directory / name, in: place, known, &kept)
        }
    }

    private func remove(
        _ path: Path, in place: Place, _ known: [Path: UInt32], _ kept: inout [Path: UInt32]
    ) throws(DiskError) {
        if let mode = try ownMode(path, in: place, known) {
            kept[path] = mode
            try empty(path, in: place, known, &kept)
        } else {
            try disk.removeTree(place.path / path)
        }
    }

    /// Removes the places that were given back; what lies in another one may be of a set that the next start completes.
    func close() {
        for number in state.withLock({ $0.free }) { disk.removeLoosely(root / Path("\(number)")) }
        // Not empty where such a place is left: then the next start finds it, and clears up.
        do throws(DiskError) {
            try disk.removeDirectory(root)
            try disk.removeDirectory(root.directory)
        } catch {}
    }
}
