package import Artifact

extension Plan {
    /// Actions and all that depends on what they make, by declared and by discovered inputs, in the plan's order.
    ///
    /// - Parameters:
    ///   - sources: with all that depends on them.
    ///   - discovered: what actions looked at undeclared when they were built.
    package func downstream(
        of actions: [ActionID], sources: [ArtifactID], discovered: [ActionID: [Discovered]]
    ) -> [ActionID] {
        let readers = readersOfDiscovered(discovered)
        var isReached = [Bool](repeating: false, count: actionCount)
        var open: [ActionID] = []
        func reach(_ action: ActionID) {
            guard !isReached[action.index] else { return }
            isReached[action.index] = true
            open.append(action)
        }
        func follow(_ artifact: ArtifactID) {
            for consumer in consumers(of: artifact) { reach(consumer) }
            for reader in readers[artifact] ?? [] { reach(reader) }
        }
        for action in actions { reach(action) }
        for source in sources { follow(source) }
        while let action = open.popLast() {
            for output in outputs(of: action) { follow(output.artifact) }
            for member in members(of: action) { follow(member) }
        }
        return self.actions.filter { isReached[$0.index] }
    }

    /// By the artifact that was looked at: itself, or the tree in which it lies.
    private func readersOfDiscovered(_ discovered: [ActionID: [Discovered]]) -> [ArtifactID: [ActionID]] {
        var readers: [ArtifactID: [ActionID]] = [:]
        for (action, parts) in discovered {
            for part in parts {
                var place = part.path
                while !place.bytes.isEmpty {
                    if let artifact = artifact(at: place) { readers[artifact, default: []].append(action) }
                    place = place.directory
                }
            }
        }
        return readers
    }
}
