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
    }

    private struct State {
        var free: [Int] = []
        var count = 0
        /// By place: the directories in it, by their paths below it, with their modes.
        var directories: [Int: [Path: UInt32]] = [:]
    }

    private let state = Mutex(State())
    private let root: Path
    private let disk: any Disk

    init(run: Int64, _ disk: any Disk) {
        root = Path(".dbuild/staging/\(run)")
        self.disk = disk
    }

    /// A place that nobody has; `prepare` makes it.
    func take() -> Place {
        let number = state.withLock { state in
            if let free = state.free.popLast() { return free }
            state.count += 1
            return state.count
        }
        return Place(number: number, path: root / Path("\(number)"))
    }

    /// Makes exactly these directories in a place, and those above them.
    ///
    /// - Parameter directories: by their paths below the place.
    func prepare(_ place: Place, directories: [Path]) throws {
        var wanted: Set<Path> = []
        for directory in directories {
            var directory = directory
            while !directory.bytes.isEmpty, wanted.insert(directory).inserted { directory = directory.directory }
        }
        let before = state.withLock { $0.directories[place.number] }
        if before == nil { try disk.makeDirectory(place.path) }
        var known = before ?? [:]
        // Those below another one come after it.
        for directory in known.keys.filter({ !wanted.contains($0) }).sorted().reversed() {
            try disk.removeDirectory(place.path / directory)
            known[directory] = nil
        }
        for directory in wanted.sorted() where known[directory] == nil {
            try disk.makeDirectory(place.path / directory)
            known[directory] = try disk.stamp(place.path / directory, followsLink: false)?.mode
        }
        state.withLock { $0.directories[place.number] = known }
    }

    /// Empties a place for the next one. One that cannot be emptied is not used again.
    func giveBack(_ place: Place) {
        guard let known = state.withLock({ $0.directories[place.number] }) else {
            // Never prepared: nothing is there.
            return state.withLock { $0.free.append(place.number) }
        }
        do {
            var kept: [Path: UInt32] = [:]
            try empty(Path([UInt8]()), in: place, known, &kept)
            state.withLock { [kept] state in
                state.directories[place.number] = kept
                state.free.append(place.number)
            }
        } catch {
            disk.removeLoosely(place.path)
        }
    }

    /// Removes everything but the directories of the place itself that are as they were made.
    private func empty(
        _ directory: Path, in place: Place, _ known: [Path: UInt32], _ kept: inout [Path: UInt32]
    ) throws(DiskError) {
        for name in try disk.names(in: directory.bytes.isEmpty ? place.path : place.path / directory) {
            let path = directory / name
            let stamp = try disk.stamp(place.path / path, followsLink: false)
            if let mode = known[path], let stamp, stamp.type == .directory, stamp.mode == mode {
                kept[path] = mode
                try empty(path, in: place, known, &kept)
            } else {
                try disk.removeTree(place.path / path)
            }
        }
    }

    /// Removes the places that were given back; what lies in another one may be of a set that the next start completes.
    func close() {
        for number in state.withLock({ $0.free }) { disk.removeLoosely(root / Path("\(number)")) }
        // Not empty where such a place is left.
        try? disk.removeDirectory(root)
    }
}
