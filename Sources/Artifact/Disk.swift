/// The file system below one workspace: the seam at which tests put another one.
///
/// Every path is relative to the workspace.
package protocol Disk: Sendable {
    /// - Parameter followsLink: whether the last component, if it is a symbolic link, stands for its target.
    /// - Returns: nil where nothing has that name.
    func stamp(_ path: Path, followsLink: Bool) throws(DiskError) -> Stamp?
    /// What lies under several names of one directory, links followed.
    ///
    /// - Parameters:
    ///   - count: of the names.
    ///   - name: where in the blob each lies, with a NUL behind it.
    ///   - body: told of each name; nil where nothing has it, or where that cannot be said.
    func stampEach(
        in directory: Path, _ count: Int, of blob: Blob, name: (Int) -> Range<Int>, _ body: (Int, Stamp?) -> Void)
    /// Reads a file whole, following links, and says what it was while it was read.
    func fingerprint(_ path: Path) throws(DiskError) -> (fingerprint: Fingerprint, before: Stamp, after: Stamp)
    /// The same, with the file's bytes where it has no more than so many.
    func reading(_ path: Path, keeping mostBytes: Int) throws(DiskError) -> FileReading
    /// The names in a directory, sorted by bytes.
    func names(in directory: Path) throws(DiskError) -> [Path]
    func linkTarget(_ path: Path) throws(DiskError) -> [UInt8]
    /// A directory and those above it; no error where it is there.
    func makeDirectory(_ path: Path) throws(DiskError)
    func makeLink(_ path: Path, to target: [UInt8]) throws(DiskError)
    /// One more name of a file or link, which stays the same one.
    func makeName(_ path: Path, of existing: Path) throws(DiskError)
    /// Replaces what is at `target`, if it is a file.
    func rename(_ path: Path, to target: Path) throws(DiskError)
    /// A file or link; no error where it is gone.
    func remove(_ path: Path) throws(DiskError)
    /// An empty directory.
    func removeDirectory(_ path: Path) throws(DiskError)
    func write(_ bytes: [UInt8], to path: Path) throws(DiskError)
    func read(_ path: Path) throws(DiskError) -> [UInt8]
    /// Makes a file with the same bytes, never a link, where nothing lies; after an error nothing lies there.
    ///
    /// - Returns: whether the two share their blocks, so that the copy takes no room.
    @discardableResult
    func copy(_ path: Path, to target: Path) throws(DiskError) -> Bool
    /// - Throws: why this process cannot make names in a directory.
    func checkWritable(_ directory: Path) throws(DiskError)
    /// Lets its owner list a directory and make names in it.
    func giveAccess(to directory: Path) throws(DiskError)
    /// Takes from a file that it runs with its owner's or group's rights.
    func takeRaisedRights(from path: Path) throws(DiskError)
    /// What is left of a directory's file system.
    func room(in directory: Path) throws(DiskError) -> Room
    /// Whoever may read a file may execute it.
    func makeExecutable(_ path: Path) throws(DiskError)
    /// The clock that stamps come from, nanoseconds since 1970-01-01T00:00:00Z.
    var stampClockNanoseconds: Int64 { get }
    func sleep(nanoseconds: Int64)
}

/// A file that was read whole.
package struct FileReading: Sendable {
    package let fingerprint: Fingerprint
    package let before: Stamp
    package let after: Stamp
    /// Nil where they are more than somebody wants, or where the disk keeps none.
    package let bytes: [UInt8]?

    package init(fingerprint: Fingerprint, before: Stamp, after: Stamp, bytes: [UInt8]?) {
        self.fingerprint = fingerprint
        self.before = before
        self.after = after
        self.bytes = bytes
    }
}

/// What is left of a file system.
package struct Room: Hashable, Sendable {
    package let bytes: UInt64
    /// Nil where files are not counted.
    package let files: UInt64?

    package init(bytes: UInt64, files: UInt64?) {
        self.bytes = bytes
        self.files = files
    }

    /// So little that what has just failed can have wanted more: others may have made some room since.
    package var isShort: Bool { bytes < 4 << 20 || files.map { $0 < 64 } == true }
}

