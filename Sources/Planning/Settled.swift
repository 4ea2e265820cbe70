import Artifact
package import Hashing

/// Actions that need no key: nothing that theirs was computed from has changed since it was.
///
/// A key is a function of the plan, of the contents of the inputs, and of the surroundings. Where an earlier run has
/// compared an action's recorded key with the one that came of just these, comparing the contents says the same.
extension Assessment {
    /// Whether the recorded key of an action is known to be the present one; its discovered parts are another question.
    ///
    /// - Precondition: its inputs are final, or expected.
    func hasSettledKey(_ action: ActionID) -> Bool {
        countsSettled && snapshot.isSettled[action.index] && readsAsRecorded(action, snapshot, isOwn: true)
    }

    /// Whether the key of an action, without its inputs, is known to be the recorded one.
    func hasSettledRest(_ action: ActionID) -> Bool { countsSettled && snapshot.isSettled[action.index] }

    /// Whether an action's inputs have the contents that a snapshot has of them.
    ///
    /// - Parameter isOwn: whether it is the one that this was decided by.
    fileprivate func readsAsRecorded(_ action: ActionID, _ snapshot: Snapshot, isOwn: Bool = false) -> Bool {
        for input in plan.inputs(of: action) {
            let artifact = input.artifact
            let isMade = plan.maker(of: artifact) != nil
            if isOwn, states.isNotedAsRemembered(artifact, isMade: isMade) { continue }
            let remembered = isMade ? snapshot.published[artifact.index] : snapshot.seen[artifact.index]
            switch states[artifact.index] {
            case .content(let content), .pending(expected: .content(let content)?):
                if content != remembered { return false }
            case .absent: if remembered != nil { return false }
            case .unasked, .pending, .unavailable: return false
            }
        }
        return true
    }

    /// Line 5 for what is as an earlier run left it, where no other line could come before.
    ///
    /// - Returns: whether it was decided so.
    mutating func settleUnchanged(_ action: ActionID) -> Bool {
        guard isUnchanged(action) else { return false }
        verdicts[action.index] = .current
        settleCurrent(action)
        return true
    }

    func isUnchanged(_ action: ActionID) -> Bool {
        countsSettled && snapshot.isSettled[action.index] && isPlain[plan.ruleID(of: action).index]
            && !isSpecial(action) && areOutputsAsPublished(action) && hasFinalInputs(action)
            && readsAsRecorded(action, snapshot, isOwn: true)
    }

    /// Whether anything but contents has a say in its verdict.
    func isSpecial(_ action: ActionID) -> Bool {
        plan.awaits(action) != nil || !special.isEmpty && special.contains(action)
            || !lostInStore.isEmpty && lostInStore.contains(action)
    }

    func hasFinalInputs(_ action: ActionID) -> Bool {
        for input in plan.inputs(of: action) where states.isPending(input.artifact) { return false }
        return true
    }

    func areOutputsAsPublished(_ action: ActionID) -> Bool {
        for output in plan.outputs(of: action) {
            guard isAsPublished(output.artifact) else { return false }
        }
        return true
    }

    /// Whether just that lies there which its maker has published.
    func isAsPublished(_ artifact: ArtifactID) -> Bool {
        sights.isAsSeen(artifact.index)
            ? snapshot.seen.holdsSame(as: snapshot.published, at: artifact.index)
            : sights.holds(snapshot.published[artifact.index], at: artifact.index)
    }

    /// Rules whose actions are current where they match and are intact: none of the lines 3 and 4 is theirs.
    static func plainRules(_ circumstances: Circumstances) -> [Bool] {
        circumstances.policies.map { policy in
            switch policy.existence {
            case .always?, .refresh?: false
            case .keepExisting?, nil: true
            }
        }
    }
}

extension Snapshot {
    /// Takes note, at the end of a run, of whose keys are known to be those of the present contents.
    ///
    /// - Parameters:
    ///   - self: as the database has it now.
    ///   - assessment: as the run left it.
    package mutating func settle(after assessment: Assessment, _ request: Request) {
        let now = assessment.surroundings.digest
        var judged = assessment.closelyJudged
        if settledUnder != now {
            // Also where all rows have been read anew, and what was settled has been forgotten.
            isSettled = Column(repeating: false, count: isSettled.count)
            settledUnder = now
            judged = request.actions
        }
        for action in judged where request.holds(action) {
            isSettled[action.index] = isSettledNow(action, assessment)
        }
    }

    private func isSettledNow(_ action: ActionID, _ assessment: Assessment) -> Bool {
        guard assessment.standing[action.index] == .finished, assessment.plan.awaits(action) == nil,
            keys[action.index] != nil, !broken.contains(action), missing[action] == nil
        else { return false }
        switch assessment.verdicts[action.index] {
        case .current?, .build?, .restore?: break
        default: return false
        }
        // Bytes that came otherwise than they were recorded were not what some of their readers were judged by.
        let isSure = assessment.unreproducible.isEmpty && assessment.usesExisting.isEmpty
        return isSure && assessment.readsAsRecorded(action, self)
    }
}

extension Surroundings {
    /// Of all that they say: two with the same give the same keys.
    package var digest: Digest {
        var packer = Packer()
        packer.number(Key.formatNumber)
        packer.digest(code)
        func pack<Value>(_ values: [[UInt8]: Value], _ pack: (inout Packer, Value) -> Void) {
            packer.list(values.sorted { $0.key.lexicographicallyPrecedes($1.key) }) { packer, entry in
                packer.string(entry.key)
                pack(&packer, entry.value)
            }
        }
        pack(codes) { packer, code in packer.digest(code) }
        packer.list(libraries)
        packer.string(platform)
        packer.list(environment)
        pack(tools) { packer, content in content.pack(into: &packer) }
        pack(variables) { packer, value in packer.string(value) }
        pack(secrets) { packer, value in packer.string(value) }
        var answers: [[UInt8]: [UInt8]] = [:]
        for (probe, answer) in probes {
            var name = Packer()
            probe.pack(into: &name)
            answers[name.bytes] = Optional(answer).keyValue
        }
        pack(answers) { packer, value in packer.string(value) }
        return XXH3.digest(packer.bytes)
    }
}
