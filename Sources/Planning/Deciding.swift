package import Artifact
import Hashing

/// From facts to the situation that the table judges, and from its verdict to what readers may count on.
extension Assessment {
    /// The verdict of an action whose inputs are all final.
    mutating func decide(_ action: ActionID) {
        (work[action], keysAtHand[action]) = (nil, nil)
        var judgement = judgedAhead.removeValue(forKey: action) ?? judge(action)
        if judgement.verdict.isUndecided {
            // What its inputs were observed at stands in bytes that are away.
            verdicts[action.index] = .undecided([])
            collectBytes(action)
            if standing[action.index] == .lacksBytes { return }
            judgement = judge(action, isObserved: false)
        }
        let verdict = judgement.verdict
        if let key = judgement.key { keysAtHand[action] = JudgedKey(key: key, missing: judgement.missing) }
        verdicts[action.index] = verdict
        standing[action.index] = .decided
        switch verdict {
        case .current: settleCurrent(action)
        case .skip, .keep, .keepEdited, .wait: takeAsItIs(action)
        case .blocked(let blockers): settleBlocked(action, blockers)
        case .restore: work[action] = judgement.entry.map { .restore($0) }
        case .build: collectBytes(action)
        case .undecided: break
        }
    }

    /// What it makes is what it has published.
    mutating func settleCurrent(_ action: ActionID) {
        standing[action.index] = .finished
        for output in plan.outputs(of: action) { settleAsPublished(output.artifact, by: action) }
        for member in plan.members(of: action) { settleAsPublished(member, by: action) }
        if targets.contains(action) { _ = recall(action) }
    }

    private mutating func settleAsPublished(_ artifact: ArtifactID, by action: ActionID) {
        if states.noteAsPublished(artifact) { return }
        states[artifact.index] = .unavailable(.notInTree(plan.path(of: artifact), action))
    }

    /// Readers get what is in place, once what is missing of it has been put back.
    private mutating func takeAsItIs(_ action: ActionID) {
        let damage = damage(action)
        guard isServed(action, damage) else {
            standing[action.index] = .failed
            for artifact in made(action) {
                states[artifact.index] = .unavailable(.held(plan.path(of: artifact), action))
            }
            return
        }
        let outputs = outputsInPlace(action)
        guard !damage.missing.isEmpty else {
            standing[action.index] = .finished
            return settle(action, outputs) { .content($0) }
        }
        work[action] = .putBack(outputs)
        settle(action, outputs) { .pending(expected: .content($0)) }
    }

    /// Whether what is in place counts for readers: of files that dbuild did not make only where that was asked for.
    func isServed(_ action: ActionID, _ damage: OutputDamage) -> Bool {
        damage.isComplete || damage.isForeign && verdicts[action.index]?.isWait == false
    }

    private mutating func settleBlocked(_ action: ActionID, _ blockers: [Blocker]) {
        if useExisting(action) { return }
        standing[action.index] = .failed
        for artifact in made(action) {
            // What is missing at the start of the chain is what a person can do something about.
            if case .unlisted? = blockers.first, blockers.count == 1, let first = blockers.first {
                states[artifact.index] = .unavailable(first)
            } else {
                states[artifact.index] = .unavailable(.blocked(plan.path(of: artifact), action))
            }
        }
    }

    /// Whether what an earlier run built serves readers of an action that gives nothing in this one.
    func hasExisting(_ action: ActionID) -> Bool {
        guard let policy = circumstances.policies[plan.ruleID(of: action).index].useExisting,
            let built = snapshot.builtAtNanoseconds[action.index]
        else { return false }
        if let most = policy.maxAgeNanoseconds, circumstances.nowNanoseconds.addingClamped(-most) > built {
            return false
        }
        return damage(action).isComplete
    }

    /// Has readers of an action that gives nothing in this run go on with what an earlier one built, if they may.
    mutating func useExisting(_ action: ActionID) -> Bool {
        guard hasExisting(action) else { return false }
        let damage = damage(action)
        usesExisting.insert(action)
        let outputs = outputsInPlace(action)
        if damage.missing.isEmpty {
            standing[action.index] = .failed
            settle(action, outputs) { .content($0) }
        } else {
            standing[action.index] = .decided
            work[action] = .putBack(outputs)
            settle(action, outputs) { .pending(expected: .content($0)) }
        }
        return true
    }

