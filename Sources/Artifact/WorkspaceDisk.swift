private import Glibc
private import Hashing

/// The real file system, relative to an open directory: it stays the same one if somebody renames it.
package final class WorkspaceDisk: Disk {
    /// Absolute, as given.
    package let root: Path
    let descriptor: Int32

    package init(root: Path) throws(DiskError) {
        self.root = root
        descriptor = unsafe open(root.terminated, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskError(call: "open", path: root, errno: errno) }
    }

    deinit { close(descriptor) }

    package func stamp(_ path: Path, followsLink: Bool) throws(DiskError) -> Stamp? {
        var status = stat()
        let flags = followsLink ? 0 : AT_SYMLINK_NOFOLLOW
        if unsafe fstatat(descriptor, path.terminated, &status, flags) == 0 { return Stamp(status) }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw DiskError(call: "stat", path: path, errno: errno)
    }

    /// Relative to the directory, opened once, where it has so many names that this is quicker.
    package func stampEach(
        in directory: Path, _ count: Int, of blob: Blob, name: (Int) -> Range<Int>, _ body: (Int, Stamp?) -> Void
    ) {
        var place = descriptor
        var opened: Int32?
        if !directory.bytes.isEmpty {
            guard count >= Self.namesWorthOpening else {
                for index in 0 ..< count {
                    body(index, try? stamp(directory / Path(blob.bytes(name(index))), followsLink: true))
                }
                return
            }
            place = unsafe openat(descriptor, directory.terminated, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard place >= 0 else {
                for index in 0 ..< count { body(index, nil) }
                return
            }
            opened = place
        }
        defer { if let opened { close(opened) } }
        var status = stat()
        for index in 0 ..< count {
            let range = name(index)
            let result = unsafe blob.withUnsafeBytes(range.lowerBound ..< range.upperBound + 1) { bytes in
                unsafe fstatat(place, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), &status, 0)
            }
            body(index, result == 0 ? Stamp(status) : nil)
        }
    }

    /// Opening a directory costs as much as some names by their whole paths (`prototype-null`).
    private static let namesWorthOpening = 8

    package func fingerprint(_ path: Path) throws(DiskError) -> (fingerprint: Fingerprint, before: Stamp, after: Stamp)
    {
        let reading = try reading(path, keeping: 0)
        return (reading.fingerprint, reading.before, reading.after)
    }

    package func reading(_ path: Path, keeping mostBytes: Int) throws(DiskError) -> FileReading {
        // Not blocking: a FIFO in a file's place must not hold up the run.
        let file = unsafe openat(descriptor, path.terminated, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw DiskError(call: "open", path: path, errno: errno) }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw DiskError(call: "stat", path: path, errno: errno) }
        let before = Stamp(status)
        guard before.type == .file else { throw DiskError(call: "read", path: path, errno: EISDIR) }
        // What has been read is hashed while the processor's cache still holds it.
        let capacity = min(max(Int(clamping: before.sizeBytes) + 1, 1 << 12), 1 << 17)
        var failure: Int32 = 0
        let (fingerprint, bytes) = unsafe withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 64) { buffer in
            // Most files are small: one piece, hashed where it lies.
            let first = unsafe Self.fill(buffer, from: file, expecting: Int(clamping: before.sizeBytes), &failure)
            let piece = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<first])
            if failure != 0 || first < capacity {
                let whole = unsafe Fingerprint(digest: XXH3.digest(piece), sizeBytes: UInt64(first))
                return unsafe (whole, first <= mostBytes ? [UInt8](piece) : nil)
            }
            var hash = XXH3()
            unsafe hash.update(piece)
            var size = UInt64(first)
            while true {
                let count = unsafe Self.fill(buffer, from: file, expecting: nil, &failure)
                if failure != 0 || count == 0 { break }
                unsafe hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                size += UInt64(count)
            }
            return (Fingerprint(digest: hash.finish(), sizeBytes: size), nil as [UInt8]?)
        }
        guard failure == 0 else { throw DiskError(call: "read", path: path, errno: failure) }
        guard unsafe fstat(file, &status) == 0 else { throw DiskError(call: "stat", path: path, errno: errno) }
        return FileReading(fingerprint: fingerprint, before: before, after: Stamp(status), bytes: bytes)
    }

    /// Reads until a buffer is full or the file is at its end.
    ///
    /// - Parameter size: where less is read than was asked for, and just so much in all, nothing is left to ask for.
    /// - Returns: how many bytes were read.
    private static func fill(
        _ buffer: UnsafeMutableRawBufferPointer, from file: Int32, expecting size: Int?, _ failure: inout Int32
    ) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = unsafe Glibc.read(file, buffer.baseAddress! + filled, buffer.count - filled)
            if count < 0, errno == EINTR { continue }
            if count < 0 { failure = errno }
            if count <= 0 { break }
            filled += count
            if filled == size, filled < buffer.count { break }
        }
        return filled
    }

    package func names(in directory: Path) throws(DiskError) -> [Path] {
        let place = directory.bytes.isEmpty ? Path(".") : directory
        let file = unsafe openat(descriptor, place.terminated, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw DiskError(call: "open", path: directory, errno: errno) }
        guard let stream = unsafe fdopendir(file) else {
            close(file)
            throw DiskError(call: "opendir", path: directory, errno: errno)
        }
        defer { unsafe closedir(stream) }
        var found: [Path] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            if name != [0x2E], name != [0x2E, 0x2E] { found.append(Path(name)) }
        }
        guard errno == 0 else { throw DiskError(call: "readdir", path: directory, errno: errno) }
        return found.sorted()
    }

    package func linkTarget(_ path: Path) throws(DiskError) -> [UInt8] {
        var failure: Int32 = 0
        let target = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            let length = unsafe buffer.withMemoryRebound(to: CChar.self) {
                unsafe readlinkat(descriptor, path.terminated, $0.baseAddress!, $0.count)
            }
            if length < 0 { failure = errno }
            count = max(0, length)
        }
        guard failure == 0 else { throw DiskError(call: "readlink", path: path, errno: failure) }
        return target
    }

    package func makeDirectory(_ path: Path) throws(DiskError) {
        // Most are there, and to look takes no lock on what is above.
        if path.bytes.isEmpty { return }
        if try stamp(path, followsLink: true)?.type == .directory { return }
        if unsafe mkdirat(descriptor, path.terminated, 0o777) == 0 || errno == EEXIST {
            // A link to a directory will do: users put outputs on other disks so.
            guard try stamp(path, followsLink: true)?.type == .directory else {
                throw DiskError(call: "mkdir", path: path, errno: ENOTDIR)
            }
            return
        }
        guard errno == ENOENT else { throw DiskError(call: "mkdir", path: path, errno: errno) }
        try makeDirectory(path.directory)
        guard unsafe mkdirat(descriptor, path.terminated, 0o777) == 0 || errno == EEXIST else {
            throw DiskError(call: "mkdir", path: path, errno: errno)
        }
    }

    package func makeLink(_ path: Path, to target: [UInt8]) throws(DiskError) {
        guard unsafe symlinkat(Path(target).terminated, descriptor, path.terminated) == 0 else {
            throw DiskError(call: "symlink", path: path, errno: errno)
        }
    }

    package func makeName(_ path: Path, of existing: Path) throws(DiskError) {
        guard unsafe linkat(descriptor, existing.terminated, descriptor, path.terminated, 0) == 0 else {
            throw DiskError(call: "link", path: path, errno: errno)
        }
    }

    package func rename(_ path: Path, to target: Path) throws(DiskError) {
        guard unsafe renameat(descriptor, path.terminated, descriptor, target.terminated) == 0 else {
            throw DiskError(call: "rename", path: target, errno: errno)
        }
    }

    package func remove(_ path: Path) throws(DiskError) {
        guard unsafe unlinkat(descriptor, path.terminated, 0) == 0 || errno == ENOENT else {
            throw DiskError(call: "unlink", path: path, errno: errno)
        }
    }

    package func removeDirectory(_ path: Path) throws(DiskError) {
        guard unsafe unlinkat(descriptor, path.terminated, AT_REMOVEDIR) == 0 || errno == ENOENT else {
            throw DiskError(call: "rmdir", path: path, errno: errno)
        }
    }

    package func write(_ bytes: [UInt8], to path: Path) throws(DiskError) {
        let file = unsafe openat(descriptor, path.terminated, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw DiskError(call: "open", path: path, errno: errno) }
        defer { close(file) }
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(file, $0.baseAddress! + done, $0.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw DiskError(call: "write", path: path, errno: errno) }
            done += count
        }
    }

    package func read(_ path: Path) throws(DiskError) -> [UInt8] {
        // Nobody may ever write into a pipe.
        let file = unsafe openat(descriptor, path.terminated, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw DiskError(call: "open", path: path, errno: errno) }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw DiskError(call: "stat", path: path, errno: errno) }
        guard status.st_mode & S_IFMT != S_IFIFO else { throw DiskError(call: "read", path: path, errno: EINVAL) }
        var bytes: [UInt8] = []
        var failure: Int32 = 0
        // Most are read in one piece: where the size is not known, or not true, in several.
        let capacity = min(max(Int(clamping: status.st_size) + 1, 1 << 9), 1 << 16)
        unsafe withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 8) { buffer in
            while true {
                let count = unsafe Glibc.read(file, buffer.baseAddress, buffer.count)
                if count < 0, errno == EINTR { continue }
                if count < 0 { failure = errno }
                guard count > 0 else { break }
                unsafe bytes.append(contentsOf: buffer[..<count])
            }
        }
        guard failure == 0 else { throw DiskError(call: "read", path: path, errno: failure) }
        return bytes
    }

    package var stampClockNanoseconds: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return nanoseconds(time)
    }

    package func sleep(nanoseconds: Int64) {
        var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        var rest = timespec()
        while unsafe nanosleep(&time, &rest) != 0, errno == EINTR { time = rest }
    }
}

extension Path {
    /// The bytes as C wants them; a NUL inside is refused before (`Path.flaw`).
    var terminated: [CChar] {
        unsafe [CChar](unsafeUninitializedCapacity: bytes.count + 1) { buffer, count in
            // Copied as they are: one for each call to the system.
            let copy = UnsafeMutableRawBufferPointer(buffer)
            unsafe copy.copyBytes(from: bytes)
            unsafe copy[bytes.count] = 0
            count = bytes.count + 1
        }
    }
}

extension Stamp {
    fileprivate init(_ status: stat) {
        self.init()
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        sizeBytes = Int64(status.st_size)
        modifiedNanoseconds = nanoseconds(status.st_mtim)
        changedNanoseconds = nanoseconds(status.st_ctim)
        mode = UInt32(status.st_mode)
    }
}

/// Saturates for times that 64 bits of nanoseconds cannot hold (after 2262).
private func nanoseconds(_ time: timespec) -> Int64 {
    let (product, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return time.tv_sec < 0 ? .min : .max }
    let (sum, carry) = product.addingReportingOverflow(Int64(time.tv_nsec))
    return carry ? .max : sum
}
