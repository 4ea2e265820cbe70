import Artifact
import Planning

/// A workspace beside the real one, in which nothing was ever built: rules and sources are copies, and what is done there
/// touches nothing of the real one.
struct LockedScratch {
    let workspace: Workspace
    let disk: WorkspaceDisk
    private let original: Workspace
    private let originalDisk: WorkspaceDisk
    private let lock: FileLock

    /// Relative to the workspace.
    static let directory = Path(".dbuild/verify-locked")
    static let place = directory / "scratch"

    /// Begins an empty one; what a run that was killed has left is ended and removed before.
    init(beside original: Workspace, _ disk: WorkspaceDisk, _ patience: FileLock.Patience) throws {
        (self.original, originalDisk) = (original, disk)
        try disk.makeDirectory(Self.directory)
        lock = try FileLock(original.root + "/\(Self.directory / "lock")", patience) { holder in
            show(.waitingForLock(holder: Notice.holder(holder)))
        }
        do {
            let root = original.root + "/\(Self.place)"
            if try disk.stamp(Self.place, followsLink: false) != nil {
                // It has rules only once it is whole enough to have started anything.
                if let left = try? Workspace(directory: root, rules: Self.rules(of: original)) {
                    _ = try RunMarker.clearUp(behind: left)
                }
                try disk.removeTree(Self.place)
            }
            try disk.makeDirectory(Self.place)
            try Self.copyRules(of: original, disk)
            workspace = try Workspace(directory: root, rules: Self.rules(of: original))
            try disk.makeDirectory(Self.place / ".dbuild")
            self.disk = try WorkspaceDisk(root: Path(root))
        } catch {
            lock.release()
            throw error
        }
    }

    /// Those that lie elsewhere are read where they are.
    private static func rules(of original: Workspace) -> String {
        original.rulesInside.map { String(decoding: $0.bytes, as: UTF8.self) }
            ?? resolved(original.rulesPath) ?? original.rulesPath
    }

    private static func copyRules(of original: Workspace, _ disk: WorkspaceDisk) throws {
        guard let rules = original.rulesInside else { return }
        try disk.makeDirectory(place / rules)
        for name in try RulesIngredients.names(in: rules, disk) {
            _ = try disk.copy(rules / name, to: place / rules / name)
        }
    }

    func remove() throws { try originalDisk.removeTree(Self.place) }
    func close() { lock.release() }
}

// MARK: - Sources

extension LockedScratch {
    /// Copies what is not there yet.
    ///
    /// - Returns: whether there was anything to copy.
    func copy(_ paths: Set<Path>) throws -> Bool {
        var isNew = false
        for path in paths.sorted() {
            guard path.flaw == nil, let stamp = try originalDisk.stamp(path, followsLink: true),
                try disk.stamp(path, followsLink: false) == nil
            else { continue }
            // Below `.dbuild` there is no source, and the scratch would be copied into itself.
            try disk.makeDirectory(path.directory)
            try copy(path, stamp)
            isNew = true
        }
        return isNew
    }

    /// Shares blocks where the file system can; never a link to the real one, which an action could write through.
    private func copy(_ path: Path, _ stamp: Stamp) throws {
        switch stamp.type {
        case .file:
            _ = try originalDisk.copy(path, to: Self.place / path)
            if stamp.isExecutable { try disk.makeExecutable(path) }
        case .directory:
            try disk.makeDirectory(path)
            for name in try originalDisk.names(in: path) {
                guard let stamp = try originalDisk.stamp(path / name, followsLink: false),
                    try disk.stamp(path / name, followsLink: false) == nil
                else { continue }
                try copy(path / name, stamp)
            }
        case .link: try disk.makeLink(path, to: try originalDisk.linkTarget(path))
        // A device or FIFO cannot be a source's content: the build says so.
        case .other: return
        }
    }

    /// What a plan's actions read that no action makes, and the files that the rules list.
    func sources(of plan: Plan, _ request: Request?) throws -> Set<Path> {
        var paths = Set(
            plan.artifacts.filter { artifact in
                plan.isSource(artifact) && plan.probe(ofSource: artifact) == nil && request?.holds(artifact) != false
            }.map { plan.path(of: $0) })
        for question in plan.questions where question.kind == .files {
            for name in try originalDisk.listing(question.path, ending: question.column) ?? [] {
                paths.insert(question.path / Path(name))
            }
        }
        return paths
    }
}

extension LockFile {
    /// What is to be there before its targets can be made.
    var sourcePaths: Set<Path> {
        var paths: Set<Path> = []
        for entry in sources {
            switch entry.item {
            case .file, .link, .directory: paths.insert(entry.path)
            case .absent, .probe: continue
            }
        }
        for family in families { if case .source(let path) = family.name { paths.insert(path) } }
        return paths
    }
}
