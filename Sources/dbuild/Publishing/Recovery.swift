import Artifact

/// Completes the sets that a crash left half in place, before anything is decided.
enum Recovery {
    struct Outcome: Sendable {
        var completed: [Path] = []
        /// Sets that could not be completed: their actions count as never built.
        var broken: [Path] = []
    }

    static func run(_ database: StateDatabase, _ disk: any Disk) throws -> Outcome {
        var outcome = Outcome()
        for open in try database.openPublications() {
            let paths = open.publication.trace.outputs.map(\.path)
            if let census = try complete(open.publication, disk) {
                try database.close([(open.id, zip(paths, census).map { ($0, $1) })])
                outcome.completed += paths
            } else {
                try database.abandon(open)
                outcome.broken += paths
            }
        }
        try disk.removeTree(Path(".dbuild/staging"))
        return outcome
    }

    /// Only forward: what already holds the new content stays, the rest comes from staging.
    ///
    /// - Returns: nil if something that is needed is gone.
    private static func complete(_ publication: Publication, _ disk: any Disk) throws -> [Census?]? {
        var taker = CensusTaker(disk: disk)
        for change in publication.changes {
            switch change {
            case .put(let path, let content, let staged, _):
                if try taker.content(path) == content { continue }
                // Read again, since nobody knows what the crash did to it.
                guard try taker.content(staged) == content else { return nil }
                try Publisher.apply(change, disk)
            case .displace(let path, let target):
                if try disk.stamp(target, followsLink: false) != nil { continue }
                if try disk.stamp(path, followsLink: false) == nil { continue }
                try Publisher.apply(change, disk)
            case .makeDirectory: try Publisher.apply(change, disk)
            // Where the other kind lies, the set has already put it.
            case .remove(let path):
                guard let found = try disk.stamp(path, followsLink: false), found.type != .directory else { continue }
                try Publisher.apply(change, disk)
            case .removeDirectory(let path):
                guard try disk.stamp(path, followsLink: false)?.type == .directory else { continue }
                try Publisher.apply(change, disk)
            }
        }
        var census: [Census?] = []
        for output in publication.trace.outputs {
            let found = try taker.take(output.path, known: nil)
            guard found?.content == output.content else { return nil }
            census.append(found)
        }
        return census
    }
}
