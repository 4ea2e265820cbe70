private import Glibc

extension WorkspaceDisk {
    package func copy(_ path: Path, to target: Path) throws(DiskError) -> Bool {
        let source = unsafe openat(descriptor, path.terminated, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard source >= 0 else { throw DiskError(call: "open", path: path, errno: errno) }
        defer { close(source) }
        let copy = unsafe openat(descriptor, target.terminated, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard copy >= 0 else { throw DiskError(call: "open", path: target, errno: errno) }
        defer { close(copy) }
        if ioctl(copy, ficlone, source) == 0 { return true }
        do throws(DiskError) {
            try copyBytes(source, path, to: copy, target)
        } catch {
            unsafe unlinkat(descriptor, target.terminated, 0)
            throw error
        }
        return false
    }

    private func copyBytes(
        _ source: Int32, _ path: Path, to copy: Int32, _ target: Path
    ) throws(DiskError) {
        var chunk = [UInt8](repeating: 0, count: 1 << 17)
        while true {
            let count = unsafe Glibc.read(source, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw DiskError(call: "read", path: path, errno: errno) }
            if count == 0 { return }
            try writeAll(chunk[..<count], to: copy, target)
        }
    }

    private func writeAll(_ bytes: ArraySlice<UInt8>, to file: Int32, _ path: Path) throws(DiskError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw DiskError(call: "write", path: path, errno: errno) }
            rest = rest.dropFirst(count)
        }
    }

    package func makeExecutable(_ path: Path) throws(DiskError) {
        var status = stat()
        guard unsafe fstatat(descriptor, path.terminated, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw DiskError(call: "stat", path: path, errno: errno)
        }
        let mode = status.st_mode & 0o7777
        guard unsafe fchmodat(descriptor, path.terminated, mode | (mode & 0o444) >> 2, 0) == 0 else {
            throw DiskError(call: "chmod", path: path, errno: errno)
        }
    }
}

extension WorkspaceDisk {
    package func takeRaisedRights(from path: Path) throws(DiskError) {
        var status = stat()
        guard unsafe fstatat(descriptor, path.terminated, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw DiskError(call: "stat", path: path, errno: errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return }
        guard unsafe fchmodat(descriptor, path.terminated, status.st_mode & 0o1777, 0) == 0 else {
            throw DiskError(call: "chmod", path: path, errno: errno)
        }
    }

    package func checkWritable(_ directory: Path) throws(DiskError) {
        let place = directory.bytes.isEmpty ? Path(".") : directory
        guard unsafe faccessat(descriptor, place.terminated, W_OK | X_OK, AT_EACCESS) == 0 else {
            throw DiskError(call: "write to", path: place, errno: errno)
        }
    }

    package func giveAccess(to directory: Path) throws(DiskError) {
        var status = stat()
        guard unsafe fstatat(descriptor, directory.terminated, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw DiskError(call: "stat", path: directory, errno: errno)
        }
        // Never through a link to somewhere else.
        guard status.st_mode & S_IFMT == S_IFDIR else { return }
        guard unsafe fchmodat(descriptor, directory.terminated, status.st_mode & 0o7777 | 0o700, 0) == 0 else {
            throw DiskError(call: "chmod", path: directory, errno: errno)
        }
    }

    package func room(in directory: Path) throws(DiskError) -> Room {
        let file = unsafe openat(descriptor, directory.terminated, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw DiskError(call: "open", path: directory, errno: errno) }
        defer { close(file) }
        var facts = statvfs()
        guard unsafe fstatvfs(file, &facts) == 0 else {
            throw DiskError(call: "statvfs", path: directory, errno: errno)
        }
        return Room(
            bytes: UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_frsize)).partialValue,
            files: facts.f_files == 0 ? nil : UInt64(facts.f_favail))
    }
}

/// `_IOW(0x94, 9, int)`.
///
/// - Source: ioctl_ficlone(2), linux/fs.h.
private let ficlone: UInt = 0x4004_9409
