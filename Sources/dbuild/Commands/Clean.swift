import ArgumentParser
import Artifact
import Hashing
import Planning

/// `dbuild clean TARGET…`
struct Clean: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove what targets made; sources and files edited by hand stay.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var locking: LockArguments
    @Argument(help: "As for build; at least one.") var targets: [String]

    @Flag(name: [.customShort("n"), .customLong("dry-run")], help: "Say what would go, and remove nothing.")
    var dryRun = false

    mutating func run() async throws {
        let options = self
        try await reporting { try await options.clean() }
    }

    private func clean() async throws -> Int32 {
        let workspace = try common.workspace()
        guard fileExists(workspace.database) else {
            write("nothing was built here\n", toStandard: 2)
            return 0
        }
        // First, so that rules that do not compile touch nothing.
        let disk = try WorkspaceDisk(root: Path(workspace.root))
        try changeDirectory(workspace.root)
        _ = try common.rules(workspace, disk) { write("rules    compiling\n", toStandard: 2) }
        guard !dryRun else { return try await clean(nil) }
        // What a crash has left half in place is put in place first, or it would come back after this.
        let owned = try OwnedWorkspace(workspace, disk, locking, say: show)
        defer { owned.close() }
        return try await clean(owned.database)
    }

    /// - Parameter database: nil: only say what would go.
    private func clean(_ database: StateDatabase?) async throws -> Int32 {
        let view = try View(common)
        view.sayParameters()
        let session = view.session
        let plan = try await session.plan(answersFromBefore: true)
        let selection = try plan.select(targets)
        let snapshot = try session.snapshot(plan)
        let sights = try await session.survey.look(plan, Request(plan, actions: selection.actions), snapshot)

        var gone: [ArtifactID] = []
        var kept: [Path] = []
        var identities: [Digest] = []
        var sizeBytes: UInt64 = 0
        for action in selection.actions where snapshot.keys[action.index] != nil {
            var isWhole = true
            for output in plan.outputs(of: action).map(\.artifact) {
                switch snapshot.condition(of: output, sights[output.index]) {
                case .missing: continue
                // Somebody else made it, and nobody has a copy.
                case .intact where snapshot.adopted.contains(action):
                    kept.append(plan.path(of: output))
                    isWhole = false
                case .intact(let content):
                    gone.append(output)
                    sizeBytes &+= content.fingerprint.sizeBytes
                case .edited:
                    kept.append(plan.path(of: output))
                    isWhole = false
                }
            }
            if isWhole { identities.append(plan.identity(of: action)) }
        }
        if let database {
            // The trace first: a file without one is built again, a trace without its file would be a repair.
            try database.removeTraces(identities)
            for output in gone { try remove(output, plan, snapshot, session.disk) }
            try database.record(gone.map { (plan.path(of: $0), nil) })
        }
        for path in kept { write("kept, since it is not as dbuild made it: \(path)\n", toStandard: 2) }
        let verb = database == nil ? "would remove" : "removed"
        write("\(verb) \(grouped(gone.count)) outputs, \(byteCount(sizeBytes))\n", toStandard: 1)
        return 0
    }

    /// Only what was published: what somebody has put into a tree meanwhile stays, and its directories with it.
    private func remove(_ output: ArtifactID, _ plan: Plan, _ snapshot: Snapshot, _ disk: any Disk) throws {
        let path = plan.path(of: output)
        guard let members = snapshot.publishedMembers[output] else { return try disk.remove(path) }
        for member in members.sorted(by: { $0.path > $1.path }) {
            let place = path / member.path
            try Publisher.apply(
                member.content == .directory ? .removeDirectory(place) : .remove(place, member.content), disk)
        }
        try Publisher.apply(.removeDirectory(path), disk)
    }
}
