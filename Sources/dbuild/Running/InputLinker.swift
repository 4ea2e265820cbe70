import Artifact
import Synchronization

/// Makes the symbolic links by which actions find their inputs in their directories.
///
/// An input that several actions read gets one link, which has a name in the directory of each: a name costs half of what
/// an inode does that is made and freed for every action, and less than that where a file system looks past those that it
/// has freed of late (ext4 without a journal).
final class InputLinker: Sendable {
    private enum Known: Sendable {
        /// Most inputs are read by one action.
        case linkedOnce
        /// By that name below `InputLinker.kept`.
        case kept(Path)
    }

    private struct State {
        /// By input.
        var known: [Path: Known] = [:]
        /// How many have been kept: none has the name of an earlier one.
        var count = 0
        /// No more where the file system does not give links several names.
        var isKeeping = true

        /// - Returns: what was known of it until now, and which links nobody asks for any more.
        mutating func ask(_ input: Path, most: Int) -> (known: Known?, forgotten: [Path]) {
            guard isKeeping else { return (nil, []) }
            if let known = known[input] { return (known, []) }
            var forgotten: [Path] = []
            if known.count >= most {
                forgotten = known.values.compactMap { if case .kept(let name) = $0 { name } else { nil } }
                known = [:]
            }
            known[input] = .linkedOnce
            return (nil, forgotten)
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
        let target = Array((root + "/").utf8) + input.bytes
        let (known, forgotten) = state.withLock { $0.ask(input, most: Self.mostKnown) }
        for name in forgotten { disk.removeLoosely(kept / name) }
        if case .kept(let name) = known {
            if try link(again: kept / name, to: target, at: place) { return }
            state.withLock { $0.known[input] = .linkedOnce }
        }
        try disk.makeLink(place, to: target)
        if case .linkedOnce = known { keep(place, of: input) }
    }

    /// - Returns: false where that cannot be had, or leads elsewhere: what is kept lies where actions can come.
    private func link(again existing: Path, to target: [UInt8], at place: Path) throws(DiskError) -> Bool {
        do throws(DiskError) { try disk.makeName(place, of: existing) } catch { return false }
        if let found = try? disk.linkTarget(place), found == target { return true }
        try disk.remove(place)
        return false
    }

    private func keep(_ place: Path, of input: Path) {
        let name = state.withLock { state in
            state.count += 1
            return Path("\(state.count)")
        }
        do throws(DiskError) {
            try disk.makeDirectory(kept)
            try disk.makeName(kept / name, of: place)
            state.withLock { $0.known[input] = .kept(name) }
        } catch {
            // Every input has links of its own then, which say what is wrong where something is.
            state.withLock { $0.isKeeping = false }
        }
    }
}
