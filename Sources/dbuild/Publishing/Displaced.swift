import Artifact

/// What somebody has put in an output's place, and where it is now.
struct Displaced: Hashable, Sendable {
    let path: Path
    let target: Path

    static let root = Path(".dbuild/displaced")
    static func directory(run: Int64) -> Path { root / Path("\(run)") }
}

extension Disk {
    /// Moves what is somebody's out of the way.
    func displace(_ path: Path, below directory: Path) throws(DiskError) -> Displaced {
        try displace(path, to: freeTarget(of: path, below: directory))
    }

    /// - Precondition: nothing lies at `target`.
    func displace(_ path: Path, to target: Path) throws(DiskError) -> Displaced {
        try makeDirectory(target.directory)
        try rename(path, to: target)
        return Displaced(path: path, target: target)
    }

    /// What lies where a directory above a path is needed, as an output of the rules as they were; nil: nothing. A link is
    /// none: what it led to may come back, as a disk that is not mounted.
    func obstacle(above path: Path) throws(DiskError) -> Path? {
        var obstacle: Path?
        var above = path.directory
        while !above.bytes.isEmpty {
            switch try stamp(above, followsLink: false)?.type {
            case nil, .directory?: break
            case .link?: if try stamp(above, followsLink: true)?.type != .directory { obstacle = nil }
            default: obstacle = above
            }
            above = above.directory
        }
        return obstacle
    }

    /// Where a path can go without replacing anything: below `directory`, else below `directory~2` and so on.
    ///
    /// The whole directory gets another name: the path's own may be as long as a name can be, and a directory above
    /// it may have gone aside as a file.
    func freeTarget(of path: Path, below directory: Path) throws(DiskError) -> Path {
        var place = directory
        var number = 1
        while true {
            let target = place / path
            let isFree = try stamp(target, followsLink: false) == nil
            if isFree, try nearest(target.directory).map({ $0.stamp.type == .directory }) ?? true { return target }
            number += 1
            place = Path(directory.bytes + Array("~\(number)".utf8))
        }
    }

    /// A path, or the nearest above it that is there, and its stamp; nil where the workspace itself is gone.
    func nearest(_ path: Path) throws(DiskError) -> (path: Path, stamp: Stamp)? {
        var place = path
        while !place.bytes.isEmpty {
            if let stamp = try stamp(place, followsLink: true) { return (place, stamp) }
            place = place.directory
        }
        return try stamp(Path("."), followsLink: true).map { (Path("."), $0) }
    }
}
