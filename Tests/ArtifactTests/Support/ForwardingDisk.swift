import Artifact

/// A disk that does what another one does, but for what it says itself.
protocol ForwardingDisk: Disk {
    var disk: WorkspaceDisk { get }
}

extension ForwardingDisk {
    func stamp(_ path: Path, followsLink: Bool) throws(DiskError) -> Stamp? {
        try disk.stamp(path, followsLink: followsLink)
    }
    func fingerprint(_ path: Path) throws(DiskError) -> (fingerprint: Fingerprint, before: Stamp, after: Stamp) {
        try disk.fingerprint(path)
    }
    func names(in directory: Path) throws(DiskError) -> [Path] { try disk.names(in: directory) }
    func linkTarget(_ path: Path) throws(DiskError) -> [UInt8] { try disk.linkTarget(path) }
    func makeDirectory(_ path: Path) throws(DiskError) { try disk.makeDirectory(path) }
    func makeLink(_ path: Path, to target: [UInt8]) throws(DiskError) { try disk.makeLink(path, to: target) }
    func makeName(_ path: Path, of existing: Path) throws(DiskError) { try disk.makeName(path, of: existing) }
    func rename(_ path: Path, to target: Path) throws(DiskError) { try disk.rename(path, to: target) }
    func remove(_ path: Path) throws(DiskError) { try disk.remove(path) }
    func removeDirectory(_ path: Path) throws(DiskError) { try disk.removeDirectory(path) }
    func write(_ bytes: [UInt8], to path: Path) throws(DiskError) { try disk.write(bytes, to: path) }
    func read(_ path: Path) throws(DiskError) -> [UInt8] { try disk.read(path) }
    func copy(_ path: Path, to target: Path) throws(DiskError) -> Bool { try disk.copy(path, to: target) }
    func makeExecutable(_ path: Path) throws(DiskError) { try disk.makeExecutable(path) }
    func checkWritable(_ directory: Path) throws(DiskError) { try disk.checkWritable(directory) }
    func giveAccess(to directory: Path) throws(DiskError) { try disk.giveAccess(to: directory) }
    func takeRaisedRights(from path: Path) throws(DiskError) { try disk.takeRaisedRights(from: path) }
    func room(in directory: Path) throws(DiskError) -> Room { try disk.room(in: directory) }
    var stampClockNanoseconds: Int64 { disk.stampClockNanoseconds }
    func sleep(nanoseconds: Int64) { disk.sleep(nanoseconds: nanoseconds) }
}
