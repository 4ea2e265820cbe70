private import Glibc

/// Files that are written piece by piece, of bytes where they lie.
extension WorkspaceDisk {
    /// Writes a file anew.
    ///
    /// - Parameter body: hands over its pieces.
    package func write(_ path: Path, _ body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void) throws {
        // Not over the bytes of another file: somebody may have that one mapped.
        try remove(path)
        let file = unsafe openat(descriptor, path.terminated, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw DiskError(call: "open", path: path, errno: errno) }
        defer { close(file) }
        try unsafe body { bytes in try unsafe Self.writeAll(bytes, to: file, path) }
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
