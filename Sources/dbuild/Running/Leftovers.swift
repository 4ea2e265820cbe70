import Artifact
import Planning

/// What an action has written where it ran beside what it declares. It is not kept: nobody could say what made it.
struct Leftovers {
    private static let most = 20
    private let staging: Path
    private let disk: any Disk
    /// Paths below the place that are no leftovers: what the action was given to read, and what it is to write.
    let declared: Set<Path>

    init(of task: ActionTask, _ outputs: [Path], _ disk: any Disk) throws(DiskError) {
        staging = task.staging
        self.disk = disk
        var declared = Set(outputs)
        declared.formUnion(task.links?.single ?? task.work.links ?? [])
        for shared in task.links?.shared ?? [] {
            // Where they could not be shared each input has a link of its own, in a directory of the action's own.
            if try disk.stamp(staging / shared.directory, followsLink: false)?.type == .directory {
                declared.formUnion(shared.paths)
            } else {
                declared.insert(shared.directory)
            }
        }
        switch task.work {
        case .recipe, .oneShot: break
        case .command(let line), .request(_, let line):
            if let dependencies = line.dependencies { declared.insert(dependencies) }
        }
        self.declared = declared
    }

    /// What is above what is declared.
    private var directories: Set<Path> {
        var directories: Set<Path> = []
        for path in declared {
            var above = path.directory
            while !above.bytes.isEmpty, directories.insert(above).inserted { above = above.directory }
        }
        return directories
    }

    /// - Parameter look: what lay there when the action had ended well.
    func find(in look: Staging.Look) throws(DiskError) -> [Path] {
        var found: [Path] = []
        // Mostly nothing, and then nobody asks what is above what.
        let others = look.others.filter {
            !declared.contains($0) && $0 != ActionTask.scratch && $0.below(ActionTask.scratch) == nil
        }
        if others.isEmpty { return [] }
        let directories = directories
        for path in others { try add(path, directories, to: &found) }
        return found
    }

    private func add(_ path: Path, _ directories: Set<Path>, to found: inout [Path]) throws(DiskError) {
        guard found.count < Self.most, !declared.contains(path) else { return }
        // The action has made it anew, or changed it.
        if directories.contains(path), try disk.stamp(staging / path, followsLink: false)?.type == .directory {
            for name in try disk.names(in: staging / path) { try add(path / name, directories, to: &found) }
        } else {
            found.append(path)
        }
    }
}
