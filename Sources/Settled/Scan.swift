private import Glibc

/// Looks at every file of a settled file again.
struct Scan {
    let file: SettledFile
    /// The workspace, open.
    let root: Int32

    /// With more than these nothing is settled, and who finds them all does so for all that is to be built.
    static let mostMoved = 64
    /// For fewer entries a second thread costs more than it saves *(measured)*.
    private static let leastForTwo = 4_000
    /// In smaller directories files are named by their paths: opening the directory would cost more than it saves.
    private static let smallDirectory = 8
    /// `O_PATH`, which takes no right to read: the same number on all of Linux's 64-bit machines that Swift runs on.
    ///
    /// - Source: open(2), asm-generic/fcntl.h.
    private static let onlyAsPlace: Int32 = 0o10_000_000

    /// Entries at which something else lies than did; nil where they are too many to be looked into.
    func movedEntries() -> [Int]? {
        let count = file.entryCount
        guard count >= Self.leastForTwo, sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1 else { return scan(0 ..< count) }
        let half = SecondHalf(scan: self, range: count / 2 ..< count)
        var thread = pthread_t()
        let isStarted = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let half = unsafe Unmanaged<SecondHalf>.fromOpaque(argument).takeUnretainedValue()
                half.found = half.scan.scan(half.range)
                return nil
            }, Unmanaged.passUnretained(half).toOpaque())
        let first = scan(0 ..< count / 2)
        if isStarted == 0 { pthread_join(thread, nil) } else { half.found = scan(half.range) }
        guard let first, let second = half.found, first.count + second.count <= Self.mostMoved else { return nil }
        return first + second
    }

    /// What a second thread is told, and tells.
    private final class SecondHalf {
        let scan: Scan
        let range: Range<Int>
        var found: [Int]?

        init(scan: Scan, range: Range<Int>) { (self.scan, self.range) = (scan, range) }
    }

    private func scan(_ range: Range<Int>) -> [Int]? {
        var moved: [Int] = []
        var directory = directory(of: range.lowerBound)
        while directory < file.directoryCount, file.first(directory) < range.upperBound {
            let (first, end) = (file.first(directory), file.first(directory + 1))
            guard first <= end, end <= file.entryCount else { return nil }
            let own = (first ..< end).clamped(to: range)
            let isSmall = own.count < Self.smallDirectory
            guard isSmall ? byPath(directory, own, &moved) : inside(directory, own, &moved) else { return nil }
            directory += 1
        }
        return moved
    }

    /// The directory in which an entry lies.
    private func directory(of entry: Int) -> Int {
        var (low, high) = (0, file.directoryCount)
        while high - low > 1 {
            let middle = (low + high) / 2
            if file.first(middle) <= entry { low = middle } else { high = middle }
        }
        return low
    }

    private func inside(_ directory: Int, _ entries: Range<Int>, _ moved: inout [Int]) -> Bool {
        guard let name = unsafe file.directoryName(directory) else { return false }
        let isRoot = unsafe name[0] == 0
        let descriptor = isRoot ? root : unsafe openat(root, name, Self.onlyAsPlace | O_DIRECTORY | O_CLOEXEC)
        // Path by path it is found out why.
        guard descriptor >= 0 else { return byPath(directory, entries, &moved) }
        defer { if !isRoot { close(descriptor) } }
        for entry in entries {
            guard let leaf = unsafe file.leaf(entry) else { return false }
            if unsafe !isAsSeen(entry, descriptor, leaf), !note(entry, &moved) { return false }
        }
        return true
    }

    private func byPath(_ directory: Int, _ entries: Range<Int>, _ moved: inout [Int]) -> Bool {
        guard let name = unsafe file.directoryName(directory) else { return false }
        let length = unsafe strlen(name)
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 4098) { buffer in
            guard let path = buffer.baseAddress else { return false }
            unsafe memcpy(path, name, length)
            let isPlain = length == 0
            if !isPlain { unsafe path[length] = CChar(bitPattern: UInt8(ascii: "/")) }
            let start = isPlain ? 0 : length + 1
            for entry in entries {
                guard let leaf = unsafe file.leaf(entry) else { return false }
                let count = unsafe strnlen(leaf, 4096)
                unsafe memcpy(path + start, leaf, count)
                unsafe path[start + count] = 0
                if unsafe !isAsSeen(entry, root, path), !note(entry, &moved) { return false }
            }
            return true
        }
    }

    @unsafe private func isAsSeen(_ entry: Int, _ directory: Int32, _ name: UnsafePointer<CChar>) -> Bool {
        let seen = file.stamp(entry)
        let flags = file.flags(entry)
        let isAbsent = flags & SettledFlag.absent != 0
        switch unsafe SeenStamp.look(directory, name, follows: flags & SettledFlag.unfollowed == 0) {
        case .found(let now): return !isAbsent && now == seen
        case .nothing: return isAbsent
        case .failed: return false
        }
    }

    private func note(_ entry: Int, _ moved: inout [Int]) -> Bool {
        moved.append(entry)
        return moved.count <= Self.mostMoved
    }
}
