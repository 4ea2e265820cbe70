import Artifact
import Synchronization

/// The places of a run that has ended well lie in `.dbuild/places`, with nothing in them but directories, for the next run:
/// to remove them and to make them again would cost more than a small action (ext4 passes over the inodes that it has freed
/// of late; measured: of 67 actions a third of dbuild's processor time).
///
/// They come and go by one rename, and are looked through before they are used: so a run that was killed leaves what it
/// always left, and nothing is believed of what lay there meanwhile.
extension Staging {
    private static let kept = Path(".dbuild/places")
    private static let mostPlaces = 128
    /// In one place.
    private static let mostDirectories = 64
    /// One that has held very many links stays large (ext4), and slow to be read.
    static let largestDirectoryBytes: Int64 = 65_536

    /// - Parameter state: of a run that has no places yet.
    func takeOver(_ state: inout State) {
        state.isNew = false
        let taken = Result {
            guard try disk.stamp(Self.kept, followsLink: false)?.type == .directory else { return }
            try disk.makeDirectory(root.directory)
            // As every directory is that this run makes.
            guard let new = try disk.stamp(root.directory, followsLink: false) else { return }
            try disk.rename(Self.kept, to: root)
            for name in try disk.names(in: root) {
                let number = Int(String(decoding: name.bytes, as: UTF8.self)) ?? 0
                // Also where it cannot be removed: nobody is to have that one.
                if (1 ... Self.mostPlaces).contains(number) { state.count = max(state.count, number) }
                guard (1 ... Self.mostPlaces).contains(number), Path("\(number)") == name,
                    let holding = holding(in: root / name, like: new)
                else {
                    disk.removeLoosely(root / name)
                    continue
                }
                state.holdings[number] = holding
                state.free.append(number)
            }
            for number in 1 ..< state.count + 1 where state.holdings[number] == nil {
                let place = root / Path("\(number)")
                if try disk.stamp(place, followsLink: false) == nil { state.free.insert(number, at: 0) }
            }
        }
        // Then it makes its own, beside whatever lies there.
        if case .failure = taken { (state.free, state.holdings, state.count) = ([], [:], Self.mostPlaces) }
    }

    /// All that lies in a place; nil where that is not just directories in which this run can work as
    /// in its own.
    private func holding(in place: Path, like new: Stamp) -> Holding? {
        var found = Holding()
        func look(into directory: Path) throws -> Bool {
            let path = directory.bytes.isEmpty ? place : place / directory
            guard let stamp = try disk.stamp(path, followsLink: false), stamp.type == .directory,
                (stamp.device, stamp.mode) == (new.device, new.mode), stamp.sizeBytes <= Self.largestDirectoryBytes
            else { return false }
            try disk.checkWritable(path)
            if !directory.bytes.isEmpty { found.directories[directory] = Directory(mode: stamp.mode) }
            for name in try disk.names(in: path) {
                guard found.directories.count < Self.mostDirectories, try look(into: directory / name) else {
                    return false
                }
            }
            return true
        }
        return (try? look(into: Path([UInt8]()))) == true ? found : nil
    }

    /// As `close`, and keeps the places for the next run where nobody has one any more.
    func closeKeepingPlaces() {
        let unfit = state.withLock { state -> [Int]? in
            guard state.count > 0, state.free.count == state.count else { return nil }
            let unfit = state.free.filter { number in
                number > Self.mostPlaces || (state.holdings[number]?.directories.count ?? .max) > Self.mostDirectories
            }
            state.free.removeAll { unfit.contains($0) }
            return unfit
        }
        guard let unfit else { return close() }
        for number in unfit { disk.removeLoosely(root / Path("\(number)")) }
        disk.removeLoosely(links)
        do throws(DiskError) {
            try disk.rename(root, to: Self.kept)
            try disk.removeDirectory(root.directory)
        } catch { close() }
    }
}
