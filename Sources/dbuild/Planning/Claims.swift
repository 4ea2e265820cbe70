import Artifact
import Planning

/// Paths that belong to a plan, whoever made the files that lie there: they are no remains of other rules.
struct Claims {
    private let plan: Plan
    private let discovered: PathsAndAbove

    /// - Parameter orphans: those that it will be asked about.
    init(_ plan: Plan, _ snapshot: Snapshot, of orphans: [Orphan]) {
        self.plan = plan
        discovered = PathsAndAbove(orphans.isEmpty ? [] : Set(snapshot.discovered.values.joined().map(\.path)))
    }

    /// Whether an output's path is claimed, or lies in something that is, or something below it is: where a tree was may
    /// be what somebody reads, and where a file was may be a directory now.
    func hold(_ output: Trace.Output) -> Bool {
        let path = output.path
        if discovered.isOneOrAbove(path) || discovered.isBelow(path) || plan.hasArtifacts(below: path) { return true }
        var place = path
        while !place.bytes.isEmpty {
            if let artifact = plan.artifact(at: place), Self.isClaimed(artifact, by: plan) { return true }
            place = place.directory
        }
        return false
    }

    private static func isClaimed(_ artifact: ArtifactID, by plan: Plan) -> Bool {
        plan.isSource(artifact) || plan.maker(of: artifact) != nil
    }
}
