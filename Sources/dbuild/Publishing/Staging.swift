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
        /// The place itself, and its own directories that are as they were made.
        fileprivate var kept = Holding()
        /// Everything else, by its path below the place; nothing that lies below one of these.
        fileprivate(set) var others: [Path] = []
    }

    /// What a place holds while nobody has it: nothing but directories.
    struct Holding {
        /// The stamp under which the place itself is known to hold just these.
        var settled: Stamp?
        /// By their paths below it.
        var directories: [Path: Directory] = [:]
    }

    struct Directory {
        /// As it was made.
        let mode: UInt32
        /// The stamp under which it is known to hold just the place's own directories below it. Nil where another name
        /// could still come under the same.
        var settled: Stamp?
    }

    struct State {
        var free: [Int] = []
        var count = 0
        /// Whether what the run before has left is yet to be taken over.
        var isNew: Bool
        /// By place; none of one that was never prepared.
        var holdings: [Int: Holding] = [:]

        /// The place in the list of those that nobody has of one that is as it is wanted; else, of those that were used
        /// last, of the one that is changed least.
        ///
        /// - Parameter isAnyGood: whether one will do that is not as it is wanted.
        func bestFree(for wanted: Set<Path>, isAnyGood: Bool) -> Int? {
            let same = free.lastIndex { number in
                let known = holdings[number]?.directories ?? [:]
                return known.count == wanted.count && wanted.allSatisfy { known[$0] != nil }
            }
            if same != nil || !isAnyGood { return same }
            return free.indices.suffix(Self.mostCompared).reversed().min { changes($0, wanted) < changes($1, wanted) }
        }

        /// How many directories a place that nobody has lacks or has too many.
        private func changes(_ index: Int, _ wanted: Set<Path>) -> Int {
            let known = holdings[free[index]]?.directories ?? [:]
            return wanted.count + known.count - 2 * wanted.count { known[$0] != nil }
        }

        /// To look for one that is a little better takes as long as to change it.
        private static let mostCompared = 4

        mutating func giveBack(_ number: Int, holding kept: Holding) {
            holdings[number] = kept
            free.append(number)
        }
    }

    let state: Mutex<State>
    let root: Path
    let disk: any Disk
    /// So many places are made before one is changed that others fit better: rules that take turns keep theirs.
    private static let mostUnchanged = 16

    convenience init(run: Int64, _ disk: any Disk) {
        self.init(root: Path(".dbuild/staging/\(run)"), disk, takesOver: true)
    }

    /// For links to inputs that several places hold; gone with the places.
    var links: Path { root / Path("links") }

    /// - Parameters:
    ///   - root: a directory below `.dbuild/staging`, which every start clears.
    ///   - takesOver: whether it begins with the places that a run has kept.
    init(root: Path, _ disk: any Disk, takesOver: Bool = false) {
        self.root = root
        self.disk = disk
        state = Mutex(State(isNew: takesOver))
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
            if state.isNew { takeOver(&state) }
            if let index = state.bestFree(for: wanted, isAnyGood: state.count >= Self.mostUnchanged) {
                return state.free.remove(at: index)
            }
            // As good as a new one.
            if let index = state.free.firstIndex(where: { state.holdings[$0] == nil }) {
                return state.free.remove(at: index)
            }
            state.count += 1
            return state.count
        }
        return Place(number: number, path: root / Path("\(number)"), wanted: wanted)
    }

    /// Makes exactly the wanted directories in a place.
    func prepare(_ place: Place) throws {
        let before = state.withLock { $0.holdings[place.number] }
        if before == nil { try disk.makeDirectory(place.path) }
        var known = before?.directories ?? [:]
        if before != nil, known.count == place.wanted.count, place.wanted.allSatisfy({ known[$0] != nil }) { return }
        var missing = Dictionary(
            grouping: place.wanted.filter { known[$0] == nil }.sorted(by: >), by: \.directory)
        // Those below another one come after it, so that each has nothing in it when its turn comes.
        for directory in known.keys.filter({ !place.wanted.contains($0) }).sorted(by: >) {
            let own = known.removeValue(forKey: directory)
            if let own, let other = missing[directory.directory]?.last, try rename(directory, to: other, in: place) {
                missing[directory.directory]?.removeLast()
                known[other] = Directory(mode: own.mode)
            } else {
                try disk.removeDirectory(place.path / directory)
            }
        }
        for directory in place.wanted.sorted() where known[directory] == nil {
            try disk.makeDirectory(place.path / directory)
            let mode = try disk.stamp(place.path / directory, followsLink: false)?.mode
            known[directory] = mode.map { Directory(mode: $0) }
        }
        state.withLock { $0.holdings[place.number] = Holding(settled: before?.settled, directories: known) }
    }

    /// Makes of a directory that nobody wants the one beside it that is to be made, so that no inode is freed.
    ///
    /// - Returns: false where that is not done: the one is to be removed then, and the other to be made, which says what is
    ///   wrong.
    private func rename(_ directory: Path, to other: Path, in place: Place) throws(DiskError) -> Bool {
        guard let stamp = try disk.stamp(place.path / directory, followsLink: false),
            stamp.sizeBytes <= Self.largestDirectoryBytes,
            // A file system may take two names for the same.
            try disk.stamp(place.path / other, followsLink: false) == nil
        else { return false }
        return (try? disk.rename(place.path / directory, to: place.path / other)) != nil
    }

    /// Looks at what lies in a place now that its action is over, and nothing writes there any more.
    ///
    /// A directory in which nothing has been made or removed since it was looked at last is not read: its stamp says so.
    ///
    /// - Parameter declared: paths below it that are not looked into.
    func look(into place: Place, declared: Set<Path>) throws(DiskError) -> Look {
        var look = Look()
        let known = state.withLock { $0.holdings[place.number] } ?? Holding()
        guard let stamp = try disk.stamp(place.path, followsLink: false) else {
            throw DiskError(call: "open", path: place.path, errno: 2)
        }
        let top = Path([UInt8]())
        let isSame = try add(top, stamp, known.settled, of: place, known, &look)
        look.kept.settled = isSame ? stamp : nil
        // Those below another one come after it.
        for path in known.directories.count > 1 ? known.directories.keys.sorted() : Array(known.directories.keys) {
            let above = path.directory
            guard above.bytes.isEmpty || look.kept.directories[above] != nil, let own = known.directories[path],
                let stamp = try disk.stamp(place.path / path, followsLink: false)
            else { continue }
            guard !declared.contains(path), stamp.type == .directory, stamp.mode == own.mode else {
                look.others.append(path)
                continue
            }
            let isSame = try add(path, stamp, own.settled, of: place, known, &look)
            look.kept.directories[path] = Directory(mode: own.mode, settled: isSame ? stamp : nil)
        }
        if look.others.count > 1 { look.others.sort() }
        return look
    }

    /// Adds what lies in a directory and is none of the place's own.
    ///
    /// - Parameters:
    ///   - stamp: that of the directory, from before it is read.
    ///   - settled: the stamp under which it holds nothing else.
    /// - Returns: whether it holds nothing else as long as it has this stamp.
    private func add(
        _ directory: Path, _ stamp: Stamp, _ settled: Stamp?, of place: Place, _ known: Holding, _ look: inout Look
    ) throws(DiskError) -> Bool {
        if stamp == settled { return true }
        // Before it is listed: what comes behind that in the stamp's own tick leaves the stamp as it is.
        let isPast = disk.isPast(stamp)
        var isEmpty = true
        for name in try disk.names(in: directory.bytes.isEmpty ? place.path : place.path / directory) {
            let path = directory / name
            if known.directories[path] != nil { continue }
            look.others.append(path)
            isEmpty = false
        }
        return isEmpty && isPast
    }

    /// A directory's mode where it is one of the place's own, and as it was made.
    private func ownMode(_ path: Path, in place: Place, _ known: Holding) throws(DiskError) -> UInt32? {
        guard let own = known.directories[path], let stamp = try disk.stamp(place.path / path, followsLink: false),
            stamp.type == .directory, stamp.mode == own.mode
        else { return nil }
        return own.mode
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
        guard let known = state.withLock({ $0.holdings[place.number] }) else {
            // Never prepared: nothing is there.
            return state.withLock { $0.free.append(place.number) }
        }
        do {
            var kept = look?.kept ?? Holding()
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
        _ directory: Path, in place: Place, _ known: Holding, _ kept: inout Holding
    ) throws(DiskError) {
        for name in try disk.names(in: directory.bytes.isEmpty ? place.path : place.path / directory) {
            try remove(directory / name, in: place, known, &kept)
        }
    }

    private func remove(
        _ path: Path, in place: Place, _ known: Holding, _ kept: inout Holding
    ) throws(DiskError) {
        if let mode = try ownMode(path, in: place, known) {
            kept.directories[path] = Directory(mode: mode)
            try empty(path, in: place, known, &kept)
        } else {
            try disk.removeTree(place.path / path)
        }
    }

    /// Removes the places that were given back; what lies in another one may be of a set that the next start completes.
    func close() {
        for number in state.withLock({ $0.free }) { disk.removeLoosely(root / Path("\(number)")) }
        disk.removeLoosely(links)
        // Not empty where such a place is left: then the next start finds it, and clears up.
        do throws(DiskError) {
            try disk.removeDirectory(root)
            try disk.removeDirectory(root.directory)
        } catch {}
    }
}
