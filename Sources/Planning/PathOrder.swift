import Artifact

/// Paths in the order of a plan: by directory, then by name.
struct PathOrder {
    /// The directories in which paths lie.
    private(set) var directories = NameTable()
    /// By path: its directory's number.
    private(set) var directoryOf: [UInt32] = []
    /// By path: where its name in the directory begins.
    private var leafStart: [UInt32] = []
    /// The directories' numbers, sorted.
    let sortedDirectories: [Int]
    /// Where in `sorted` the paths of each sorted directory begin, and at last where they end.
    let firstPaths: [UInt32]
    /// The paths' numbers, sorted.
    let sorted: [UInt32]
    /// By path: its place in `sorted`.
    let rank: [UInt32]

    init(_ paths: NameTable) {
        directoryOf.reserveCapacity(paths.count)
        leafStart.reserveCapacity(paths.count)
        for number in 0 ..< paths.count {
            let path = paths[number]
            let slash = path.lastIndex(of: UInt8(ascii: "/"))
            let directory = path[path.startIndex ..< (slash ?? path.startIndex)]
            directoryOf.append(UInt32(directories.number(of: directory.span)))
            leafStart.append(slash.map { UInt32($0 + 1 - path.startIndex) } ?? 0)
        }
        sortedDirectories = directories.sortedNumbers()
        let (directoryOf, leafStart) = (directoryOf, leafStart)
        var directoryRank = [Int](repeating: 0, count: directories.count)
        for (rank, directory) in sortedDirectories.enumerated() { directoryRank[directory] = rank }
        let lists = NumberLists(count: directories.count) { add in
            for number in 0 ..< paths.count { add(directoryRank[Int(directoryOf[number])], UInt32(number)) }
        }
        firstPaths = lists.starts

        func isBefore(_ first: UInt32, _ second: UInt32) -> Bool {
            let starts = (Int(leafStart[Int(first)]), Int(leafStart[Int(second)]))
            return paths.order(Int(first), Int(second), from: starts) < 0
        }
        var sorted = lists.numbers
        for directory in 0 ..< directories.count {
            let range = Int(firstPaths[directory]) ..< Int(firstPaths[directory + 1])
            // Rules mostly say them in order.
            let isSorted = range.dropFirst().allSatisfy { isBefore(sorted[$0 - 1], sorted[$0]) }
            if !isSorted { sorted[range].sort(by: isBefore) }
        }
        var rank = [UInt32](repeating: 0, count: sorted.count)
        for (place, number) in sorted.enumerated() { rank[Int(number)] = UInt32(place) }
        (self.sorted, self.rank) = (sorted, rank)
    }

    /// A path's name in its directory.
    func leaf(of number: Int, in paths: NameTable) -> ArraySlice<UInt8> {
        let path = paths[number]
        return path[(path.startIndex + Int(leafStart[number]))...]
    }
}