/// A system call that failed.
package struct DiskError: Error, Hashable, Sendable {
    package let call: String
    package let path: Path
    package let errno: Int32

    package init(call: String, path: Path, errno: Int32) {
        self.call = call
        self.path = path
        self.errno = errno
    }
}

extension DiskError {
    /// - Source: rmdir(2): ENOTEMPTY or EEXIST.
    package var isDirectoryNotEmpty: Bool { errno == 39 || errno == 17 }

    /// - Source: errno(3): EPERM, EACCES.
    package var isNotPermitted: Bool { errno == 1 || errno == 13 }

    /// - Source: errno(3): ENOENT.
    package var isAbsent: Bool { errno == 2 }

    /// - Source: mkdir(2): ENOTDIR.
    package var isNotADirectory: Bool { errno == 20 }

    /// No retry cures it: what lies at the path, or its name, is not fit for the call.
    ///
    /// - Source: errno(3): EXDEV, ENOTDIR, EISDIR, ENAMETOOLONG, ELOOP.
    package var isLasting: Bool { [18, 20, 21, 36, 40].contains(errno) }
}

/// How far apart two stamps of different contents must be to differ: twice the kernel's tick at 100 Hz.
package let stampTickNanoseconds: Int64 = 20_000_000

extension Disk {
    /// Removes a directory and all that is in it; links are removed, never followed.
    package func removeTree(_ path: Path) throws(DiskError) {
        guard let stamp = try stamp(path, followsLink: false) else { return }
        guard stamp.type == .directory else { return try remove(path) }
        if stamp.isClosed { try giveAccess(to: path) }
        for name in try names(in: path) { try removeTree(path / name) }
        try removeDirectory(path)
    }

    /// Removes what can be removed of a directory that others may still write into; the rest stays.
    package func removeLoosely(_ path: Path) {
        guard let stamp = try? stamp(path, followsLink: false) else { return }
        guard stamp.type == .directory else {
            try? remove(path)
            return
        }
        if stamp.isClosed { try? giveAccess(to: path) }
        for name in (try? names(in: path)) ?? [] { removeLoosely(path / name) }
        try? removeDirectory(path)
    }

    /// Whether no later change can carry a stamp's time.
    package func isPast(_ stamp: Stamp) -> Bool {
        stampClockNanoseconds - stamp.tickNanoseconds >= stamp.changedNanoseconds
    }

    /// Whether that can be waited for, as every run does before it ends with what it has published.
    package func isSoonPast(_ stamp: Stamp) -> Bool {
        isPast(stamp) || stamp.tickNanoseconds == stampTickNanoseconds && !isFarAhead(stamp.changedNanoseconds)
    }

    /// By a wrong clock: no waiting helps, and a stamp with such a time is not trusted either.
    private func isFarAhead(_ nanoseconds: Int64) -> Bool {
        // A kernel that tells changes apart more finely than this clock is ahead of it by a tick, or a few under load.
        nanoseconds > stampClockNanoseconds + 10 * stampTickNanoseconds
    }

    /// Waits until no later change can carry a time.
    package func waitPast(_ nanoseconds: Int64) {
        // The clock lags behind the one that ends a sleep; one that stands still is not waited for.
        for _ in 0 ..< 8 where !isFarAhead(nanoseconds) {
            let now = stampClockNanoseconds
            guard nanoseconds > now - stampTickNanoseconds else { return }
            // Never much less than it takes that clock to go on.
            sleep(nanoseconds: max(nanoseconds + stampTickNanoseconds - now, stampTickNanoseconds / 4))
        }
    }
}

extension Disk {
    /// Without its bytes.
    package func reading(_ path: Path, keeping mostBytes: Int) throws(DiskError) -> FileReading {
        let (fingerprint, before, after) = try fingerprint(path)
        return FileReading(fingerprint: fingerprint, before: before, after: after, bytes: nil)
    }

    /// One after another.
    package func stampEach(
        in directory: Path, _ count: Int, of blob: Blob, name: (Int) -> Range<Int>, _ body: (Int, Stamp?) -> Void
    ) {
        for index in 0 ..< count {
            body(index, try? stamp(directory / Path(blob.bytes(name(index))), followsLink: true))
        }
    }
}
