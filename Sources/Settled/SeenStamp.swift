private import Glibc

/// What the file system said of a file, as a settled file holds it: 48 bytes without padding.
package struct SeenStamp: Hashable, BitwiseCopyable, Sendable {
    package var device: UInt64 = 0
    package var inode: UInt64 = 0
    package var sizeBytes: Int64 = 0
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    package var modifiedNanoseconds: Int64 = 0
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    package var changedNanoseconds: Int64 = 0
    /// Type and permission bits.
    package var mode: UInt32 = 0
    private let unused: UInt32 = 0

    package init() {}
}

/// What else a settled file says of an entry.
enum SettledFlag {
    /// There was nothing.
    static let absent: UInt8 = 1
    /// Of a link the link itself, not what it leads to.
    static let unfollowed: UInt8 = 2
    /// Its digest is known: a file that was only touched is read again before it counts as changed.
    static let hashed: UInt8 = 4
}

extension SeenStamp {
    /// Of what a descriptor is open on; nil where the system does not say.
    init?(descriptor: Int32) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    /// What looking at a path gives.
    enum Look {
        case found(SeenStamp)
        case nothing
        /// Nobody can say what lies there.
        case failed
    }

    /// - Parameters:
    ///   - directory: an open one; of no meaning for an absolute path.
    ///   - name: NUL-terminated, relative to it or absolute.
    @unsafe static func look(_ directory: Int32, _ name: UnsafePointer<CChar>, follows: Bool) -> Look {
        var status = stat()
        if unsafe fstatat(directory, name, &status, follows ? 0 : AT_SYMLINK_NOFOLLOW) == 0 {
            return .found(SeenStamp(status))
        }
        return errno == ENOENT || errno == ENOTDIR ? .nothing : .failed
    }

    private init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        sizeBytes = Int64(status.st_size)
        modifiedNanoseconds = nanoseconds(status.st_mtim)
        changedNanoseconds = nanoseconds(status.st_ctim)
        mode = UInt32(status.st_mode)
    }
}

/// Saturates for times that 64 bits of nanoseconds cannot hold (after 2262).
private func nanoseconds(_ time: timespec) -> Int64 {
    let (product, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return time.tv_sec < 0 ? .min : .max }
    let (sum, carry) = product.addingReportingOverflow(Int64(time.tv_nsec))
    return carry ? .max : sum
}
