import Artifact

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

    /// - Parameters:
    ///   - action: its inputs are final.
    ///   - isObserved: false where the newest observation in them is not to be had, and counts as none.
    /// - Returns: undecided only where an observation stands in bytes that are away.
    func judge(_ action: ActionID, isObserved: Bool = true) -> Judgement {
        if let blocker = certainBlocker(action, isFinal: true) { return Judgement(verdict: .blocked([blocker])) }
        let losses = losses(action)
        var (situation, judged) = finalSituation(action, losses)
        if !isObserved { situation.observation = { .nothing } }
        let verdict = situation.verdict()
        return Judgement(
            verdict: verdict,
            entry: verdict.isRestore ? judged.digest.flatMap { usableEntry(action, key: $0) } : nil,
            key: verdict.isBuild && plan.inputs(of: action).count > Self.fewInputs ? judged.key : nil,
            missing: losses.missing)
    }

    /// Judges what reads nothing but sources: whatever becomes of other actions, it is judged so. In two halves, which
    /// may be judged at once.
    func judgedFirst(_ requested: Request) -> [ActionID: Judgement] {
        guard let both = evidence.both else { return [:] }
        let first = requested.actions.filter { readsOnlySources($0) && !isUnchanged($0) }
        guard !first.isEmpty else { return [:] }
        let (own, rest) = (first[..<(first.count / 2)], first[(first.count / 2)...])
        let (left, right) = both(first.count, { own.map { judge($0) } }, { rest.map { judge($0) } })
        var judged: [ActionID: Judgement] = [:]
        judged.reserveCapacity(first.count)
        for (action, judgement) in zip(own, left) { judged[action] = judgement }
        for (action, judgement) in zip(rest, right) { judged[action] = judgement }
        return judged
    }

    private func readsOnlySources(_ action: ActionID) -> Bool {
        for input in plan.inputs(of: action) where plan.maker(of: input.artifact) != nil { return false }
        return !isSpecial(action) && !circumstances.failed.contains(action)
    }
}
