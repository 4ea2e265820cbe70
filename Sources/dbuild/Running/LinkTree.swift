import Artifact
import Hashing

/// A directory of links to just those inputs below one directory that somebody wants.
struct LinkTree: Sendable {
    /// A directory in it, and its stamp when all its links had been made.
    struct Directory: Sendable, Packable {
        /// Below the tree's place.
        let path: Path
        let stamp: Stamp

        init(path: Path, stamp: Stamp) { (self.path, self.stamp) = (path, stamp) }

        func pack(into packer: inout Packer) {
            path.pack(into: &packer)
            stamp.pack(into: &packer)
        }

        init(from unpacker: inout Unpacker) throws(UnpackError) {
            self.init(path: try Path(from: &unpacker), stamp: try Stamp(from: &unpacker))
        }
    }

    /// Relative to the workspace.
    let place: Path
    /// For whom it was made, and for inputs below which directory.
    let owner: Digest
    /// All that are in it, sorted.
    let directories: [Directory]

    /// Where its links begin, below its place.
    static let top = Path("tree")

    /// What is written down of it.
    ///
    /// - Parameter boot: what another boot has left may not be whole.
    func notes(boot: String) -> [UInt8] {
        var packer = Packer()
        packer.string(boot)
        packer.digest(owner)
        packer.list(directories)
        return packer.bytes
    }

    /// - Returns: nil for notes of another boot, and for those that cannot be read.
    init?(at place: Path, notes: [UInt8], boot: String) {
        var unpacker = Unpacker(notes)
        guard let writtenBoot = try? unpacker.text(), writtenBoot == boot, let owner = try? unpacker.digest(),
            let directories = try? unpacker.list(of: Directory.self), !directories.isEmpty
        else { return nil }
        self.init(place: place, owner: owner, directories: directories)
    }

    init(place: Path, owner: Digest, directories: [Directory]) {
        self.place = place
        self.owner = owner
        self.directories = directories
    }
}
