import Artifact
import Planning

/// How the artifacts of a plan were seen last. A class, so that a copy of what refers to it counts one reference, and not
/// those of all columns.
final class SeenBefore: Sendable {
    let plan: Plan
    let snapshot: Snapshot
    /// Of fewer a second thread costs more than it saves (`prototype-null`).
    private static let sharedAbove = 4000

    init(_ plan: Plan, _ snapshot: Snapshot) { (self.plan, self.snapshot) = (plan, snapshot) }

    /// A list in shares for two threads, where that is worth it.
    static func shares(of files: [ArtifactID]) -> [[ArtifactID]] {
        guard files.count > sharedAbove else { return [files] }
        return [Array(files[..<(files.count / 2)]), Array(files[(files.count / 2)...])]
    }

    /// Compares stamps with those of a census.
    ///
    /// - Parameter files: in the plan's order.
    /// - Returns: those that have the stamps with which they were seen last.
    func unchanged(_ files: [ArtifactID], _ disk: any Disk) -> [ArtifactID] {
        let (plan, snapshot) = (plan, snapshot)
        var found: [ArtifactID] = []
        found.reserveCapacity(files.count)
        var start = 0
        while start < files.count {
            let directory = plan.directoryIndex(of: files[start])
            var end = start + 1
            while end < files.count, plan.directoryIndex(of: files[end]) == directory { end += 1 }
            disk.stampEach(
                in: plan.directory(directory), end - start, of: plan.blob,
                name: { plan.leafRange(of: files[start + $0]) },
                { index, stamp in
                    if let stamp, snapshot.wasSeen(files[start + index], with: stamp) {
                        found.append(files[start + index])
                    }
                })
            start = end
        }
        return found
    }

    /// The same, blocking, in two threads where there are many and there is a second one.
    func unchanged(inShares files: [ArtifactID], _ disk: any Disk) -> [ArtifactID] {
        let shares = Self.shares(of: files)
        guard shares.count > 1, let beside = try? Beside({ self.unchanged(shares[1], disk) }) else {
            return unchanged(files, disk)
        }
        return unchanged(shares[0], disk) + beside.take()
    }

    func census(of artifact: ArtifactID) -> Census? { snapshot.census(of: artifact) }
}
