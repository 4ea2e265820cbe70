import Artifact
import Planning

/// Paths that belong to a plan, whoever made the files that lie there: they are no remains of other rules.
struct Claims {
    private let claimed: Set<Path>
    /// All directories above claimed paths.
    private let above: Set<Path>

    init(_ plan: Plan, _ snapshot: Snapshot) {
        var claimed: Set<Path> = []
        for index in 0 ..< plan.artifactCount {
            let artifact = ArtifactID(index)
            if plan.isSource(artifact) || plan.maker(of: artifact) != nil { claimed.insert(plan.path(of: artifact)) }
        }
        for part in snapshot.discovered.values.joined() { claimed.insert(part.path) }
        var above: Set<Path> = []
        for path in claimed {
            var directory = path.directory
            while !directory.bytes.isEmpty, above.insert(directory).inserted { directory = directory.directory }
        }
        (self.claimed, self.above) = (claimed, above)
    }

    /// Whether a path is claimed, or lies in something that is; of a tree also whether something in it is.
    func hold(_ path: Path, isTree: Bool) -> Bool {
        if isTree, above.contains(path) { return true }
        var place = path
        while !place.bytes.isEmpty {
            if claimed.contains(place) { return true }
            place = place.directory
        }
        return false
    }
}
