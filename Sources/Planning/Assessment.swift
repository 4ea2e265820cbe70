package import Artifact

/// The one place where it is decided what is stale: from a plan, what is remembered and what was seen, to verdicts.
///
/// It is a value that knows no disk: a build tells it what each action gave and asks again, a view asks once.
package struct Assessment: Sendable {
    /// What is known of an artifact in this run.
    package enum State: Hashable, Sendable {
        /// Nobody asked for it.
        case unasked
        /// Its action has yet to run, or to be decided; what is to come of it, where that is known already.
        case pending(expected: Outcome?)
        case content(Content)
        /// A source that may be absent, and is: absence is its content.
        case absent
        /// There is nothing to be had.
        case unavailable(Blocker)

        package enum Outcome: Hashable, Sendable {
            case content(Content)
            case unavailable(Blocker)
        }

        var isPending: Bool { if case .pending = self { true } else { false } }
    }

    /// What lies at each artifact's path.
    package enum Sight: Hashable, Sendable {
        case nothing
        case content(Content)
        case unreadable(String)
    }

    /// What there is to do about an action.
    package enum Work: Hashable, Sendable {
        case build
        /// The store's outputs become the recorded ones.
        case restore(StoreEntry)
        /// What is missing of what was recorded is put back; the record stays as it is.
        case putBack([Trace.Output])
    }

    /// How a requested action stands.
    enum Standing: Hashable, Sendable {
        case unasked, open, decided
        /// To be built, and some of its inputs' bytes are yet to be put back.
        case lacksBytes
        case running, finished, failed
    }

    package let plan: Plan
    package let snapshot: Snapshot
    package let surroundings: Surroundings
    package let circumstances: Circumstances
    let evidence: Evidence
    /// What makes the targets: their bytes are needed.
    let targets: Set<ActionID>

    package internal(set) var verdicts: VerdictList
    package internal(set) var states: StateList
    let sights: Sights
    var standing: [Standing]
    var openInputs: [Int32]
    /// What is to be done for actions that are decided, where that is not simply to build them.
    var work: [ActionID: Work] = [:]
    /// What trees hold that were made, put back or taken as they are in this run.
    var trees: [ArtifactID: Trace.Output] = [:]
    /// Who reads an artifact undeclared, as their last builds discovered.
    var discoverers: [ArtifactID: [ActionID]] = [:]
    /// Actions that the store was to give back and could not.
    var lostInStore: Set<ActionID> = []
    /// Current ones whose bytes were away and are needed.
    package internal(set) var recalled: Set<ActionID> = []
    /// Recalled ones that a builder has been told of.
    var announcedRecalls: Set<ActionID> = []
    /// Those whose bytes came otherwise than they were recorded.
    package internal(set) var unreproducible: Set<ActionID> = []
    /// Failed or blocked ones whose readers go on with what was built before.
    package internal(set) var usesExisting: Set<ActionID> = []
    /// Whether what earlier runs have settled saves the computing of keys.
    let countsSettled: Bool
    /// By rule, as `plainRules` says.
    let isPlain: [Bool]
    /// Actions whose verdicts anything but contents may have a say in, as far as that is known beforehand.
    let special: Set<ActionID>
    /// What gathering actions were judged by, until they are over: making such a key takes long.
    var keysAtHand: [ActionID: JudgedKey] = [:]
    struct JudgedKey: Sendable {
        let key: Key
        let missing: Set<Int>
    }
    /// With no more, a key is made anew rather than kept: a million of them would be a gigabyte.
    static let fewInputs = 256
    /// What is found out before it is its turn, while all is assessed; taken out when it is.
    var judgedAhead: [ActionID: Judgement] = [:]
    /// Actions whose verdicts were not settled by an earlier run, in the order in which they were judged first: those
    /// that cost a key.
    package private(set) var closelyJudged: [ActionID] = []
    /// By action that lacks bytes: how many are yet to come.
    var openBytes: [ActionID: Int] = [:]
    var readersOfBytes: [ActionID: [ActionID]] = [:]

    /// - Parameters:
    ///   - sights: by artifact: what lies at its path; of artifacts that no requested action touches nothing is asked.
    ///   - countsSettled: false to compute every key, which gives the same verdicts.
    package init(
        plan: Plan, snapshot: Snapshot, surroundings: Surroundings, sights: Sights, requested: Request,
        circumstances: Circumstances, evidence: Evidence, countsSettled: Bool = true
    ) {
        self.plan = plan
        self.snapshot = snapshot
        self.surroundings = surroundings
        self.sights = sights
        self.circumstances = circumstances
        self.evidence = evidence
        verdicts = VerdictList(count: plan.actionCount)
        states = StateList(snapshot)
        standing = Array(repeating: .unasked, count: plan.actionCount)
        openInputs = Array(repeating: 0, count: plan.actionCount)
        targets = Set(requested.targets.compactMap { plan.maker(of: $0) })
        self.countsSettled = countsSettled && snapshot.settledUnder == surroundings.digest
        isPlain = Self.plainRules(circumstances)
        special = circumstances.skipped.union(circumstances.forced).union(snapshot.broken).union(
            snapshot.discovered.keys)
        noteDiscoverers(requested)
        for artifact in requested.artifacts { settleSource(artifact) }
        judgedAhead = judgedFirst(requested)
        var lookahead = Lookahead()
        for (position, action) in plan.inTopologicalOrder.enumerated() where requested.holds(action) {
            if circumstances.failed.contains(action) {
                _ = self.failed(action)
            } else if !settleUnchanged(action) {
                closelyJudged.append(action)
                judgeAhead(from: position, requested, &lookahead)
                open(action)
            }
        }
        judgedAhead = [:]
        announcedRecalls = recalled.filter { standing[$0.index] == .decided }
    }

    private mutating func settleSource(_ artifact: ArtifactID) {
        if plan.maker(of: artifact) != nil {
            states.notePending(artifact)
            return
        }
        if sights.isAsSeen(artifact.index), plan.isSource(artifact) {
            states.noteAsSeen(artifact)
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
        openInputs[action.index] = countOpenInputs(action)
        // What is skipped is taken as it is, whatever its inputs give.
        if openInputs[action.index] == 0 || circumstances.skipped.contains(action) {
            openInputs[action.index] = 0
            decide(action)
        } else {
            foresee(action)
        }
    }

    /// How many of what it waits for are yet to be final, each counted once.
    private func countOpenInputs(_ action: ActionID) -> Int32 {
        var count: Int32 = 0
        var last: ArtifactID?
        var ascends = true
        forEachAwaited(action) { artifact in
            guard states.isPending(artifact) else { return }
            if let last, last >= artifact { ascends = false }
            (last, count) = (artifact, count + 1)
        }
        return ascends ? count : Int32(awaitedInputs(action).count { states.isPending($0) })
    }

    /// Its inputs, what its list of inputs waits for, and what it read undeclared the last time; some more than once.
    func forEachAwaited(_ action: ActionID, _ body: (ArtifactID) -> Void) {
        for input in plan.inputs(of: action) { body(input.artifact) }
        if let awaited = plan.awaits(action) { body(awaited) }
        if snapshot.discovered[action] != nil { for artifact in awaitedDiscoveries(action) { body(artifact) } }
    }

    /// The same, each once.
    func awaitedInputs(_ action: ActionID) -> Set<ArtifactID> {
        var found: Set<ArtifactID> = []
        forEachAwaited(action) { found.insert($0) }
        return found
    }
}
