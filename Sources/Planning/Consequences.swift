import Artifact

/// What a run left behind it: what it did not come to, and what came of what failed.
extension Assessment {
    /// Requested actions that there is, or may be, something to do about, and that were not started.
    package func unstarted(_ request: Request) -> [ActionID] {
        request.actions.filter { action in
            switch standing[action.index] {
            case .open, .decided, .lacksBytes: true
            case .unasked, .running, .finished, .failed: false
            }
        }
    }

    /// Whether it is still open what an artifact will be.
    package func isOpen(_ artifact: ArtifactID) -> Bool { states[artifact.index].isPending }

    /// Actions that are blocked since one failed in this run, by the failed one; each once, behind the first of several.
    package func behindFailures(_ request: Request) -> [ActionID: [ActionID]] {
        var cause: [ActionID: ActionID] = [:]
        var found: [ActionID: [ActionID]] = [:]
        for action in plan.inTopologicalOrder where !verdicts.isCurrent(action) && request.holds(action) {
            guard case .blocked(let blockers)? = verdicts[action.index] else { continue }
            for blocker in blockers {
                guard let failed = failed(blocker, cause) else { continue }
                cause[action] = failed
                found[failed, default: []].append(action)
                break
            }
        }
        return found
    }

    private func failed(_ blocker: Blocker, _ cause: [ActionID: ActionID]) -> ActionID? {
        switch blocker {
        case .failed(_, let maker): return maker
        case .blocked(_, let maker): return cause[maker]
        case .unlisted(let path):
            guard let artifact = plan.artifact(at: path), case .unavailable(let why) = states[artifact.index] else {
                return nil
            }
            if case .unlisted = why { return nil }
            return failed(why, cause)
        default: return nil
        }
    }
}

// MARK: - Degraded results

/// A result that is there, and is without something that was to be in it.
package struct Degradation: Hashable, Sendable {
    package let action: ActionID
    /// The input that lacks something.
    package let property: [UInt8]
    /// How many of its artifacts have content.
    package let have: Int
    package let missing: [ArtifactID]

    package var all: Int { have + missing.count }
}

extension Assessment {
    /// Inputs that results in place are without, as their rules accept.
    package func degradations(_ request: Request) -> [Degradation] {
        let actions = request.actions.filter { action in
            !verdicts.isCurrent(action) || !snapshot.missing.isEmpty && snapshot.missing[action] != nil
        }
        return actions.flatMap { action -> [Degradation] in
            guard standing[action.index] == .finished else { return [] }
            switch verdicts[action.index] {
            // Its last result was without something: as its key still holds, it would be without the same now.
            case .current?, .build?, .restore?: return degradations(of: action)
            default: return []
            }
        }
    }

    private func degradations(of action: ActionID) -> [Degradation] {
        let missing = losses(action).missing
        guard !missing.isEmpty else { return [] }
        var (have, lost): ([UInt32: Int], [UInt32: [ArtifactID]]) = ([:], [:])
        for (ordinal, input) in plan.inputs(of: action).enumerated() {
            if missing.contains(ordinal) {
                lost[input.property, default: []].append(input.artifact)
            } else {
                have[input.property, default: 0] += 1
            }
        }
        return lost.sorted { $0.key < $1.key }.map { property, artifacts in
            Degradation(
                action: action, property: plan.text(property), have: have[property] ?? 0, missing: artifacts)
        }
    }

    /// Actions that gave nothing in this run, with what reads what an earlier one made instead.
    package func readersOfExisting(_ request: Request) -> [(maker: ActionID, readers: [ActionID])] {
        usesExisting.sorted().compactMap { maker in
            guard request.holds(maker) else { return nil }
            let readers = Set(made(maker).flatMap { plan.consumers(of: $0) }).filter { reader in
                request.holds(reader) && standing[reader.index] == .finished
            }
            return (maker, readers.sorted())
        }
    }
}
