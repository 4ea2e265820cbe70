import Artifact
import Hashing

/// What lies in outputs' places, and what the store could put there.
extension Assessment {
    /// How the outputs of an action stand to what is recorded of them.
    func damage(_ action: ActionID) -> OutputDamage {
        var damage = OutputDamage()
        let isRecorded = snapshot.keys[action.index] != nil && !snapshot.broken.contains(action)
        var canBePutBack = true
        var areAllThere = true
        for output in plan.outputs(of: action).lazy.map(\.artifact) {
            let sight = sights[output.index]
            guard isFit(sight, output) else {
                (areAllThere, canBePutBack) = (false, false)
                damage.edited.append(plan.path(of: output))
                continue
            }
            if sight == .nothing { areAllThere = false }
            if sights.holds(snapshot.published[output.index], at: output.index) { continue }
            let path = plan.path(of: output)
            guard let recorded = recorded(output) else {
                if sight == .nothing { damage.missing.append(path) } else { damage.edited.append(path) }
                continue
            }
            let (missing, isEdited) = recorded.damage(sight, members(inPlaceOf: output))
            damage.missing += missing.map(\.path)
            if isEdited { damage.edited.append(path) }
            if isRecorded, canBePutBack { canBePutBack = missing.allSatisfy { isStored($0) } }
        }
        let isLost = lostInStore.contains(action) && !damage.missing.isEmpty
        damage.isComplete = isRecorded && canBePutBack && !isLost
        damage.isForeign = snapshot.keys[action.index] == nil && !snapshot.broken.contains(action) && areAllThere
        return damage
    }

    /// Whether what lies there could be an output at all: a file where one is made, a directory where a tree is.
    private func isFit(_ sight: Sight, _ output: ArtifactID) -> Bool {
        switch sight {
        case .nothing: true
        case .content(let content): (content.kind == .tree) == plan.isTree(output)
        case .unreadable: false
        }
    }

    private func members(inPlaceOf output: ArtifactID) -> [Trace.Member]? {
        guard case .content(let content) = sights[output.index], content.kind == .tree else { return nil }
        // What was published is known; only what differs from it must be looked through.
        return content == snapshot.published[output.index]
            ? snapshot.publishedMembers[output] : evidence.members(output)
    }

    /// Whether the store holds all the bytes of an output.
    private func isStored(_ output: Trace.Output) -> Bool {
        guard output.content.kind == .tree else { return evidence.isStored(output.content) }
        return output.members.allSatisfy { $0.content == .directory || evidence.isStored($0.content) }
    }

    /// The outputs as they lie there, with what is missing as it was recorded.
    ///
    /// - Precondition: they are complete or foreign.
    func outputsInPlace(_ action: ActionID) -> [Trace.Output] {
        plan.outputs(of: action).compactMap { output -> Trace.Output? in
            let recorded = recorded(output.artifact)
            guard case .content(let content) = sights[output.artifact.index] else { return recorded }
            let present = members(inPlaceOf: output.artifact) ?? []
            if content.kind == .tree, let recorded, recorded.content.kind == .tree, content != recorded.content {
                return recorded.completed(present)
            }
            return Trace.Output(path: plan.path(of: output.artifact), content: content, members: present)
        }
    }

    /// The outputs exactly as they lie there.
    func outputsThere(_ action: ActionID) -> [Trace.Output] {
        plan.outputs(of: action).compactMap { output in
            guard case .content(let content) = sights[output.artifact.index] else { return nil }
            return Trace.Output(
                path: plan.path(of: output.artifact), content: content,
                members: members(inPlaceOf: output.artifact) ?? [])
        }
    }

    /// What the store gives for a key: the latest entry whose discovered parts are all as they were, and
    /// whose bytes are there as far as they are not in place.
    ///
    /// - Parameter entries: what the store has under that key; nil: it is asked for.
    func usableEntry(_ action: ActionID, key: Digest, _ entries: [StoreEntry]?) -> StoreEntry? {
        if lostInStore.contains(action) { return nil }
        let rule = plan.ruleID(of: action)
        let isRefreshed = if case .refresh? = circumstances.policies[rule.index].existence { true } else { false }
        return (entries ?? evidence.entries([key]).first ?? []).first { entry in
            guard changes(in: entry.discovered, of: action).isEmpty, !isRefreshed || isRecorded(entry, action) else {
                return false
            }
            return zip(plan.outputs(of: action), entry.outputs).allSatisfy { output, stored in
                plan.path(of: output.artifact) == stored.path
                    && (sights[output.artifact.index] == .content(stored.content) || isStored(stored))
            } && entry.outputs.count == plan.outputs(of: action).count
        }
    }

    /// Whether an entry is of the build that is recorded, and not of an earlier one.
    private func isRecorded(_ entry: StoreEntry, _ action: ActionID) -> Bool {
        snapshot.keys[action.index] == entry.key
            && (snapshot.discovered[action] ?? []) == entry.discovered
            && plan.outputs(of: action).map { recorded($0.artifact) } == entry.outputs.map { Optional($0) }
    }
}
