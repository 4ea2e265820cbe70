package import Artifact

/// The one place where it is decided what is stale: from a plan, what is remembered and what was seen, to verdicts.
///
/// It is a value that knows no disk: a build tells it what each action gave and asks again, a view asks once.
package struct Assessment: Sendable {
    /// What is known of an artifact in this run.
    package enum State: Hashable, Sendable {
        /// Nobody asked for it.
        case unasked
        /// Its action has yet to run, or to be decided.
        case pending
        case content(Content)
        /// A source that may be absent, and is: absence is its content.
        case absent
        /// There is nothing to be had.
        case unavailable(Blocker)
    }

    /// What lies at each artifact's path.
    package enum Sight: Hashable, Sendable {
        case nothing
        case content(Content)
        case unreadable(String)
    }

    /// How a requested action stands.
    enum Standing: Sendable { case unasked, open, decided, running, finished, failed }

    package let plan: Plan
    package let snapshot: Snapshot
    package let surroundings: Surroundings
    package let forced: Set<ActionID>
    private let sourceMembers: @Sendable (ArtifactID) -> [Trace.Member]?
    private let recordedParts: @Sendable (ActionID) -> [KeyPart]

    package private(set) var verdicts: [Verdict?]
    package private(set) var states: [State]
    private var sights: [Sight]
    private var standing: [Standing]
    private var openInputs: [Int32]
    /// What trees hold that were made in this run.
    private var trees: [ArtifactID: Trace.Output] = [:]

    /// - Parameters:
    ///   - sights: by artifact: what lies at its path; of artifacts that no requested action touches nothing is asked.
    ///   - failed: actions that have failed in this run already.
    ///   - sourceMembers: what a directory that is a source holds now, asked for only where its names are an input.
    ///   - recordedParts: the parts of the recorded key, asked for only where keys differ.
    package init(
        plan: Plan, snapshot: Snapshot, surroundings: Surroundings, sights: [Sight], forced: Set<ActionID> = [],
        failed: Set<ActionID> = [], requested: Request,
        sourceMembers: @escaping @Sendable (ArtifactID) -> [Trace.Member]?,
        recordedParts: @escaping @Sendable (ActionID) -> [KeyPart]
    ) {
        self.plan = plan
        self.snapshot = snapshot
        self.surroundings = surroundings
        self.sights = sights
        self.forced = forced
        self.sourceMembers = sourceMembers
        self.recordedParts = recordedParts
        verdicts = Array(repeating: nil, count: plan.actionCount)
        states = Array(repeating: .unasked, count: plan.artifactCount)
        standing = Array(repeating: .unasked, count: plan.actionCount)
        openInputs = Array(repeating: 0, count: plan.actionCount)
        for artifact in requested.artifacts { settleSource(artifact) }
        for action in plan.inTopologicalOrder where requested.holds(action) {
            if failed.contains(action) { _ = self.failed(action) } else { open(action) }
        }
    }

    private mutating func settleSource(_ artifact: ArtifactID) {
        if plan.maker(of: artifact) != nil {
            states[artifact.index] = .pending
            return
        }
        let path = plan.path(of: artifact)
        guard plan.isSource(artifact) else {
            // Only while families are unknown: one of them may make it, so an old file there says nothing.
            states[artifact.index] = .unavailable(.unlisted(path))
            return
        }
        switch sights[artifact.index] {
        case .content(let content): states[artifact.index] = .content(content)
        case .unreadable(let why): states[artifact.index] = .unavailable(.unreadable(path, why))
        case .nothing:
            states[artifact.index] = plan.mayBeAbsent(artifact) ? .absent : .unavailable(.sourceAbsent(path))
        }
    }

    private mutating func open(_ action: ActionID) {
        standing[action.index] = .open
        openInputs[action.index] = Int32(awaitedInputs(action).count { states[$0.index] == .pending })
        if openInputs[action.index] == 0 { decide(action) } else { foresee(action) }
    }

    /// Its inputs, each once, and what its list of inputs waits for.
    private func awaitedInputs(_ action: ActionID) -> Set<ArtifactID> {
        var found = Set(plan.inputs(of: action).map(\.artifact))
        if let awaited = plan.awaits(action) { found.insert(awaited) }
        return found
    }

    /// A verdict while inputs are still open: definite where nothing that they give can change it.
    private mutating func foresee(_ action: ActionID) {
        if let blocker = certainBlocker(action) {
            verdicts[action.index] = .blocked([blocker])
            return
        }
        if forced.contains(action) {
            verdicts[action.index] = .build(.forced, [.forced])
            return
        }
        let reasons = certainReasons(action)
        verdicts[action.index] = reasons.isEmpty ? .undecided : .build(.stale, reasons)
    }

    /// A required input that cannot come any more, or an axis that came out empty.
    private func certainBlocker(_ action: ActionID) -> Blocker? {
        if let property = plan.emptyProperty(of: action) { return .nothingToGather(property: printable(property)) }
        guard plan.rule(of: action).accepts.isEmpty else { return nil }
        for input in plan.inputs(of: action) {
            if case .unavailable(let blocker) = states[input.artifact.index] { return blocker }
        }
        return nil
    }

    private func certainReasons(_ action: ActionID) -> [Reason] {
        guard snapshot.keys[action.index] != nil else { return neverBuilt(action) }
        let contents = plan.inputs(of: action).map { _ in Content?.none }
        guard let key = try? plan.key(of: action, contents: contents, missing: [], in: surroundings) else {
            return [.keyFormat]
        }
        return differences(from: recordedParts(action), to: key.parts, ignoringInputs: true)
    }
}

