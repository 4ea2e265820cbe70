import Artifact
private import Glibc

// Files outside the workspace's disk, by absolute paths.

/// What a file holds.
///
/// - Parameter mostBytes: of its beginning.
func readFile(_ path: String, mostBytes: Int = .max) throws -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw SystemError(call: "open", subject: path, errno: errno) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var facts = stat()
    if unsafe fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG {
        // What a file says of its size is no reason to ask for all of it.
        bytes.reserveCapacity(min(Int(clamping: facts.st_size), mostBytes, 1 << 26))
    }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe read(file, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw SystemError(call: "read", subject: path, errno: errno) }
        if count == 0 { return bytes }
        bytes += chunk[..<count]
        if bytes.count >= mostBytes { return Array(bytes.prefix(mostBytes)) }
    }
}

/// Hands over what a file holds, piece by piece.
///
/// - Parameter path: its bytes.
func readFile(_ path: [UInt8], _ take: (UnsafeRawBufferPointer) -> Void) throws {
    let subject = printable(path)
    let file = unsafe open(path.map { CChar(bitPattern: $0) } + [0], O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw SystemError(call: "open", subject: subject, errno: errno) }
    defer { close(file) }
    var failure: Int32 = 0
    unsafe withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 64) { buffer in
        while true {
            let count = unsafe read(file, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count < 0 { failure = errno }
            if count <= 0 { break }
            unsafe take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
    guard failure == 0 else { throw SystemError(call: "read", subject: subject, errno: failure) }
}

/// Says of a file that it was changed at the beginning of 1970, to whoever goes by that.
func makeOld(_ path: String) throws {
    let times = [timespec(), timespec()]
    guard unsafe utimensat(AT_FDCWD, path, times, 0) == 0 else {
        throw SystemError(call: "utimensat", subject: path, errno: errno)
    }
}

/// Writes beside the file and renames, so that nobody sees half of it.
///
/// - Parameter mode: what the file may have at most; the process' mask takes from it.
func replaceFile(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o666) throws {
    let staged = path + ".new-\(getpid())"
    let file = unsafe open(staged, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard file >= 0 else { throw SystemError(call: "open", subject: staged, errno: errno) }
    do {
        defer { close(file) }
        try writeAll(bytes, to: file, named: staged)
    } catch {
        unsafe unlink(staged)
        throw error
    }
    guard unsafe rename(staged, path) == 0 else { throw SystemError(call: "rename", subject: path, errno: errno) }
}

/// Writes a file where there is none; what could not be written whole is taken away again.
func createFile(_ path: String, with bytes: [UInt8]) throws {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw SystemError(call: "open", subject: path, errno: errno) }
    defer { close(file) }
    do { try writeAll(bytes, to: file, named: path) } catch {
        unsafe unlink(path)
        throw error
    }
}

func linkTarget(_ path: String) throws -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe readlink(path, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    guard count >= 0 else { throw SystemError(call: "readlink", subject: path, errno: errno) }
    return String(decoding: buffer[..<count], as: UTF8.self)
}

/// The path without links in it, or nil where there is nothing.
func resolved(_ path: String) -> String? {
    guard let found = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(found) }
    return unsafe String(cString: found)
}

func resolved(_ path: [UInt8]) -> [UInt8]? {
    guard let found = unsafe realpath(path.map { CChar(bitPattern: $0) } + [0], nil) else { return nil }
    defer { unsafe free(found) }
    return unsafe Array(UnsafeRawBufferPointer(start: found, count: strlen(found)))
}

func isExecutableFile(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
}

func fileExists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

/// A file that grows: each write goes to its end.
func openForAppending(_ path: String) throws -> Int32 {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw SystemError(call: "open", subject: path, errno: errno) }
    return file
}

/// Removes a file that is there.
func removeFile(_ path: String) throws {
    guard unsafe unlink(path) == 0 else { throw SystemError(call: "unlink", subject: path, errno: errno) }
}

/// Adds to a file, which is made where there is none.
func appendText(_ text: String, to path: String) throws {
    let file = try openForAppending(path)
    defer { close(file) }
    try writeAll(Array(text.utf8), to: file, named: path)
}

/// Whether this process may read, write or execute what lies at a path, links followed.
func mayRead(_ path: [UInt8]) -> Bool { hasAccess(path, R_OK) }
func mayWrite(_ path: [UInt8]) -> Bool { hasAccess(path, W_OK) }
func mayExecute(_ path: [UInt8]) -> Bool { hasAccess(path, X_OK) }

private func hasAccess(_ path: [UInt8], _ mode: Int32) -> Bool {
    unsafe access(path.map { CChar(bitPattern: $0) } + [0], mode) == 0
}
