import Artifact
import Synchronization

/// Makes the symbolic links by which actions find their inputs in their directories.
///
/// An input that several actions read gets one link, which has a name in the directory of each: a name costs half of what
/// an inode does that is made and freed for every action, and less than that where a file system looks past those that it
/// has freed of late (ext4 without a journal).
final class InputLinker: Sendable {
    /// How an input is linked.
    private enum Way {
        case alone
        /// So that it can have more names: the first is this, below `InputLinker.kept`.
        case first(Path)
        case again(Path)
    }

    private struct State {
        /// By input, what it was given its second time; nil: it was linked once.
        var known: [Path: Path?] = [:]
        /// How many have been kept: none has the name of an earlier one.
        var count = 0
        /// No more where the file system does not give links several names.
        var isKeeping = true

        /// - Returns: how it is to be linked, and which links nobody asks for any more.
        mutating func next(_ input: Path, most: Int) -> (way: Way, forgotten: [Path]) {
            guard isKeeping else { return (.alone, []) }
            guard let known = known[input] else {
                var forgotten: [Path] = []
                if self.known.count >= most {
                    forgotten = self.known.values.compactMap(\.self)
                    self.known = [:]
                }
                self.known[input] = .some(nil)
                return (.alone, forgotten)
            }
            if let known { return (.again(known), []) }
            count += 1
            let name = Path("\(count)")
            self.known[input] = name
            return (.first(name), [])
        }
    }

    private let disk: any Disk
    private let root: String
    private let kept: Path
    private let state = Mutex(State())
    /// So many inputs are known at once: actions that read the same ones come soon after each other.
    private static let mostKnown = 1024

    /// - Parameters:
    ///   - root: the workspace's directory.
    ///   - kept: a directory for what is linked again, relative to the workspace; who gives it removes it.
    init(_ disk: any Disk, root: String, kept: Path) { (self.disk, self.root, self.kept) = (disk, root, kept) }

    /// Declared inputs are symbolic links at their workspace-relative paths; a whole tree is one link.
    func link(_ inputs: [Path], into staging: Path) throws {
        for input in InputLinks.topmost(inputs) {
            try disk.makeDirectory((staging / input).directory)
            try link(input, at: staging / input)
        }
    }

    private func link(_ input: Path, at place: Path) throws(DiskError) {
        let (way, forgotten) = state.withLock { $0.next(input, most: Self.mostKnown) }
        for name in forgotten { disk.removeLoosely(kept / name) }
        // It may be forgotten, or not be there yet.
        if case .again(let name) = way, (try? disk.makeName(place, of: kept / name)) != nil { return }
        try disk.makeLink(place, to: Array((root + "/").utf8) + input.bytes)
        if case .first(let name) = way { keep(place, as: name) }
    }

    private func keep(_ place: Path, as name: Path) {
        do throws(DiskError) {
            try disk.makeDirectory(kept)
            try disk.makeName(kept / name, of: place)
        } catch {
            // Every input has links of its own then, which say what is wrong where something is.
            state.withLock { $0.isKeeping = false }
        }
    }
}