// MARK: - Deciding

extension Assessment {
    /// The verdict of an action whose inputs are all final.
    private mutating func decide(_ action: ActionID) {
        let verdict = verdict(action)
        verdicts[action.index] = verdict
        standing[action.index] = .decided
        switch verdict {
        case .current:
            standing[action.index] = .finished
            for artifact in made(action) {
                states[artifact.index] =
                    snapshot.published[artifact.index].map { .content($0) }
                    ?? .unavailable(.notInTree(plan.path(of: artifact), action))
            }
        case .blocked(let blockers):
            standing[action.index] = .failed
            for artifact in made(action) {
                // What is missing at the start of the chain is what a person can do something about.
                let path = plan.path(of: artifact)
                if case .unlisted? = blockers.first, blockers.count == 1, let first = blockers.first {
                    states[artifact.index] = .unavailable(first)
                } else {
                    states[artifact.index] = .unavailable(.blocked(path, action))
                }
            }
        default: break
        }
    }

    private func verdict(_ action: ActionID) -> Verdict {
        if let awaited = plan.awaits(action) { return .blocked([.unlisted(plan.path(of: awaited))]) }
        if let property = plan.emptyProperty(of: action) {
            return .blocked([.nothingToGather(property: printable(property))])
        }
        let (missing, blockers) = losses(action)
        if !blockers.isEmpty { return .blocked(blockers) }
        if forced.contains(action) { return .build(.forced, [.forced]) }
        guard let recorded = snapshot.keys[action.index] else { return .build(.stale, neverBuilt(action)) }
        guard let key = try? key(of: action, missing: missing) else { return .build(.stale, [.keyFormat]) }
        guard key.digest == recorded else {
            let reasons = differences(from: recordedParts(action), to: key.parts)
            return .build(.stale, (reasons.isEmpty ? [.keyFormat] : reasons) + failure(action))
        }
        let damage = damage(action)
        return damage.isEmpty ? .current : .build(.repair, damage)
    }

    /// The key of an action whose inputs are all final.
    package func key(of action: ActionID, missing: Set<Int>) throws(UnpackError) -> Key {
        let contents = plan.inputs(of: action).map { input -> Content? in
            guard case .content(let content) = states[input.artifact.index] else { return nil }
            return input.aspect == .listing ? listing(input.artifact) : content
        }
        return try plan.key(of: action, contents: contents, missing: missing, in: surroundings)
    }

    /// What a directory's names alone say.
    private func listing(_ artifact: ArtifactID) -> Content? {
        members(artifact).map { members in
            Census.treeContent(members.map { Trace.Member(path: $0.path, content: .directory) })
        }
    }

    /// What a directory holds: a tree, a directory in one, or a source.
    private func members(_ artifact: ArtifactID) -> [Trace.Member]? {
        if let tree = plan.tree(of: artifact) {
            return plan.path(of: artifact).below(plan.path(of: tree)).flatMap { made(tree)?.members(below: $0) }
        }
        if plan.maker(of: artifact) != nil { return made(artifact)?.members }
        return sourceMembers(artifact)
    }

