import Artifact
import Hashing

/// How a command finds its inputs in its directory: each through a link of its own, or, where very many lie below one
/// directory, all through one link to a directory of links that holds just them.
struct InputLinks: Sendable, Hashable {
    /// Inputs below one directory, in which nothing is made.
    struct Shared: Sendable, Hashable {
        /// Relative to the workspace.
        let directory: Path
        /// Of all that.
        let digest: Digest
        /// The directory's path, and those of the inputs, relative to the workspace and sorted, each behind a NUL.
        private let bytes: [UInt8]

        /// - Parameter paths: of a list in byte order, those below the directory.
        init(directory: Path, _ paths: Range<Int>, of list: PathList) {
            self.directory = directory
            let part = list.range(of: paths)
            var bytes: [UInt8] = []
            bytes.reserveCapacity(directory.bytes.count + part.count)
            bytes += directory.bytes
            bytes += list.bytes[part]
            (self.bytes, digest) = (bytes, XXH3.digest(bytes))
        }

        /// - Parameter names: by their paths below it, sorted.
        init(directory: Path, names: [Path]) {
            self.init(directory: directory, 0 ..< names.count, of: PathList(names.map { directory / $0 }))
        }

        /// Relative to the workspace, sorted.
        var paths: [Path] { bytes[directory.bytes.count...].split(separator: 0).map { Path($0) } }

        /// By their paths below the directory.
        var names: [Path] { paths.map { Path($0.bytes[(directory.bytes.count + 1)...]) } }
    }

    private(set) var single: [Path] = []
    private(set) var shared: [Shared] = []

    /// With fewer a directory of links costs more than it saves.
    static let leastShared = 1024

    /// What lies in the action's directory as links.
    var paths: [Path] { single + shared.map(\.directory) }

    /// - Parameters:
    ///   - inputs: relative to the workspace.
    ///   - outputs: what is made in the same directory.
    ///   - leastShared: so many that they share a link; nil: however many there are.
    init(_ inputs: [Path], beside outputs: [Path] = [], leastShared: Int? = nil) {
        let sorted = Self.topmost(inputs)
        guard let leastShared, sorted.count >= leastShared else {
            single = sorted
            return
        }
        split(PathList(sorted), outputs, leastShared)
    }

    /// The same of very many inputs.
    init(_ inputs: PathList, beside outputs: [Path], leastShared: Int) {
        let sorted = inputs.sorted()
        guard sorted.isTopmost, sorted.count >= leastShared else {
            self.init(inputs.paths(0 ..< inputs.count), beside: outputs, leastShared: leastShared)
            return
        }
        self.init()
        split(sorted, outputs, leastShared)
    }

    private init() {}

    private mutating func split(_ sorted: PathList, _ outputs: [Path], _ leastShared: Int) {
        split(0 ..< sorted.count, of: sorted, prefixCount: 0, Taken(outputs), leastShared)
    }

    /// Directories that must be the action's own.
    private struct Taken {
        private var above: Set<Path> = []
        private let outputs: [Path]

        init(_ outputs: [Path]) {
            self.outputs = outputs
            for output in outputs {
                var directory = output.directory
                while !directory.bytes.isEmpty, above.insert(directory).inserted { directory = directory.directory }
            }
        }

        func holds(_ directory: Path) -> Bool {
            above.contains(directory) || outputs.contains { $0 == directory || directory.below($0) != nil }
        }
    }

    /// - Parameters:
    ///   - inputs: of the list, below one directory.
    ///   - prefixCount: the bytes of that directory's path and the slash behind it.
    private mutating func split(
        _ inputs: Range<Int>, of list: PathList, prefixCount: Int, _ taken: Taken, _ least: Int
    ) {
        var rest = inputs
        while let first = rest.first {
            let path = list.range(first)
            let name = path.dropFirst(prefixCount)
            guard let slash = list.bytes[name].firstIndex(of: UInt8(ascii: "/")) else {
                single.append(list[first])
                rest = first + 1 ..< rest.upperBound
                continue
            }
            let end = list.end(of: rest, beginningWith: path.lowerBound ..< slash + 1)
            let group = first ..< end
            rest = end ..< rest.upperBound
            let directory = Path(list.bytes[path.lowerBound ..< slash])
            if group.count < least {
                single += list.paths(group)
            } else if taken.holds(directory) {
                split(group, of: list, prefixCount: slash + 1 - path.lowerBound, taken, least)
            } else {
                shared.append(Shared(directory: directory, group, of: list))
            }
        }
    }
}

extension InputLinks {
    /// Each path once, without what lies below another one: that is there through the other's link, and a link made
    /// below it would be made in the workspace.
    static func topmost(_ paths: [Path]) -> [Path] {
        let sorted = isAscending(paths) ? paths : paths.sorted()
        var kept: [Path] = []
        kept.reserveCapacity(sorted.count)
        /// Of the directory of the path before.
        var known: (directory: ArraySlice<UInt8>, isCovered: Bool)?
        for path in sorted where kept.last != path {
            let directory = path.bytes.dropLast(path.leaf.count)
            if known.map({ $0.directory != directory }) ?? true { known = (directory, isCovered(path, by: kept)) }
            // Two paths of one directory lie below the same others: those come before them both.
            if known?.isCovered == false { kept.append(path) }
        }
        return kept
    }

    private static func isAscending(_ paths: [Path]) -> Bool {
        for index in paths.indices.dropFirst() where !(paths[index - 1] < paths[index]) { return false }
        return true
    }

    /// Whether a path lies below one of these.
    ///
    /// - Parameter kept: sorted.
    private static func isCovered(_ path: Path, by kept: [Path]) -> Bool {
        var above = path.directory
        while !above.bytes.isEmpty {
            if holds(kept, above) { return true }
            above = above.directory
        }
        return false
    }

    private static func holds(_ sorted: [Path], _ path: Path) -> Bool {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < path { low = middle + 1 } else { high = middle }
        }
        return low < sorted.count && sorted[low] == path
    }
}
