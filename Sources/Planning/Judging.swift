import Artifact
import Hashing

/// What the table says of actions: it changes nothing, so that it can be asked of many at once.
extension Assessment {
    /// What was found out about an action whose inputs are all final.
    package struct Judgement: Sendable {
        let verdict: Verdict
        /// What the store has for it, where that is to be put in place.
        var entry: StoreEntry?
        /// What it was judged by, where it is to be built and making that key again would take long.
        var key: Key?
        /// The places of inputs that it does without.
        var missing: Set<Int> = []
    }

    /// What is asked for of many actions at once: one after another they would wait for everybody else who asks.
    struct AskedBeforehand {
        var key: Key?
        var recorded: PackedKeyParts?
        var entries: [StoreEntry]?
    }

    /// - Parameters:
    ///   - action: its inputs are final.
    ///   - isObserved: false where the newest observation in them is not to be had, and counts as none.
    /// - Returns: undecided only where an observation stands in bytes that are away.
    func judge(
        _ action: ActionID, isObserved: Bool = true, known: AskedBeforehand = AskedBeforehand()
    ) -> Judgement {
        if let blocker = certainBlocker(action, isFinal: true) { return Judgement(verdict: .blocked([blocker])) }
        return finalJudgement(action, losses(action), known: known, isObserved: isObserved)
    }

    /// Judges what reads nothing but sources: whatever becomes of other actions, it is judged so.
    func judgedFirst(_ requested: Request) -> [ActionID: Judgement] {
        guard evidence.both != nil else { return [:] }
        return judgeAtOnce(requested.actions.filter { readsOnlySources($0) && !isUnchanged($0) })
    }

    /// Up to where in the plan's order it was looked for what can be judged before its turn.
    struct Lookahead {
        fileprivate(set) var end = 0
    }

    /// Judges an action, whose turn has come, and what comes soon behind it and waits for nothing: where no key is settled,
    /// as after a change of the plan, those are very many.
    mutating func judgeAhead(from position: Int, _ requested: Request, _ lookahead: inout Lookahead) {
        let order = plan.inTopologicalOrder
        guard evidence.both != nil, position >= lookahead.end, judgedAhead[order[position]] == nil else { return }
        let end = min(order.count, position + Self.lookedAhead)
        var ready: [ActionID] = []
        var firstOpen: Int?
        for position in position ..< end {
            let action = order[position]
            guard requested.holds(action), judgedAhead[action] == nil, !isSpecial(action),
                !circumstances.failed.contains(action)
            else { continue }
            if !hasFinalInputs(action) {
                firstOpen = firstOpen ?? position
            } else if !isUnchanged(action) {
                ready.append(action)
            }
        }
        // Where hardly any are, nobody is looked at twice.
        lookahead.end = ready.count >= (end - position) / 8 ? firstOpen ?? end : end
        judgedAhead.merge(judgeAtOnce(ready)) { known, _ in known }
    }

    private static var lookedAhead: Int { 1024 }

    /// In two halves, which may be judged at once.
    private func judgeAtOnce(_ actions: [ActionID]) -> [ActionID: Judgement] {
        guard let both = evidence.both, !actions.isEmpty else { return [:] }
        let (own, rest) = (actions[..<(actions.count / 2)], actions[(actions.count / 2)...])
        let (left, right) = both(actions.count, { judgeEach(own) }, { judgeEach(rest) })
        var judged: [ActionID: Judgement] = [:]
        judged.reserveCapacity(actions.count)
        for (action, judgement) in zip(own, left) { judged[action] = judgement }
        for (action, judgement) in zip(rest, right) { judged[action] = judgement }
        return judged
    }

    private func judgeEach(_ actions: ArraySlice<ActionID>) -> [Judgement] {
        var judged: [Judgement] = []
        judged.reserveCapacity(actions.count)
        var rest = actions
        while !rest.isEmpty {
            let some = rest.prefix(Self.askedAtOnce)
            rest = rest.dropFirst(Self.askedAtOnce)
            for (action, known) in zip(some, askBeforehand(some)) { judged.append(judge(action, known: known)) }
        }
        return judged
    }

    /// So few that their parts take some megabytes, where they have been of as few inputs as now.
    private static var askedAtOnce: Int { 64 }

    /// The keys of those that need one and have few inputs; and where they are not the recorded ones, what there is of
    /// both.
    private func askBeforehand(_ actions: ArraySlice<ActionID>) -> [AskedBeforehand] {
        var known = actions.map { AskedBeforehand(key: keyToJudgeBy($0)) }
        var keys: [(place: Int, digest: Digest)] = []
        var recorded: [(place: Int, action: ActionID)] = []
        for (place, action) in actions.enumerated() {
            guard let digest = known[place].key?.digest, digest != snapshot.keys[action.index] else { continue }
            // What is built whatever the store has comes to no question.
            if circumstances.policies[plan.ruleID(of: action).index].existence != .always {
                keys.append((place, digest))
            }
            if snapshot.keys[action.index] != nil { recorded.append((place, action)) }
        }
        for (asked, parts) in zip(recorded, evidence.recordedParts(recorded.map(\.action))) {
            known[asked.place].recorded = parts
        }
        for (asked, entries) in zip(keys, evidence.entries(keys.map(\.digest))) {
            known[asked.place].entries = entries
        }
        return known
    }

    private func keyToJudgeBy(_ action: ActionID) -> Key? {
        guard plan.inputs(of: action).count <= Self.fewInputs, certainBlocker(action, isFinal: true) == nil else {
            return nil
        }
        let losses = losses(action)
        guard losses.blockers.isEmpty, !losses.missing.isEmpty || !hasSettledKey(action) else { return nil }
        return try? key(of: action, missing: losses.missing)
    }

    private func readsOnlySources(_ action: ActionID) -> Bool {
        for input in plan.inputs(of: action) where plan.maker(of: input.artifact) != nil { return false }
        return !isSpecial(action) && !circumstances.failed.contains(action)
    }
}