    /// A tree as its action has made it, in this run or before.
    private func made(_ tree: ArtifactID) -> Trace.Output? {
        if let made = trees[tree] { return made }
        guard let content = snapshot.published[tree.index], let members = snapshot.publishedMembers[tree] else {
            return nil
        }
        return Trace.Output(path: plan.path(of: tree), content: content, members: members)
    }

    /// Which inputs an action does without, as its rule accepts, and what blocks it otherwise.
    package func losses(_ action: ActionID) -> (missing: Set<Int>, blockers: [Blocker]) {
        var lost: [UInt32: [(ordinal: Int, blocker: Blocker)]] = [:]
        var counts: [UInt32: Int] = [:]
        for (ordinal, input) in plan.inputs(of: action).enumerated() {
            counts[input.property, default: 0] += 1
            if case .unavailable(let blocker) = states[input.artifact.index] {
                lost[input.property, default: []].append((ordinal, blocker))
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

    private func neverBuilt(_ action: ActionID) -> [Reason] {
        let foreign = plan.outputs(of: action).compactMap { output -> Reason? in
            if case .nothing = sights[output.artifact.index] { nil } else { .foreign(plan.path(of: output.artifact)) }
        }
        return [.neverBuilt] + foreign + failure(action)
    }

    private func failure(_ action: ActionID) -> [Reason] {
        snapshot.failedRun[action.index].map { [.failedBefore(run: $0)] } ?? []
    }

    /// How the outputs differ from what was published.
    private func damage(_ action: ActionID) -> [Reason] {
        plan.outputs(of: action).compactMap { output in
            let path = plan.path(of: output.artifact)
            return switch snapshot.condition(of: output.artifact, sights[output.artifact.index]) {
            case .missing: .outputMissing(path)
            case .edited: .outputEdited(path)
            case .intact: nil
            }
        }
    }

    /// Everything that an action makes: its outputs, and the members of its trees that somebody reads.
    private func made(_ action: ActionID) -> [ArtifactID] {
        var found = plan.outputs(of: action).map(\.artifact)
        found += plan.members(of: action)
        return found
    }
}

// MARK: - A build's progress

extension Assessment {
    /// Actions that may run now, in the plan's order.
    package func ready() -> [ActionID] {
        plan.actions.filter { standing[$0.index] == .decided && verdicts[$0.index]?.isBuild == true }
    }

    package mutating func began(_ action: ActionID) { standing[action.index] = .running }

    /// An action has been published: its outputs are final, and so may be the verdicts of what reads them.
    ///
    /// - Returns: the actions decided by this.
    package mutating func finished(_ action: ActionID, outputs: [Trace.Output]) -> [ActionID] {
        standing[action.index] = .finished
        var contents: [ArtifactID: Content] = [:]
        for (output, given) in zip(plan.outputs(of: action), outputs) {
            contents[output.artifact] = given.content
            if plan.isTree(output.artifact) { trees[output.artifact] = given }
        }
        for artifact in made(action) {
            if let content = contents[artifact] {
                states[artifact.index] = .content(content)
                continue
            }
            let path = plan.path(of: artifact)
            let found = plan.tree(of: artifact).flatMap { tree in
                path.below(plan.path(of: tree)).flatMap { trees[tree]?.content(at: $0) }
            }
            states[artifact.index] = found.map { .content($0) } ?? .unavailable(.notInTree(path, action))
        }
        return release(made(action))
    }

    /// An action has failed: what it makes is not to be had in this run.
    package mutating func failed(_ action: ActionID) -> [ActionID] {
        standing[action.index] = .failed
        for artifact in made(action) { states[artifact.index] = .unavailable(.failed(plan.path(of: artifact), action)) }
        return release(made(action))
    }

    /// Decides what waited for these artifacts only, and what waited for that.
    private mutating func release(_ artifacts: [ArtifactID]) -> [ActionID] {
        var decided: [ActionID] = []
        var settled = artifacts
        while let artifact = settled.popLast() {
            for consumer in plan.consumers(of: artifact) where standing[consumer.index] == .open {
                openInputs[consumer.index] -= 1
                guard openInputs[consumer.index] == 0 else { continue }
                decide(consumer)
                decided.append(consumer)
                if verdicts[consumer.index]?.isBuild == false { settled += made(consumer) }
            }
        }
        return decided
    }
}
