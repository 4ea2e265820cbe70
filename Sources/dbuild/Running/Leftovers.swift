import Artifact
import Planning

/// What an action has written where it ran beside what it declares. It is not kept: nobody could say what made it.
enum Leftovers {
    private static let most = 20

    /// - Parameter task: that ended well; what it was given to read, and what it is to write, are known by their paths.
    static func find(_ task: ActionTask, _ outputs: [Path], _ disk: any Disk) throws(DiskError) -> [Path] {
        var declared = Set(outputs + [task.scratch.below(task.staging)].compactMap(\.self))
        declared.formUnion(task.work.links ?? [])
        switch task.work {
        case .recipe: break
        case .command(let line), .request(_, let line):
            if let dependencies = line.dependencies { declared.insert(dependencies) }
        }
        var directories: Set<Path> = []
        for path in declared {
            var above = path.directory
            while !above.bytes.isEmpty, directories.insert(above).inserted { above = above.directory }
        }
        var found: [Path] = []
        try look(in: nil, task.staging, declared, directories, &found, disk)
        return found
    }

    private static func look(
        in place: Path?, _ staging: Path, _ declared: Set<Path>, _ directories: Set<Path>, _ found: inout [Path],
        _ disk: any Disk
    ) throws(DiskError) {
        for name in try disk.names(in: place.map { staging / $0 } ?? staging) where found.count < most {
            let path = place.map { $0 / name } ?? name
            if declared.contains(path) { continue }
            if directories.contains(path), try disk.stamp(staging / path, followsLink: false)?.type == .directory {
                try look(in: path, staging, declared, directories, &found, disk)
            } else {
                found.append(path)
            }
        }
    }
}
