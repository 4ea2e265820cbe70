import Artifact
import Hashing

/// Verdicts while inputs are open: definite where nothing that they give can change them.
extension Assessment {
    mutating func foresee(_ action: ActionID) {
        let verdict = foreseen(action)
        verdicts[action.index] = verdict
        for output in plan.outputs(of: action) { states[output.artifact.index] = .pending(expected: nil) }
        for member in plan.members(of: action) { states[member.index] = .pending(expected: nil) }
        switch verdict {
        case .current:
            for artifact in made(action) {
                states[artifact.index] = .pending(
                    expected: snapshot.published[artifact.index].map { .content($0) }
                        ?? .unavailable(.notInTree(plan.path(of: artifact), action)))
            }
        case .keep, .keepEdited, .wait:
            let damage = damage(action)
            if isServed(action, damage) {
                expect(action, outputsInPlace(action))
            } else {
                for artifact in made(action) {
                    states[artifact.index] = .pending(
                        expected: .unavailable(.held(plan.path(of: artifact), action)))
                }
            }
        case .blocked where hasExisting(action): expect(action, outputsInPlace(action))
        case .blocked:
            for artifact in made(action) {
                states[artifact.index] = .pending(expected: .unavailable(.blocked(plan.path(of: artifact), action)))
            }
        case .skip, .build, .restore, .undecided: break
        }
    }

    private mutating func expect(_ action: ActionID, _ outputs: [Trace.Output]) {
        settle(action, outputs) { .pending(expected: .content($0)) }
        for artifact in made(action) {
            if case .unavailable(let blocker) = states[artifact.index] {
                states[artifact.index] = .pending(expected: .unavailable(blocker))
            }
        }
    }

    private func foreseen(_ action: ActionID) -> Verdict {
        if dependsOnInputsAlone(action) { return .undecided([]) }
        if let blocker = certainBlocker(action, isFinal: false) { return .blocked([blocker]) }
        let losses = losses(action)
        if areExpected(action), plan.awaits(action) == nil {
            return finalJudgement(action, losses).verdict
        }
        // What is lost already cannot come back; what is accepted may still turn out to be too much.
        let certain = certainReasons(action)
        // Where nothing is certain it is undecided, whatever the store may have.
        let match = Situation.Match.unknown(certain: certain, mayRestore: certain.isEmpty || mayRestore(action))
        return situation(action, match, losses.blockers).verdict(
            isRestorable: { false }, observation: { observation(action) })
    }

    /// Line 0 where only contents have a say, and all but those of its inputs are as an earlier run left them: nothing is
    /// certain, and nothing is wrong.
    private func dependsOnInputsAlone(_ action: ActionID) -> Bool {
        let policy = circumstances.policies[plan.ruleID(of: action).index]
        guard hasSettledRest(action), policy.existence == nil, !policy.keepsEdited, !circumstances.keepsEdited,
            !isSpecial(action), surroundings.probes.isEmpty, plan.emptyProperty(of: action) == nil,
            areOutputsAsPublished(action)
        else { return false }
        var areKnown = true
        for input in plan.inputs(of: action) {
            if states.isLost(input.artifact) { return false }
            if states.isUnknown(input.artifact) { areKnown = false }
        }
        return !areKnown
    }

    private func areExpected(_ action: ActionID) -> Bool {
        var areKnown = true
        forEachAwaited(action) { if case .pending(expected: nil) = states[$0.index] { areKnown = false } }
        return areKnown
    }

    private func certainReasons(_ action: ActionID) -> [Reason] {
        if hasSettledRest(action) { return [] }
        guard snapshot.keys[action.index] != nil else { return neverBuilt(action) }
        guard let key = keyWithoutInputs(action) else { return [.keyFormat] }
        return explained(
            differences(from: recordedParts(action), to: key.packed, ignoringInputs: true))
    }

    private func keyWithoutInputs(_ action: ActionID) -> Key? {
        try? plan.key(of: action, missing: [], in: surroundings) { _, _ in nil }
    }

    private func mayRestore(_ action: ActionID) -> Bool {
        if circumstances.policies[plan.ruleID(of: action).index].existence == .always { return false }
        // What is accepted to be missing leaves the key, and nobody knows yet what that will be.
        let isFixed = plan.rule(of: action).accepts.isEmpty
        return evidence.hasEntries(
            action, isFixed ? keyWithoutInputs(action).map { $0.packed.digestWithoutInputs } : nil)
    }
}
