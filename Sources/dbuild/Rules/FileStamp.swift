import Artifact

/// A file outside the workspace, and its stamp; nil where it is not there.
struct FileStamp: Hashable, Sendable {
    /// Absolute.
    let path: String
    let stamp: Stamp?

    init(path: String, stamp: Stamp?) {
        self.path = path
        self.stamp = stamp
    }

    init(_ path: String, _ disk: any Disk) throws(DiskError) {
        self.path = path
        stamp = try disk.stamp(Path(path), followsLink: true)
    }
}

extension FileStamp: Packable {
    func pack(into packer: inout Packer) {
        packer.string(path)
        packer.list(stamp.map { [$0] } ?? [])
    }

    init(from unpacker: inout Unpacker) throws(UnpackError) {
        path = try unpacker.text()
        stamp = try unpacker.list(of: Stamp.self).first
    }
}
