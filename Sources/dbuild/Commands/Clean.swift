import ArgumentParser
import Artifact
import Hashing
import Planning

/// `dbuild clean TARGET…`
struct Clean: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove what targets made; sources and files edited by hand stay.")

    @OptionGroup var common: CommonOptions
    @Argument(help: "As for build; at least one.") var targets: [String]

    @Flag(name: [.customShort("n"), .customLong("dry-run")], help: "Say what would go, and remove nothing.")
    var dryRun = false

    mutating func run() async throws {
        let options = self
        try await reporting { try await options.clean() }
    }

    private func clean() async throws -> Int32 {
        let view = try View(common)
        view.sayParameters()
        let session = view.session
        guard session.database != nil else {
            write("nothing was built here\n", toStandard: 2)
            return 0
        }
        let lock =
            dryRun
            ? nil
            : try FileLock(session.workspace.lock, waits: true) { holder in
                write("waiting  another build has the workspace (\(holder))\n", toStandard: 2)
            }
        defer { lock?.release() }
        let plan = try await session.plan(answersFromBefore: true)
        let selection = try plan.select(targets)
        let snapshot = try session.snapshot(plan)
        let sights = try await session.survey.look(plan, Request(plan, actions: selection.actions), snapshot)

        var gone: [(path: Path, isTree: Bool, sizeBytes: UInt64)] = []
        var kept: [Path] = []
        var identities: [Digest] = []
        for action in selection.actions where snapshot.keys[action.index] != nil {
            var isWhole = true
            for output in plan.outputs(of: action) {
                let path = plan.path(of: output.artifact)
                guard case .content(let content) = sights[output.artifact.index] else { continue }
                if content == snapshot.published[output.artifact.index] {
                    gone.append((path, content.kind == .tree, content.fingerprint.sizeBytes))
                } else {
                    kept.append(path)
                    isWhole = false
                }
            }
            if isWhole { identities.append(plan.identity(of: action)) }
        }
        let size = byteCount(gone.reduce(0) { $0 &+ $1.sizeBytes })
        if !dryRun {
            // The trace first: a file without one is built again, a trace without its file would be a repair.
            let database = try StateDatabase(
                path: session.workspace.database, readOnly: false, boot: Machine.bootIdentity)
            try database?.removeTraces(identities)
            for entry in gone {
                if entry.isTree { try session.disk.removeTree(entry.path) } else { try session.disk.remove(entry.path) }
            }
            try database?.record(gone.map { ($0.path, nil) })
        }
        for path in kept { write("kept, since it is not as dbuild made it: \(path)\n", toStandard: 2) }
        write("\(dryRun ? "would remove" : "removed") \(grouped(gone.count)) outputs, \(size)\n", toStandard: 1)
        return 0
    }
}
