import Artifact

/// Makes outputs in staging of what the store holds of them.
struct Restoration {
    enum Failure: Error, Hashable {
        /// It is gone or damaged, and the store has forgotten it: whoever wants it must build it.
        case objectLost(Path)
    }

    private let store: Store
    private let disk: any Disk
    private let staging: Path

    /// - Parameter staging: a directory in which nothing lies.
    init(store: Store, disk: any Disk, staging: Path) {
        self.store = store
        self.disk = disk
        self.staging = staging
    }

    /// Makes what is missing or different; what is in place already is not made again.
    ///
    /// - Parameter present: what lies at an output's path now.
    func collect(_ outputs: [Trace.Output], present: (Path) -> Census?) throws -> Collected {
        Collected(
            outputs: try outputs.map { output in
                let there = present(output.path)
                let staged = staging / output.path
                if let there, there.content == output.content {
                    return Collected.Output(path: output.path, staged: staged, census: there)
                }
                let census =
                    output.content.kind == .tree
                    ? try tree(output, at: staged, there)
                    : Census(content: output.content, stamp: try make(output.content, at: staged, for: output.path))
                return Collected.Output(path: output.path, staged: staged, census: census)
            })
    }

    /// A directory has no stamp here: it is made in its place, not moved there.
    private func tree(_ output: Trace.Output, at staged: Path, _ present: Census?) throws -> Census {
        var there: [Path: Census.Member] = [:]
        for member in present?.members ?? [] { there[member.path] = member }
        let members = try output.members.map { member in
            if let found = there[member.path], found.content == member.content { return found }
            let stamp =
                member.content == .directory
                ? Stamp()
                : try make(member.content, at: staged / member.path, for: output.path / member.path)
            return Census.Member(path: member.path, content: member.content, stamp: stamp)
        }
        return Census(content: output.content, stamp: Stamp(), members: members)
    }

    private func make(_ content: Content, at staged: Path, for path: Path) throws -> Stamp {
        try disk.makeDirectory(staged.directory)
        guard let stamp = try store.restore(content, to: staged) else { throw Failure.objectLost(path) }
        return stamp
    }
}
