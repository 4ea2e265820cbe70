import Artifact

/// What actions read without declaring it, as far as it is an artifact of the plan.
extension Assessment {
    /// How an undeclared path stands now.
    enum Found: Equatable {
        /// Nobody can say what it will be before the action runs.
        case unknown
        /// Nil: nothing lies there.
        case content(Content?)
    }

    /// The parts that an action discovered and that are not as they were.
    func changes(in discovered: [Discovered], of action: ActionID) -> [Reason] {
        discovered.compactMap { part in
            switch found(part.path, by: action) {
            case .unknown: .discovered(part.path, from: part.content, to: nil)
            case .content(let now): now == part.content ? nil : .discovered(part.path, from: part.content, to: now)
            }
        }
    }

    private func found(_ path: Path, by action: ActionID) -> Found {
        guard let artifact = artifact(holding: path) else {
            return switch evidence.sight(path) {
            case .content(let content): .content(content)
            case .nothing: .content(nil)
            case .unreadable: .unknown
            }
        }
        // What is made by an action that is none of its ancestors may be made before it or after it.
        if let maker = plan.maker(of: artifact), !plan.ancestors(of: action).contains(maker) { return .unknown }
        let known: Content?
        switch states[artifact.index] {
        case .pending(expected: nil): return .unknown
        case .content(let content), .pending(expected: .content(let content)?): known = content
        case .absent, .unavailable, .pending(expected: .unavailable?): known = nil
        // A source that no requested action declares: what lies there is what the action would read.
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

    /// What an action discovered, with what lies there now.
    func discoveredNow(_ action: ActionID) -> [Discovered] {
        (snapshot.discovered[action] ?? []).map { part in
            guard case .content(let now) = found(part.path, by: action) else { return part }
            return Discovered(path: part.path, content: now)
        }
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
