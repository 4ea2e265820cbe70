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

    /// Compares stamps with those of a census. It blocks, in two threads where there are many and there is a second one.
    ///
    /// - Parameter files: in the plan's order.
    /// - Returns: those that have the stamps with which they were seen last.
    func unchanged(_ files: [ArtifactID], _ disk: any Disk) -> [ArtifactID] {
        let middle = files.count / 2
        let (own, rest) = atOnce(
            if: files.count > Self.sharedAbove, { unchanged(files[..<middle], disk) },
            { self.unchanged(files[middle...], disk) })
        return own + rest
    }

    private func unchanged(_ files: ArraySlice<ArtifactID>, _ disk: any Disk) -> [ArtifactID] {
        let (plan, snapshot) = (plan, snapshot)
        var found: [ArtifactID] = []
        found.reserveCapacity(files.count)
        var start = files.startIndex
        while start < files.endIndex {
            let directory = plan.directoryIndex(of: files[start])
            var end = start + 1
            while end < files.endIndex, plan.directoryIndex(of: files[end]) == directory { end += 1 }
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

    func census(of artifact: ArtifactID) -> Census? { snapshot.census(of: artifact) }
}
