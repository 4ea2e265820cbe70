import Artifact
import Hashing
import Planning

/// Plans that were made, by the rules binary and the parameters; each says itself which questions it depends on.
struct PlanCache: Sendable {
    let workspace: Workspace
    let disk: WorkspaceDisk
    private static let most = 16

    private func place(_ rules: CompiledRules, _ settings: [String]) -> Path {
        var packer = Packer()
        packer.digest(rules.identity)
        packer.list(settings.sorted()) { packer, setting in packer.string(setting) }
        return Path(".dbuild/plans/\(XXH3.digest(packer.bytes))")
    }

    func find(_ rules: CompiledRules, _ settings: [String]) -> Plan? {
        Blob(mapping: Path(workspace.root) / place(rules, settings)).flatMap { Plan($0) }
    }

    /// Whether a plan was made with these: then the rules have taken all of them.
    func holds(_ rules: CompiledRules, _ settings: [String]) -> Bool {
        fileExists(workspace.root + "/\(place(rules, settings))")
    }

    /// What a plan is called until it is whole.
    private static let unfinished = Array(".new".utf8)

    /// - Throws: what kept it from being written: then the plan is made again next time, and nothing is left of it.
    func store(_ plan: Plan, _ rules: CompiledRules, _ settings: [String]) throws {
        let path = place(rules, settings)
        try disk.makeDirectory(path.directory)
        // Beside it, so that nobody sees half of it.
        let staged = Path(path.bytes + Self.unfinished)
        do {
            try unsafe disk.write(staged) { write in
                try unsafe plan.blob.withUnsafeBytes(0 ..< plan.blob.count) { try unsafe write($0) }
            }
            try disk.rename(staged, to: path)
        } catch {
            // Actions may want the room that it takes.
            disk.removeLoosely(staged)
            throw error
        }
        try makeRoom(in: path.directory)
    }

    private func makeRoom(in directory: Path) throws {
        func isUnfinished(_ name: Path) -> Bool { name.bytes.suffix(Self.unfinished.count) == Self.unfinished[...] }
        var names = try disk.names(in: directory)
        // Of a process that was killed while it wrote: who has the workspace's lock writes no other one.
        for name in names where isUnfinished(name) { try disk.remove(directory / name) }
        names.removeAll(where: isUnfinished)
        guard names.count > Self.most else { return }
        let dated = try names.map { name in
            (name: name, time: try disk.stamp(directory / name, followsLink: false)?.modifiedNanoseconds ?? 0)
        }
        for entry in dated.sorted(by: { $0.time > $1.time }).dropFirst(Self.most) {
            try disk.remove(directory / entry.name)
        }
    }
}
