package import Artifact

/// A build's progress: it says what became of actions, and is told what may run.
extension Assessment {
    /// What followed from what was told.
    package struct Progress: Sendable {
        /// Actions with a verdict that they did not have.
        package var decided: [ActionID] = []
        /// Actions that there is something to do about now.
        package var ready: [ActionID] = []

        package init() {}
    }

    /// Actions that there is something to do about, in the plan's order.
    package func ready() -> [ActionID] { plan.actions.filter { isReady($0) } }

    private func isReady(_ action: ActionID) -> Bool { standing[action.index] == .decided }

    /// What there is to do about an action that is ready.
    package func work(of action: ActionID) -> Work { work[action] ?? .build }

    package mutating func began(_ action: ActionID) { standing[action.index] = .running }

    /// What began has not after all: there still is something to do about it.
    package mutating func cameBack(_ action: ActionID) { standing[action.index] = .decided }

    /// An action has been published, restored or put back: its outputs are final, and so may be the verdicts of what
    /// reads them.
    package mutating func finished(_ action: ActionID, outputs: [Trace.Output]) -> Progress {
        keysAtHand[action] = nil
        let isFailed = usesExisting.contains(action)
        standing[action.index] = isFailed ? .failed : .finished
        let recorded = plan.outputs(of: action).compactMap { snapshot.published[$0.artifact.index] }
        if recalled.contains(action), outputs.map(\.content) != recorded { unreproducible.insert(action) }
        settle(action, outputs) { .content($0) }
        var progress = Progress()
        handBytes(of: action, &progress)
        // What is recalled was final before its bytes were there: its readers wait for them, and not for it.
        if !recalled.contains(action) { release(made(action), &progress) }
        return progress
    }

    /// An action has failed: what it makes is not to be had in this run, unless its rule says otherwise.
    package mutating func failed(_ action: ActionID) -> Progress {
        var progress = Progress()
        (work[action], keysAtHand[action]) = (nil, nil)
        if !usesExisting.contains(action), !recalled.contains(action), useExisting(action) {
            if isReady(action) { progress.ready.append(action) } else { release(made(action), &progress) }
            return progress
        }
        standing[action.index] = .failed
        for artifact in made(action) { states[artifact.index] = .unavailable(.failed(plan.path(of: artifact), action)) }
        handBytes(of: action, &progress)
        if !recalled.contains(action) { release(made(action), &progress) }
        return progress
    }

    /// The store could not give back what it was to give: the action is decided again without it.
    package mutating func lost(_ action: ActionID) -> Progress {
        lostInStore.insert(action)
        work[action] = nil
        var progress = Progress()
        if usesExisting.remove(action) != nil { return failed(action) }
        if recalled.contains(action) {
            standing[action.index] = .decided
            collectBytes(action)
            _ = noteNext(for: action, &progress)
        } else {
            judgeAgain(action, &progress)
        }
        return progress
    }

    /// - Returns: artifacts that are final now.
    private mutating func noteNext(for action: ActionID, _ progress: inout Progress) -> [ArtifactID] {
        switch standing[action.index] {
        case .decided: progress.ready.append(action)
        case .lacksBytes: progress.ready += takeReadyRecalls(for: action)
        case .finished, .failed: return made(action)
        case .unasked, .open, .running: break
        }
        // What is recalled was final before its bytes are there.
        return recalled.contains(action) ? made(action) : []
    }

    /// Judges an action again that was held up by the bytes of its inputs.
    mutating func judgeAgain(_ action: ActionID, _ progress: inout Progress) {
        decide(action)
        progress.decided.append(action)
        release(noteNext(for: action, &progress), &progress)
    }

    /// Decides what waited for these artifacts only, and what waited for that.
    private mutating func release(_ artifacts: [ArtifactID], _ progress: inout Progress) {
        var settled = artifacts
        while let artifact = settled.popLast() {
            guard let undeclared = discoverers[artifact] else {
                // Each reader is there once, in the plan's order.
                for reader in plan.consumers(of: artifact) { hand(to: reader, &settled, &progress) }
                continue
            }
            let readers = Set(Array(plan.consumers(of: artifact)) + undeclared).sorted()
            for reader in readers { hand(to: reader, &settled, &progress) }
        }
    }

    /// One of what an action waits for is final.
    private mutating func hand(
        to reader: ActionID, _ settled: inout [ArtifactID], _ progress: inout Progress
    ) {
        guard standing[reader.index] == .open else { return }
        openInputs[reader.index] -= 1
        guard openInputs[reader.index] == 0 else { return }
        decide(reader)
        progress.decided.append(reader)
        settled += noteNext(for: reader, &progress)
    }
}
