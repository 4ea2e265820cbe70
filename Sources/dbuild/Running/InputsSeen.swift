import Artifact
import Planning

/// An action's inputs as they were when its verdict was taken: where one has changed since, its outputs may be of neither
/// content.
struct InputsSeen: Sendable {
    /// An input's file, or one of a tree's, with the stamp under which its content is known.
    private struct Seen: Sendable {
        let path: Path
        let census: Census
    }

    private let seen: [Seen]

    init(_ plan: Plan, _ action: ActionID, _ survey: Survey) {
        seen = plan.inputs(of: action).compactMap { input -> Seen? in
            let path = plan.path(of: input.artifact)
            guard let tree = plan.tree(of: input.artifact) else {
                return survey.census(path).map { Seen(path: path, census: $0) }
            }
            let root = plan.path(of: tree)
            guard let name = path.below(root),
                let member = survey.census(root)?.member(name), member.content.kind != .tree
            else { return nil }
            return Seen(path: path, census: Census(content: member.content, stamp: member.stamp))
        }
    }

    /// One that does not hold any more what it held.
    func moved(_ disk: any Disk) throws -> Path? {
        var taker = CensusTaker(disk: disk)
        for entry in seen {
            let now = try taker.take(entry.path, known: entry.census)
            guard let now, now.content == entry.census.content, !now.isRewritten(since: entry.census) else {
                return entry.path
            }
        }
        return nil
    }
}