    /// Says of everything that an action makes what it is.
    mutating func settle(_ action: ActionID, _ outputs: [Trace.Output], _ state: (Content) -> State) {
        var given: [Path: Trace.Output] = [:]
        for output in outputs { given[output.path] = output }
        for output in plan.outputs(of: action) where plan.isTree(output.artifact) {
            trees[output.artifact] = given[plan.path(of: output.artifact)]
        }
        for artifact in made(action) {
            let path = plan.path(of: artifact)
            var content = given[path]?.content
            if content == nil, let tree = plan.tree(of: artifact) {
                content = path.below(plan.path(of: tree)).flatMap { trees[tree]?.content(at: $0) }
            }
            states[artifact.index] = content.map(state) ?? .unavailable(.notInTree(path, action))
        }
    }

    /// Everything that an action makes: its outputs, and the members of its trees that somebody reads.
    func made(_ action: ActionID) -> [ArtifactID] {
        plan.outputs(of: action).map(\.artifact) + Array(plan.members(of: action))
    }
}

// MARK: - Situations

extension Assessment {
    /// What blocks an action before anything is known of its inputs.
    func certainBlocker(_ action: ActionID, isFinal: Bool) -> Blocker? {
        if circumstances.skipped.contains(action) { return nil }
        if isFinal, let awaited = plan.awaits(action) { return .unlisted(plan.path(of: awaited)) }
        if let failed = failedProbe(action) { return failed }
        return plan.emptyProperty(of: action).map { .nothingToGather(property: printable($0)) }
    }

    /// - Parameters:
    ///   - known: what was asked for beforehand; all else is asked for where it is needed.
    ///   - isObserved: false where the newest observation in its inputs is not to be had, and counts as none.
    func finalJudgement(
        _ action: ActionID, _ losses: (missing: Set<Int>, blockers: [Blocker]),
        known: AskedBeforehand = AskedBeforehand(), isObserved: Bool = true
    ) -> Judgement {
        let match: Situation.Match
        var judged: (digest: Digest?, key: Key?)
        if circumstances.skipped.contains(action) || !losses.blockers.isEmpty {
            // Lines 1 and 2 need no key, and without its inputs there is none.
            match = .unrecorded([])
        } else if losses.missing.isEmpty, hasSettledKey(action) {
            judged.digest = snapshot.keys[action.index]
            match = self.match(action, isSameKey: true) { [] }
        } else {
            let isToBeAsked = known.recorded == nil && snapshot.keys[action.index] != nil
            let recorded = isToBeAsked ? evidence.recordedPartsBeside(action) : nil
            if let key = try? known.key ?? key(of: action, missing: losses.missing) {
                judged = (key.digest, key)
                match = self.match(action, isSameKey: key.digest == snapshot.keys[action.index]) {
                    differences(from: known.recorded ?? recorded?() ?? recordedParts(action), to: key.packed)
                }
            } else {
                match = .unrecorded([.keyFormat])
            }
        }
        var entry: StoreEntry?
        let verdict = situation(action, match, losses.blockers).verdict(
            isRestorable: {
                entry = judged.digest.flatMap { usableEntry(action, key: $0, known.entries) }
                return entry != nil
            },
            observation: { isObserved ? observation(action) : .nothing })
        return Judgement(
            verdict: verdict, entry: verdict.isRestore ? entry : nil,
            key: verdict.isBuild && plan.inputs(of: action).count > Self.fewInputs ? judged.key : nil,
            missing: losses.missing)
    }

    func recordedParts(_ action: ActionID) -> PackedKeyParts {
        evidence.recordedParts([action]).first ?? PackedKeyParts([UInt8]())
    }

    private func match(
        _ action: ActionID, isSameKey: Bool, differences: () -> [Reason]
    ) -> Situation.Match {
        guard snapshot.keys[action.index] != nil else { return .unrecorded(neverBuilt(action)) }
        let changed = snapshot.discovered[action].map { changes(in: $0, of: action) } ?? []
        guard isSameKey else {
            let reasons = explained(differences())
            return .differs((reasons.isEmpty ? [.keyFormat] : reasons) + changed + failure(action))
        }
        return changed.isEmpty ? .matches : .differs(changed + failure(action))
    }

    func situation(_ action: ActionID, _ match: Situation.Match, _ blockers: [Blocker]) -> Situation {
        let rule = plan.ruleID(of: action)
        let policy = circumstances.policies[rule.index]
        return Situation(
            match: match, policy: policy, isSkipped: circumstances.skipped.contains(action),
            isForced: circumstances.forced.contains(action) && !circumstances.built.contains(action),
            isBuiltInThisRun: circumstances.built.contains(action), keepsEdited: circumstances.keepsEdited,
            nowNanoseconds: circumstances.nowNanoseconds, builtAtNanoseconds: snapshot.builtAtNanoseconds[action.index],
            staleSinceNanoseconds: snapshot.staleSinceNanoseconds[action.index], moments: circumstances.moments[rule],
            damage: damage(action), blockers: blockers, hasLostStore: lostInStore.contains(action))
    }

