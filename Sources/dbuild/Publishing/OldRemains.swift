import Artifact
import Planning

/// What old runs have left in dbuild's own directory: events, logs, and what they had to move out of the way.
struct OldRemains {
    private(set) var directories: [Path] = []
    private(set) var fileCount = 0
    private(set) var sizeBytes: UInt64 = 0

    private static let places: [(Retention.Remains, Path)] = [
        (.events, Path(".dbuild/runs")), (.logs, Path(".dbuild/logs")), (.displaced, Displaced.root),
    ]

    init(_ retention: Retention, _ disk: any Disk) throws(DiskError) {
        for (remains, place) in Self.places {
            guard try disk.stamp(place, followsLink: false)?.type == .directory else { continue }
            for name in try disk.names(in: place) {
                guard let run = RunNumber.number(name), retention.mayGo(remains, of: run) else { continue }
                directories.append(place / name)
                try measure(place / name, disk)
            }
        }
    }

    private mutating func measure(_ path: Path, _ disk: any Disk) throws(DiskError) {
        guard let stamp = try disk.stamp(path, followsLink: false) else { return }
        guard stamp.type == .directory else {
            fileCount += 1
            sizeBytes &+= UInt64(clamping: stamp.sizeBytes)
            return
        }
        // What an action has left closed is opened when it goes.
        if stamp.isClosed { return }
        for name in try disk.names(in: path) { try measure(path / name, disk) }
    }

    /// - Precondition: nobody else builds in the workspace.
    func remove(_ disk: any Disk) throws(DiskError) {
        for directory in directories {
            try disk.removeTree(directory)
            TestHook.afterRemoval()
        }
    }
}
