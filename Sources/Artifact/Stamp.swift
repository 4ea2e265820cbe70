/// What the file system says of a file without reading it: it may save a re-hash, it never decides.
package struct Stamp: Hashable, BitwiseCopyable, Sendable {
    package var device: UInt64 = 0
    package var inode: UInt64 = 0
    package var sizeBytes: Int64 = 0
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    package var modifiedNanoseconds: Int64 = 0
    /// Nanoseconds since 1970-01-01T00:00:00Z; any change of content or name moves it.
    package var changedNanoseconds: Int64 = 0
    /// Type and permission bits.
    package var mode: UInt32 = 0

    package init() {}

    package enum FileType: Hashable, Sendable { case file, directory, link, other }

    /// - Source: inode(7), the file type bits of `st_mode`.
    package var type: FileType {
        switch mode & 0o170000 {
        case 0o100000: .file
        case 0o040000: .directory
        case 0o120000: .link
        default: .other
        }
    }

    /// How long other changes may carry the same time, nanoseconds.
    ///
    /// Whole seconds are those of a file system that counts no finer: FAT counts every other one.
    package var tickNanoseconds: Int64 {
        changedNanoseconds % 1_000_000_000 == 0 ? 2_000_000_000 : stampTickNanoseconds
    }

    /// Whether a program in this file runs with its owner's or group's rights.
    package var hasRaisedRights: Bool { type == .file && mode & 0o6000 != 0 }

    package var isExecutable: Bool { mode & 0o100 != 0 }

    /// A directory that its owner may not list, or in which it may not make names.
    package var isClosed: Bool { mode & 0o700 != 0o700 }

    /// The same file with the same bytes, only renamed: a rename moves nothing but the change time.
    package func isSameFile(as other: Stamp) -> Bool {
        var renamed = other
        renamed.changedNanoseconds = changedNanoseconds
        return self == renamed
    }
}

extension Stamp: Packable {
    package func pack(into packer: inout Packer) {
        packer.number(device)
        packer.number(inode)
        packer.fixed(UInt64(bitPattern: sizeBytes))
        packer.fixed(UInt64(bitPattern: modifiedNanoseconds))
        packer.fixed(UInt64(bitPattern: changedNanoseconds))
        packer.number(UInt64(mode))
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        device = try unpacker.number()
        inode = try unpacker.number()
        sizeBytes = Int64(bitPattern: try unpacker.fixed())
        modifiedNanoseconds = Int64(bitPattern: try unpacker.fixed())
        changedNanoseconds = Int64(bitPattern: try unpacker.fixed())
        mode = UInt32(truncatingIfNeeded: try unpacker.number())
    }
}
