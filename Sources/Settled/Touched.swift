private import Glibc
import Hashing

/// Reads files again whose stamps have moved: a stamp may save a look, it decides nothing.
struct Touched {
    let file: SettledFile
    let root: Int32
    /// Of all together; what is more is read by those who can do it on all cores.
    private static let mostBytes: Int64 = 64 << 20

    /// Reads them; the stamps of those that hold what they did are put right where no later change can hide behind them.
    ///
    /// - Returns: how many bytes they have together; nil where one holds something else.
    func bytesOfTheSame(_ entries: [Int]) -> Int64? {
        var bytes: Int64 = 0
        for entry in entries {
            let seen = file.stamp(entry)
            guard file.flags(entry) & SettledFlag.hashed != 0, seen.sizeBytes >= 0 else { return nil }
            let (sum, overflows) = bytes.addingReportingOverflow(seen.sizeBytes)
            guard !overflows, sum <= Self.mostBytes, holdsTheSame(entry, seen) else { return nil }
            bytes = sum
        }
        return bytes
    }

    private func holdsTheSame(_ entry: Int, _ seen: SeenStamp) -> Bool {
        guard let path = path(of: entry) else { return false }
        let flags =
            O_RDONLY | O_CLOEXEC | O_NONBLOCK | (file.flags(entry) & SettledFlag.unfollowed == 0 ? 0 : O_NOFOLLOW)
        let opened = unsafe openat(root, path, flags)
        guard opened >= 0 else { return false }
        defer { close(opened) }
        // Another kind of file, or another right to run it, is another content.
        guard let before = SeenStamp(descriptor: opened), before.mode & S_IFMT == S_IFREG,
            before.mode == seen.mode, before.sizeBytes == seen.sizeBytes
        else { return false }
        var clock = timespec()
        unsafe clock_gettime(CLOCK_REALTIME_COARSE, &clock)
        guard digest(opened) == file.digest(entry), let after = SeenStamp(descriptor: opened), after == before
        else { return false }
        let now = Int64(clock.tv_sec) &* 1_000_000_000 &+ Int64(clock.tv_nsec)
        if now &- Self.tick(before) >= before.changedNanoseconds {
            file.replace(before, at: entry)
        }
        return true
    }

    /// How long another change may carry the same time: twice the kernel's tick; on file systems that count whole seconds
    /// two of them.
    private static func tick(_ stamp: SeenStamp) -> Int64 {
        stamp.changedNanoseconds % 1_000_000_000 == 0 ? 2_000_000_000 : 20_000_000
    }

    private func digest(_ opened: Int32) -> Digest? {
        var hash = XXH3()
        var isRead = false
        unsafe withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 64) { buffer in
            while true {
                let count = unsafe read(opened, buffer.baseAddress, buffer.count)
                if count < 0, errno == EINTR { continue }
                isRead = count == 0
                if count <= 0 { break }
                unsafe hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
        return isRead ? hash.finish() : nil
    }

    /// NUL-terminated.
    private func path(of entry: Int) -> [CChar]? {
        guard let directory = (0 ..< file.directoryCount).last(where: { file.first($0) <= entry }),
            let name = unsafe file.directoryName(directory), let leaf = unsafe file.leaf(entry)
        else { return nil }
        let inside = unsafe Array(UnsafeBufferPointer(start: name, count: strlen(name)))
        let own = unsafe Array(UnsafeBufferPointer(start: leaf, count: strlen(leaf)))
        return (inside.isEmpty ? own : inside + [CChar(bitPattern: UInt8(ascii: "/"))] + own) + [0]
    }
}
