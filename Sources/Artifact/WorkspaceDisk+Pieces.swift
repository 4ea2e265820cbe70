private import Glibc

/// Files that are written piece by piece, of bytes where they lie.
extension WorkspaceDisk {
    /// Writes a file anew. Where much of it is zeros it has holes.
    ///
    /// - Parameter body: hands over its pieces.
    package func write(_ path: Path, _ body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void) throws {
        // Not over the bytes of another file: somebody may have that one mapped.
        try remove(path)
        let file = unsafe openat(descriptor, path.terminated, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw DiskError(call: "open", path: path, errno: errno) }
        defer { close(file) }
        var count = 0
        try unsafe body { bytes in
            try unsafe Self.writeWithHoles(bytes, to: file, path)
            count += bytes.count
        }
        // A hole at its end is no part of a file yet.
        guard ftruncate(file, count) == 0 else { throw DiskError(call: "truncate", path: path, errno: errno) }
    }

    /// What is looked at for zeros at once: some pages, so that a file does not come in crumbs.
    private static let holeBytes = 1 << 16

    private static func writeWithHoles(
        _ bytes: UnsafeRawBufferPointer, to file: Int32, _ path: Path
    ) throws(DiskError) {
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, unsafe !isZero(bytes, end) { end = min(bytes.count, end + holeBytes) }
            if end > start {
                unsafe try writeAll(UnsafeRawBufferPointer(rebasing: bytes[start ..< end]), to: file, path)
            }
            start = end
            while end < bytes.count, unsafe isZero(bytes, end) { end = min(bytes.count, end + holeBytes) }
            guard end == start || lseek(file, end - start, SEEK_CUR) >= 0 else {
                throw DiskError(call: "seek", path: path, errno: errno)
            }
            start = end
        }
    }

    /// Whether the block that begins at a place is nothing but zeros.
    private static func isZero(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Bool {
        let count = min(holeBytes, bytes.count - start)
        guard let base = bytes.baseAddress, unsafe bytes[start] == 0 else { return false }
        // Each byte is that before it.
        return unsafe memcmp(base + start, base + start + 1, count - 1) == 0
    }

    /// Writes over the beginning of a file, then moves it.
    package func putBack(_ path: Path, _ beginning: [UInt8], to target: Path) throws {
        let file = unsafe openat(descriptor, path.terminated, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { throw DiskError(call: "open", path: path, errno: errno) }
        do {
            defer { close(file) }
            try unsafe beginning.withUnsafeBytes { try unsafe Self.writeAll($0, to: file, path) }
        }
        try rename(path, to: target)
    }

    /// Writes over pieces of a file.
    ///
    /// - Parameters:
    ///   - byteCount: how long it is then.
    ///   - body: hands over its pieces, with their places.
    /// - Returns: false where somebody is reading it: nothing has been written.
    package func patch(
        _ path: Path, byteCount: Int, _ body: ((Int, UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws -> Bool {
        let file = unsafe openat(descriptor, path.terminated, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { throw DiskError(call: "open", path: path, errno: errno) }
        defer { close(file) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else { return false }
        try unsafe body { place, bytes in
            guard lseek(file, place, SEEK_SET) == place else {
                throw DiskError(call: "lseek", path: path, errno: errno)
            }
            try unsafe Self.writeAll(bytes, to: file, path)
        }
        guard ftruncate(file, byteCount) == 0 else { throw DiskError(call: "truncate", path: path, errno: errno) }
        return true
    }

    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32, _ path: Path) throws(DiskError) {
        var done = 0
        while done < bytes.count {
            let count = unsafe Glibc.write(file, bytes.baseAddress! + done, bytes.count - done)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw DiskError(call: "write", path: path, errno: errno) }
            done += count
        }
    }
}
