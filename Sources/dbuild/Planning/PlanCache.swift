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

    /// A cache: where it cannot be written the plan is made again next time.
    func store(_ plan: Plan, _ rules: CompiledRules, _ settings: [String]) throws {
        let path = place(rules, settings)
        try disk.makeDirectory(path.directory)
        // Beside it, so that nobody sees half of it.
        let staged = Path(path.bytes + Array(".new".utf8))
        try unsafe disk.write(staged) { write in
            try unsafe plan.blob.withUnsafeBytes(0 ..< plan.blob.count) { try unsafe write($0) }
        }
        try disk.rename(staged, to: path)
        let names = try disk.names(in: path.directory)
        guard names.count > Self.most else { return }
        let dated = try names.map { name in
            (name: name, time: try disk.stamp(path.directory / name, followsLink: false)?.modifiedNanoseconds ?? 0)
        }
        for entry in dated.sorted(by: { $0.time > $1.time }).dropFirst(Self.most) {
            try disk.remove(path.directory / entry.name)
        }
    }
}
