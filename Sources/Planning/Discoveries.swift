import Artifact

/// What actions read without declaring it, as far as it is an artifact of the plan.
extension Assessment {
    /// How an undeclared path stands now.
    enum Found: Equatable {
        case pending
        /// Nil: nothing lies there.
        case content(Content?)
    }

    /// The parts that were discovered and are not as they were.
    func changes(in discovered: [Discovered]) -> [Reason] {
        discovered.compactMap { part in
            switch found(part.path) {
            case .pending: .discovered(part.path, from: part.content, to: nil)
            case .content(let now): now == part.content ? nil : .discovered(part.path, from: part.content, to: now)
            }
        }
    }

    private func found(_ path: Path) -> Found {
        guard let artifact = artifact(holding: path) else {
            return switch evidence.sight(path) {
            case .content(let content): .content(content)
            case .nothing, .unreadable: .content(nil)
            }
        }
        let known: Content?
        switch states[artifact.index] {
        case .pending: return .pending
        case .content(let content): known = content
        case .absent, .unavailable: known = nil
        // Nobody judges it in this run: what lies there is what the action would read.
        case .unasked: return .content(content(of: evidence.sight(path)))
        }
        let whole = plan.path(of: artifact)
        guard path != whole else { return .content(known) }
        return .content(path.below(whole).flatMap { name in tree(artifact)?.content(at: name) })
    }

    private func content(of sight: Sight) -> Content? { if case .content(let content) = sight { content } else { nil } }

    /// The artifact at a path, or the tree that it lies in, if an action makes it or it is a source.
    private func artifact(holding path: Path) -> ArtifactID? {
        if let exact = plan.artifact(at: path) { return exact }
        var directory = path.directory
        while !directory.bytes.isEmpty {
            if let tree = plan.artifact(at: directory), plan.isTree(tree), plan.maker(of: tree) != nil { return tree }
            directory = directory.directory
        }
        return nil
    }

    mutating func noteDiscoverers(_ requested: Request) {
        for action in snapshot.discovered.keys where requested.holds(action) {
            for artifact in awaitedDiscoveries(action) { discoverers[artifact, default: []].append(action) }
        }
    }

    /// Artifacts that it read undeclared and that are made before it: its verdict waits for them.
    func awaitedDiscoveries(_ action: ActionID) -> [ArtifactID] {
        guard let discovered = snapshot.discovered[action] else { return [] }
        let made = discovered.compactMap { artifact(holding: $0.path) }.filter { plan.maker(of: $0) != nil }
        guard !made.isEmpty else { return [] }
        // Of a plan that was changed since, it could lie behind the action: nothing waits for itself.
        let ancestors = plan.ancestors(of: action)
        return Set(made).filter { plan.maker(of: $0).map(ancestors.contains) == true }.sorted()
    }
}

extension Plan {
    /// The actions that make what an action reads, and so on.
    package func ancestors(of action: ActionID) -> Set<ActionID> {
        var found: Set<ActionID> = []
        var open = [action]
        while let next = open.popLast() {
            var reads = inputs(of: next).map(\.artifact)
            if let awaited = awaits(next) { reads.append(awaited) }
            for artifact in reads {
                if let maker = maker(of: artifact), found.insert(maker).inserted { open.append(maker) }
            }
        }
        return found
    }
}