    func observation(_ action: ActionID) -> Observation {
        let column = circumstances.policies[plan.ruleID(of: action).index].settle?.observation
        let inputs = plan.inputs(of: action).filter { column == nil || plan.text($0.property) == column?.property }
        return evidence.observation(
            column,
            inputs.compactMap { input in
                final(input.artifact).map { (path: plan.path(of: input.artifact), content: $0) }
            })
    }

    /// The key of an action whose inputs are all final, or expected.
    package func key(of action: ActionID, missing: Set<Int>) throws(UnpackError) -> Key {
        if let known = keysAtHand[action], known.missing == missing { return known.key }
        return try plan.key(of: action, missing: missing, in: surroundings) { _, input in
            input.aspect == .listing ? listing(input.artifact) : final(input.artifact)
        }
    }

    private func final(_ artifact: ArtifactID) -> Content? {
        switch states[artifact.index] {
        case .content(let content), .pending(expected: .content(let content)?): content
        case .unasked, .pending, .absent, .unavailable: nil
        }
    }

    /// What a directory's names alone say.
    private func listing(_ artifact: ArtifactID) -> Content? {
        members(artifact).map { members in
            Census.treeContent(members.map { Trace.Member(path: $0.path, content: .directory) })
        }
    }

    /// What a directory holds: a tree, a directory in one, or a source.
    func members(_ artifact: ArtifactID) -> [Trace.Member]? {
        if let tree = plan.tree(of: artifact) {
            return plan.path(of: artifact).below(plan.path(of: tree)).flatMap { self.tree(tree)?.members(below: $0) }
        }
        if plan.maker(of: artifact) != nil { return self.tree(artifact)?.members }
        return evidence.members(artifact)
    }

    /// A tree as its action has made it, in this run or before.
    func tree(_ tree: ArtifactID) -> Trace.Output? { trees[tree] ?? recorded(tree) }

    /// An output as it was published the last time.
    func recorded(_ output: ArtifactID) -> Trace.Output? {
        snapshot.published[output.index].map { content in
            Trace.Output(
                path: plan.path(of: output), content: content, members: snapshot.publishedMembers[output] ?? [])
        }
    }

    /// Which inputs an action does without, as its rule accepts, and what blocks it otherwise.
    package func losses(_ action: ActionID) -> (missing: Set<Int>, blockers: [Blocker]) {
        guard lacksInputs(action) else { return ([], []) }
        var lost: [UInt32: [(ordinal: Int, blocker: Blocker)]] = [:]
        var counts: [UInt32: Int] = [:]
        for (ordinal, input) in plan.inputs(of: action).enumerated() {
            counts[input.property, default: 0] += 1
            switch states[input.artifact.index] {
            case .unavailable(let blocker), .pending(expected: .unavailable(let blocker)?):
                lost[input.property, default: []].append((ordinal, blocker))
            case .unasked, .pending, .content, .absent: break
            }
        }
        var missing: Set<Int> = []
        var blockers: [Blocker] = []
        for (property, losses) in lost.sorted(by: { $0.key < $1.key }) {
            let count = counts[property] ?? 0
            let least = plan.rule(of: action).accepts.first { $0.property == plan.text(property) }?.leastShare
            // Divided, both sides round alike; 0.07 * 100 is more than 7.
            if let least, Double(count - losses.count) / Double(count) >= least {
                missing.formUnion(losses.map(\.ordinal))
            } else {
                blockers += losses.map(\.blocker)
            }
        }
        return (missing, blockers)
    }

    private func lacksInputs(_ action: ActionID) -> Bool {
        for input in plan.inputs(of: action) where states.isLost(input.artifact) { return true }
        return false
    }

    /// With what of the code has changed.
    func explained(_ reasons: [Reason]) -> [Reason] {
        reasons.map { reason in
            guard case .code(let from?, let to?, _) = reason else { return reason }
            return .code(from: from, to: to, evidence.codeChanges(from, to))
        }
    }

    func neverBuilt(_ action: ActionID) -> [Reason] {
        let foreign = plan.outputs(of: action).compactMap { output -> Reason? in
            if case .nothing = sights[output.artifact.index] { nil } else { .foreign(plan.path(of: output.artifact)) }
        }
        return [.neverBuilt] + foreign + failure(action)
    }

    func failure(_ action: ActionID) -> [Reason] {
        snapshot.failedRun[action.index].map { [.failedBefore(run: $0)] } ?? []
    }
}
