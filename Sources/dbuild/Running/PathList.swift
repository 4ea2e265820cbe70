import Artifact

/// Very many paths, one behind another in one array: a value for each of a gather's inputs takes longer to make than all
/// that is asked of them.
struct PathList: Sendable, Hashable {
    /// Each path behind a NUL, which no path holds.
    private(set) var bytes: [UInt8] = []
    /// By path: where it begins, and at last where one more would.
    private var starts: [Int] = [1]

    var count: Int { starts.count - 1 }

    /// - Parameter append: of each path its bytes, by its place.
    init(count: Int, _ append: (Int, inout [UInt8]) -> Void) {
        bytes.reserveCapacity(48 * count)
        starts.reserveCapacity(count + 1)
        for place in 0 ..< count {
            bytes.append(0)
            append(place, &bytes)
            starts.append(bytes.count + 1)
        }
    }

    init(_ paths: [Path]) { self.init(count: paths.count) { place, bytes in bytes += paths[place].bytes } }

    /// Where in `bytes` a path lies.
    func range(_ place: Int) -> Range<Int> { starts[place] ..< starts[place + 1] - 1 }

    subscript(place: Int) -> Path { Path(bytes[range(place)]) }

    /// Where in `bytes` some of them lie, with the NUL before each.
    func range(of places: Range<Int>) -> Range<Int> { starts[places.lowerBound] - 1 ..< starts[places.upperBound] - 1 }

    func paths(_ places: Range<Int>) -> [Path] { places.map { self[$0] } }

    /// Behind the last path of some that begin so: in byte order they follow each other, the first of them first.
    func end(of places: Range<Int>, beginningWith prefix: Range<Int>) -> Int {
        var (low, high) = (places.lowerBound, places.upperBound)
        while low < high {
            let middle = (low + high) / 2
            let path = range(middle)
            let begins =
                path.count >= prefix.count
                && compare(path.lowerBound ..< path.lowerBound + prefix.count, prefix) == 0
            if begins { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// In byte order.
    func sorted() -> PathList {
        let isAscending = (1 ..< max(1, count)).allSatisfy { compare(range($0 - 1), range($0)) <= 0 }
        if isAscending { return self }
        let order = (0 ..< count).sorted { compare(range($0), range($1)) < 0 }
        return PathList(count: count) { place, written in written += bytes[range(order[place])] }
    }

    /// Of paths in byte order whether each is there once, and none lies below another one.
    var isTopmost: Bool {
        for place in 1 ..< max(1, count) {
            let (before, path) = (range(place - 1), range(place))
            guard compare(before, path) < 0 else { return false }
            // Two paths of one directory lie below the same others.
            if !isOneDirectory(before, path), isCovered(path) { return false }
        }
        return true
    }

    private func isOneDirectory(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
        let (length, otherLength) = (directoryLength(one), directoryLength(other))
        return length == otherLength
            && compare(one.lowerBound ..< one.lowerBound + length, other.lowerBound ..< other.lowerBound + length) == 0
    }

    /// With its slash.
    private func directoryLength(_ path: Range<Int>) -> Int {
        var end = path.upperBound
        while end > path.lowerBound, bytes[end - 1] != UInt8(ascii: "/") { end -= 1 }
        return end - path.lowerBound
    }

    /// Whether a path lies below one that is there.
    private func isCovered(_ path: Range<Int>) -> Bool {
        var end = path.lowerBound + directoryLength(path)
        while end > path.lowerBound {
            if holds(path.lowerBound ..< end - 1) { return true }
            end = path.lowerBound + directoryLength(path.lowerBound ..< end - 1)
        }
        return false
    }

    private func holds(_ path: Range<Int>) -> Bool {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if compare(range(middle), path) < 0 { low = middle + 1 } else { high = middle }
        }
        return low < count && compare(range(low), path) == 0
    }

    private func compare(_ left: Range<Int>, _ right: Range<Int>) -> Int {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe compareBytes(
                UnsafeRawBufferPointer(rebasing: bytes[left]), UnsafeRawBufferPointer(rebasing: bytes[right]))
        }
    }
}
