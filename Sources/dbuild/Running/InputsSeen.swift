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

    private let before: SeenBefore?
    /// Those that had the stamps with which they were seen last: a gather has very many. In the plan's order.
    private let files: [ArtifactID]
    private let others: [Seen]

    init(_ plan: Plan, _ action: ActionID, _ survey: Survey) {
        var (before, files, others) = survey.asSeen(plan.inputs(of: action).lazy.map(\.artifact), plan)
        if zip(files, files.dropFirst()).contains(where: { $0 > $1 }) { files.sort() }
        (self.before, self.files) = (before, files)
        self.others = others.compactMap { Self.look(plan, $0, survey) }
    }

    private static func look(_ plan: Plan, _ artifact: ArtifactID, _ survey: Survey) -> Seen? {
        let path = plan.path(of: artifact)
        guard let tree = plan.tree(of: artifact) else {
            return survey.census(path).map { Seen(path: path, census: $0) }
        }
        let root = plan.path(of: tree)
        guard let name = path.below(root), let member = survey.census(root)?.member(name), member.content.kind != .tree
        else { return nil }
        return Seen(path: path, census: Census(content: member.content, stamp: member.stamp))
    }

    /// One that does not hold any more what it held.
    func moved(_ disk: any Disk) throws -> Path? {
        var taker = CensusTaker(disk: disk)
        for entry in others + filesWithOtherStamps(disk) {
            let now = try taker.take(entry.path, known: entry.census)
            guard let now, now.content == entry.census.content, !now.isRewritten(since: entry.census) else {
                return entry.path
            }
        }
        return nil
    }

    /// - Returns: of the files those that have not the stamps any more with which they were seen.
    private func filesWithOtherStamps(_ disk: any Disk) -> [Seen] {
        guard let before, !files.isEmpty else { return [] }
        let same = before.unchanged(files, disk)
        guard same.count < files.count else { return [] }
        let isSame = Set(same)
        return files.filter { !isSame.contains($0) }.compactMap { artifact in
            before.census(of: artifact).map { Seen(path: before.plan.path(of: artifact), census: $0) }
        }
    }
}
