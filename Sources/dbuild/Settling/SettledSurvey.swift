import Artifact
import Hashing
import Planning
import Settled

extension Survey {
    /// Puts down all that was looked at.
    ///
    /// - Returns: false where something could not be.
    func settle(_ plan: Plan, into writer: inout SettledWriter) -> Bool {
        writer.reserve(plan.artifactCount)
        // In the plan's order, so that those of a directory stand together; then what is no artifact.
        var rest = looked
        for artifact in plan.artifacts where plan.tree(of: artifact) == nil {
            let path = plan.path(of: artifact)
            guard let sight = rest.removeValue(forKey: path) else { continue }
            guard settle(path, sight, into: &writer) else { return false }
        }
        for (path, sight) in rest.sorted(by: { $0.key < $1.key }) {
            guard settle(path, sight, into: &writer) else { return false }
        }
        return true
    }

    private func settle(_ path: Path, _ sight: Assessment.Sight, into writer: inout SettledWriter) -> Bool {
        switch sight {
        case .unreadable: return false
        case .nothing:
            writer.add(directory: path.directory.bytes, leaf: path.leaf, nil, follows: true)
            return true
        case .content(let content):
            guard let census = census(path), census.content == content else { return false }
            writer.add(
                directory: path.directory.bytes, leaf: path.leaf, SeenStamp(census.stamp), follows: true,
                digest: content.readable)
            for member in census.members {
                let place = path / member.path
                writer.add(
                    directory: place.directory.bytes, leaf: place.leaf, SeenStamp(member.stamp), follows: false,
                    digest: member.content.readable)
            }
            return true
        }
    }
}

extension Content {
    /// The digest of a file's bytes.
    fileprivate var readable: Digest? { kind == .file || kind == .executable ? fingerprint.digest : nil }
}
