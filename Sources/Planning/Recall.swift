import Artifact

/// Bytes that are away although their artifacts are current, and that somebody needs.
extension Assessment {
    /// Before an action is built, the bytes of its inputs are put back or made again.
    mutating func collectBytes(_ action: ActionID) {
        var makers: Set<ActionID> = []
        for input in plan.inputs(of: action) { collectBytes(of: input.artifact, &makers) }
        if let awaited = plan.awaits(action) { collectBytes(of: awaited, &makers) }
        for artifact in awaitedDiscoveries(action) { collectBytes(of: artifact, &makers) }
        guard !makers.isEmpty else { return }
        standing[action.index] = .lacksBytes
        openBytes[action] = makers.count
        for maker in makers.sorted() { readersOfBytes[maker, default: []].append(action) }
    }

    private mutating func collectBytes(of artifact: ArtifactID, _ makers: inout Set<ActionID>) {
        if let maker = plan.maker(of: artifact), recall(maker) { makers.insert(maker) }
    }

    /// Has an action's outputs put back, if it is current and they are away.
    ///
    /// - Returns: whether they are yet to come.
    mutating func recall(_ action: ActionID) -> Bool {
        if recalled.contains(action) { return standing[action.index] != .finished && standing[action.index] != .failed }
        guard standing[action.index] == .finished, verdicts[action.index] == .current, lacksOutputs(action) else {
            return false
        }
        let damage = damage(action)
        guard !damage.missing.isEmpty else { return false }
        recalled.insert(action)
        standing[action.index] = .decided
        if damage.isComplete {
            work[action] = .putBack(plan.outputs(of: action).compactMap { recorded($0.artifact) })
        } else {
            collectBytes(action)
        }
        return true
    }

    /// Whether anything that it has published does not lie there as it was.
    private func lacksOutputs(_ action: ActionID) -> Bool {
        for output in plan.outputs(of: action) {
            if !isAsPublished(output.artifact) { return true }
        }
        return false
    }

    /// What can be done at once for the bytes that an action lacks, and was not said before.
    mutating func takeReadyRecalls(for action: ActionID) -> [ActionID] {
        let found = readyRecalls(for: action).filter { !announcedRecalls.contains($0) }
        announcedRecalls.formUnion(found)
        return found
    }

    private func readyRecalls(for action: ActionID) -> [ActionID] {
        var found: Set<ActionID> = []
        var open = [action]
        while let next = open.popLast() {
            for artifact in awaitedInputs(next) {
                guard let maker = plan.maker(of: artifact), recalled.contains(maker) else { continue }
                switch standing[maker.index] {
                case .decided: found.insert(maker)
                case .lacksBytes: open.append(maker)
                default: break
                }
            }
        }
        return found.sorted()
    }

    /// Tells those that lack an action's bytes that they have come, or will not.
    mutating func handBytes(of action: ActionID, _ progress: inout Progress) {
        for reader in readersOfBytes.removeValue(forKey: action) ?? [] {
            let left = (openBytes[reader] ?? 1) - 1
            openBytes[reader] = left
            guard left == 0, standing[reader.index] == .lacksBytes else { continue }
            openBytes[reader] = nil
            if recalled.contains(reader) {
                if losses(reader).blockers.isEmpty {
                    standing[reader.index] = .decided
                    if announcedRecalls.insert(reader).inserted { progress.ready.append(reader) }
                } else {
                    giveUp(reader, &progress)
                }
                continue
            }
            // It is judged again, since an input may not be to be had after all.
            judgeAgain(reader, &progress)
        }
    }

    /// What was to be made again cannot be.
    private mutating func giveUp(_ action: ActionID, _ progress: inout Progress) {
        let further = failed(action)
        progress.decided += further.decided
        progress.ready += further.ready
    }
}
