import Artifact

/// A disk on which times are not what they should be: a clock that was set, a file system that counts whole seconds.
final class ShiftedDisk: ForwardingDisk {
    let disk: WorkspaceDisk
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
}
