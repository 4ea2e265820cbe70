import Artifact
import Synchronization

/// A disk on which something goes wrong at the nth call.
///
/// Its clock is an hour ahead, unless told, so that nobody waits for a tick to pass.
final class FaultyDisk: Disk {
    enum Fault: Hashable, Sendable {
        case none
        /// The nth call, counted from 1, fails and does nothing; those behind it work.
        case fails(call: Int, errno: Int32)
        /// Each call of that name fails and does nothing, as on a file system that cannot do it.
        case refuses(call: String, errno: Int32)
        /// The first n calls work; then nothing happens any more, as when the process has been killed.
        case stops(after: Int)
    }

    /// - Source: errno(3).
    static let noSpace: Int32 = 28
    static let inputOutput: Int32 = 5
    static let notPermitted: Int32 = 13
    static let notPossible: Int32 = 1

    private let disk: any Disk
    private let fault: Fault
    private let aheadNanoseconds: Int64
    private let before: @Sendable (Int) -> Void
    private let said: Room?
    private let directoryBytes: Int64?
    private let count = Mutex(0)
    private let refusals = Mutex(0)
    private let listed = Mutex<[Path]>([])

    /// - Parameters:
    ///   - room: what it says to have; nil: what there is.
    ///   - directoryBytes: how large it says that directories are; nil: as they are.
    ///   - before: somebody who comes by before each call, and is told its number.
    init(
        _ disk: any Disk, _ fault: Fault = .none, aheadNanoseconds: Int64 = 3_600_000_000_000, room: Room? = nil,
        directoryBytes: Int64? = nil, before: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.disk = disk
        self.fault = fault
        self.aheadNanoseconds = aheadNanoseconds
        self.before = before
        said = room
        self.directoryBytes = directoryBytes
    }

    /// How many calls there have been.
    var calls: Int { count.withLock { $0 } }

    /// How many calls were refused.
    var refusedCalls: Int { refusals.withLock { $0 } }

    /// The directories whose names were asked for since it was last asked, in order.
    func takeListed() -> [Path] {
        listed.withLock { listed in
            defer { listed = [] }
            return listed
        }
    }

    private func pass(_ call: String, _ path: Path) throws(DiskError) {
        let number = count.withLock { count in
            count += 1
            return count
        }
        before(number)
        switch fault {
        case .none: break
        case .fails(call: number, let errno): throw DiskError(call: call, path: path, errno: errno)
        case .fails: break
        case .refuses(call, let errno):
            refusals.withLock { $0 += 1 }
            throw DiskError(call: call, path: path, errno: errno)
        case .refuses: break
        case .stops(let last): if number > last { throw DiskError(call: call, path: path, errno: Self.inputOutput) }
        }
    }

    func stamp(_ path: Path, followsLink: Bool) throws(DiskError) -> Stamp? {
        try pass("stat", path)
        var stamp = try disk.stamp(path, followsLink: followsLink)
        if let directoryBytes, stamp?.type == .directory { stamp?.sizeBytes = directoryBytes }
        return stamp
    }

    func fingerprint(_ path: Path) throws(DiskError) -> (fingerprint: Fingerprint, before: Stamp, after: Stamp) {
        try pass("read", path)
        return try disk.fingerprint(path)
    }

    func names(in directory: Path) throws(DiskError) -> [Path] {
        try pass("readdir", directory)
        listed.withLock { $0.append(directory) }
        return try disk.names(in: directory)
    }

    func linkTarget(_ path: Path) throws(DiskError) -> [UInt8] {
        try pass("readlink", path)
        return try disk.linkTarget(path)
    }

    func makeDirectory(_ path: Path) throws(DiskError) {
        try pass("mkdir", path)
        try disk.makeDirectory(path)
    }

    func makeLink(_ path: Path, to target: [UInt8]) throws(DiskError) {
        try pass("symlink", path)
        try disk.makeLink(path, to: target)
    }

    func makeName(_ path: Path, of existing: Path) throws(DiskError) {
        try pass("link", path)
        try disk.makeName(path, of: existing)
    }

    func rename(_ path: Path, to target: Path) throws(DiskError) {
        try pass("rename", target)
        try disk.rename(path, to: target)
    }

    func remove(_ path: Path) throws(DiskError) {
        try pass("unlink", path)
        try disk.remove(path)
    }

    func removeDirectory(_ path: Path) throws(DiskError) {
        try pass("rmdir", path)
        try disk.removeDirectory(path)
    }

    func write(_ bytes: [UInt8], to path: Path) throws(DiskError) {
        try pass("write", path)
        try disk.write(bytes, to: path)
    }

    func read(_ path: Path) throws(DiskError) -> [UInt8] {
        try pass("read", path)
        return try disk.read(path)
    }

    func copy(_ path: Path, to target: Path) throws(DiskError) -> Bool {
        try pass("copy", target)
        return try disk.copy(path, to: target)
    }

    func makeExecutable(_ path: Path) throws(DiskError) {
        try pass("chmod", path)
        try disk.makeExecutable(path)
    }

    func takeRaisedRights(from path: Path) throws(DiskError) {
        try pass("chmod", path)
        try disk.takeRaisedRights(from: path)
    }

    func checkWritable(_ directory: Path) throws(DiskError) {
        try pass("write to", directory)
        try disk.checkWritable(directory)
    }

    func giveAccess(to directory: Path) throws(DiskError) {
        try pass("chmod", directory)
        try disk.giveAccess(to: directory)
    }

    func room(in directory: Path) throws(DiskError) -> Room {
        if let said { said } else { try disk.room(in: directory) }
    }

    var stampClockNanoseconds: Int64 { disk.stampClockNanoseconds + aheadNanoseconds }
    func sleep(nanoseconds: Int64) { disk.sleep(nanoseconds: nanoseconds) }
}
