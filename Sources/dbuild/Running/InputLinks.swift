import Artifact

/// How a command finds its inputs in its directory: each through a link of its own, or, where very many lie below one
/// directory, all through one link to a directory of links that holds just them.
struct InputLinks: Sendable, Hashable {
    /// Inputs below one directory, in which nothing is made.
    struct Shared: Sendable, Hashable {
        /// Relative to the workspace.
        let directory: Path
        /// By their paths below it, sorted.
        let names: [Path]
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
        let sorted = CommandRunner.topmost(inputs)
        guard let leastShared, sorted.count >= leastShared else {
            single = sorted
            return
        }
        split(sorted[...], prefixCount: 0, Taken(outputs), leastShared)
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
    ///   - inputs: sorted, below one directory.
    ///   - prefixCount: the bytes of that directory's path and the slash behind it.
    private mutating func split(_ inputs: ArraySlice<Path>, prefixCount: Int, _ taken: Taken, _ least: Int) {
        var rest = inputs
        while let first = rest.first {
            guard let slash = first.bytes[prefixCount...].firstIndex(of: UInt8(ascii: "/")) else {
                single.append(first)
                rest.removeFirst()
                continue
            }
            // In byte order they follow each other.
            let group = rest.prefix { $0.bytes.starts(with: first.bytes[...slash]) }
            rest = rest.dropFirst(group.count)
            let directory = Path(first.bytes[..<slash])
            if group.count < least {
                single += group
            } else if taken.holds(directory) {
                split(group, prefixCount: slash + 1, taken, least)
            } else {
                shared.append(Shared(directory: directory, names: group.map { Path($0.bytes[(slash + 1)...]) }))
            }
        }
    }
}
