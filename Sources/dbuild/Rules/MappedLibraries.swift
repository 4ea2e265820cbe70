import Artifact

/// The shared objects that a worker maps, and what tells without starting one that it would map the same again.
struct MappedLibraries: Hashable, Sendable {
    /// Absolute.
    let paths: [String]
    /// The objects, the directories that they lie in, where others may come to shadow them, and the cache that the
    /// dynamic linker goes by.
    let watched: [FileStamp]

    private static let linkerCache = "/etc/ld.so.cache"

    init(_ paths: [String], _ disk: any Disk) throws(DiskError) {
        self.paths = paths
        let directories = Set(paths.map { String(decoding: Path($0).directory.bytes, as: UTF8.self) }).sorted()
        var watched: [FileStamp] = []
        for path in paths + directories + [Self.linkerCache] { watched.append(try FileStamp(path, disk)) }
        self.watched = watched
    }

    func isCurrent(_ disk: any Disk) -> Bool {
        watched.allSatisfy { before in
            guard let now = try? FileStamp(before.path, disk) else { return false }
            return now == before
        }
    }
}

extension MappedLibraries: Packable {
    func pack(into packer: inout Packer) {
        packer.list(paths) { packer, path in packer.string(path) }
        packer.list(watched)
    }

    init(from unpacker: inout Unpacker) throws(UnpackError) {
        paths = try unpacker.list { unpacker throws(UnpackError) in try unpacker.text() }
        watched = try unpacker.list(of: FileStamp.self)
    }
}
