import Artifact

/// A disk on which times are not what they should be: a clock that was set, a file system that counts whole seconds.
final class ShiftedDisk: Disk {
    private let disk: WorkspaceDisk
    private let time: @Sendable (Int64) -> Int64
    private let clock: @Sendable (Int64) -> Int64

    /// - Parameters:
    ///   - time: of a change, from what it really is.
    ///   - clock: from what it really is.
    init(
        _ disk: WorkspaceDisk, time: @escaping @Sendable (Int64) -> Int64 = { $0 },
        clock: @escaping @Sendable (Int64) -> Int64 = { $0 }
    ) {
        self.disk = disk
        self.time = time
        self.clock = clock
    }

    private func shifted(_ stamp: Stamp) -> Stamp {
        var stamp = stamp
        stamp.modifiedNanoseconds = time(stamp.modifiedNanoseconds)
        stamp.changedNanoseconds = time(stamp.changedNanoseconds)
        return stamp
    }

    func stamp(_ path: Path, followsLink: Bool) throws(DiskError) -> Stamp? {
        try disk.stamp(path, followsLink: followsLink).map { shifted($0) }
    }

    func fingerprint(_ path: Path) throws(DiskError) -> (fingerprint: Fingerprint, before: Stamp, after: Stamp) {
        let seen = try disk.fingerprint(path)
        return (seen.fingerprint, shifted(seen.before), shifted(seen.after))
    }

    var stampClockNanoseconds: Int64 { clock(disk.stampClockNanoseconds) }
    func sleep(nanoseconds: Int64) { disk.sleep(nanoseconds: nanoseconds) }
    func copy(_ path: Path, to target: Path) throws(DiskError) -> Bool { try disk.copy(path, to: target) }
    func makeExecutable(_ path: Path) throws(DiskError) { try disk.makeExecutable(path) }
    func checkWritable(_ directory: Path) throws(DiskError) { try disk.checkWritable(directory) }
    func giveAccess(to directory: Path) throws(DiskError) { try disk.giveAccess(to: directory) }
    func takeRaisedRights(from path: Path) throws(DiskError) { try disk.takeRaisedRights(from: path) }
    func room(in directory: Path) throws(DiskError) -> Room { try disk.room(in: directory) }
    func names(in directory: Path) throws(DiskError) -> [Path] { try disk.names(in: directory) }
    func linkTarget(_ path: Path) throws(DiskError) -> [UInt8] { try disk.linkTarget(path) }
    func makeDirectory(_ path: Path) throws(DiskError) { try disk.makeDirectory(path) }
    func makeLink(_ path: Path, to target: [UInt8]) throws(DiskError) { try disk.makeLink(path, to: target) }
    func rename(_ path: Path, to target: Path) throws(DiskError) { try disk.rename(path, to: target) }
    func remove(_ path: Path) throws(DiskError) { try disk.remove(path) }
    func removeDirectory(_ path: Path) throws(DiskError) { try disk.removeDirectory(path) }
    func write(_ bytes: [UInt8], to path: Path) throws(DiskError) { try disk.write(bytes, to: path) }
    func read(_ path: Path) throws(DiskError) -> [UInt8] { try disk.read(path) }
}
