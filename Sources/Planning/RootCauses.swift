package import Artifact
package import Hashing

/// Everything in a request that is not current, by its root causes.
///
/// It reads verdicts and gives none: what is certain are the definite ones that carry a cause, what may follow are the
/// undecided ones below those. It takes time linear in the edges of the plan; to that end only the causes with the
/// most actions, 64 of them, are followed downward.
package struct RootCauses: Sendable {
    package struct Group: Sendable {
        package let cause: RootCause
        /// One of the reasons that it gave, with what changed from what to what.
        package let reason: Reason
        /// Actions with a definite verdict to build or to restore that have it as a reason.
        package fileprivate(set) var certain: [ActionID] = []
        /// Those that have been built in the same run because of what the certain ones gave.
        package fileprivate(set) var followed: [ActionID] = []
        /// Those that have it as a reason and that a policy holds: waiting, or kept as they are.
        package fileprivate(set) var held: [ActionID] = []
        /// How many undecided actions there are of each rule that it may reach; nil: it was not followed.
        package fileprivate(set) var undecidedByRule: [RuleID: Int]?
        /// What its reasons spoke of: some of it.
        package fileprivate(set) var paths: [Path] = []
        /// An action that has it as a reason.
        fileprivate let first: ActionID

        package var undecidedCount: Int { undecidedByRule?.values.reduce(0, +) ?? 0 }
    }

    /// By how much they do: certain ones, then those that may follow.
    package private(set) var groups: [Group] = []

    private static let mostFollowed = 64
    private static let mostPaths = 20
    private static let far = UInt32.max

    private let assessment: Assessment
    private var plan: Plan { assessment.plan }
    /// By action.
    private let standings: [Standing]
    /// By action: which of the causes followed have led to it, as bits.
    private var masks: [UInt64]
    /// By action: the next one towards a cause, and how many steps there are.
    private var up: [Link?]
    private var upDistance: [UInt32]
    /// By action: the next one towards a target that nothing else open reads.
    private var down: [Link?]
    private var downDistance: [UInt32]

    /// What a verdict is here: asked for every edge.
    private enum Standing {
        /// Current, or nothing leads to it.
        case closed
        /// What it gives stays as its readers have used it.
        case held
        case certain
        case undecided

        init(_ verdict: Verdict?) {
            switch verdict {
            case .build?, .restore?: self = .certain
            case .undecided?: self = .undecided
            case .wait?, .keep?: self = .held
            case .current?, .skip?, .blocked?, .keepEdited?, nil: self = .closed
            }
        }

        /// Whether what it gives may differ from what its readers have used.
        var flows: Bool { self == .certain || self == .undecided }
    }

    private struct Link {
        let action: ActionID
        /// What is made by one of the two and read by the other.
        let artifact: ArtifactID
    }

    /// - Parameter earlier: what earlier parts of the run have built, by identity, and why.
    package init(_ assessment: Assessment, _ request: Request, earlier: [Digest: [RootCause]] = [:]) {
        self.assessment = assessment
        let count = assessment.plan.actionCount
        masks = Array(repeating: 0, count: count)
        up = Array(repeating: nil, count: count)
        upDistance = Array(repeating: Self.far, count: count)
        down = Array(repeating: nil, count: count)
        downDistance = Array(repeating: Self.far, count: count)
        let standings = assessment.verdicts.map(Standing.init)
        self.standings = standings
        let order = assessment.plan.inTopologicalOrder.filter {
            standings[$0.index] != .closed && request.holds($0)
        }
        guard !order.isEmpty else { return }
        let earlierHere = earlier.isEmpty ? [:] : self.earlier(earlier)
        collect(order, earlierHere)
        rank()
        follow(order, earlierHere)
        link(order)
    }

    private func earlier(_ causes: [Digest: [RootCause]]) -> [ActionID: [RootCause]] {
        var found: [ActionID: [RootCause]] = [:]
        for action in plan.actions(of: Set(causes.keys)) { found[action] = causes[plan.identity(of: action)] }
        return found
    }
}

// MARK: - Collecting

extension RootCauses {
    private mutating func collect(_ order: [ActionID], _ earlier: [ActionID: [RootCause]]) {
        var places: [RootCause: Int] = [:]
        let built = Set(earlier.keys)
        func place(_ cause: RootCause, _ reason: Reason, _ action: ActionID, in groups: inout [Group]) -> Int {
            if let place = places[cause] { return place }
            places[cause] = groups.count
            groups.append(Group(cause: cause, reason: reason, first: action))
            return groups.count - 1
        }
        for action in order {
            guard let verdict = assessment.verdicts[action.index] else { continue }
            var own: Set<Int> = []
            var follows: Set<Int> = []
            var isExplained = false
            for reason in verdict.reasons {
                switch assessment.origin(of: reason, action, built: built) {
                case .root(let cause):
                    let place = place(cause, reason, action, in: &groups)
                    own.insert(place)
                    if let path = reason.path, groups[place].paths.count < Self.mostPaths {
                        groups[place].paths.append(path)
                    }
                case .follows(let maker):
                    isExplained = true
                    for cause in earlier[maker] ?? [] {
                        follows.insert(place(cause, reason, action, in: &groups))
                    }
                case .remark: continue
                }
            }
            // What happened is all that there is to say.
            if own.isEmpty, !isExplained, let reason = verdict.reasons.first {
                own.insert(place(.difference(reason), reason, action, in: &groups))
            }
            if !own.isEmpty { upDistance[action.index] = 0 }
            for place in own { add(action, verdict, to: place) }
            for place in follows.subtracting(own) { groups[place].followed.append(action) }
        }
    }

    private mutating func add(_ action: ActionID, _ verdict: Verdict, to place: Int) {
        switch verdict {
        case .build, .restore: groups[place].certain.append(action)
        case .wait, .keep: groups[place].held.append(action)
        default: break
        }
    }

    private mutating func rank() {
        let order = groups.indices.sorted { left, right in
            let (a, b) = (groups[left], groups[right])
            let (sizeA, sizeB) = (a.certain.count + a.followed.count, b.certain.count + b.followed.count)
            if sizeA != sizeB { return sizeA > sizeB }
            return a.held.count == b.held.count ? left < right : a.held.count > b.held.count
        }
        groups = order.map { groups[$0] }
        for place in groups.indices.prefix(Self.mostFollowed) { groups[place].undecidedByRule = [:] }
    }
}

// MARK: - Following

extension RootCauses {
    /// What an action reads, and who makes it.
    private static func forEachMaker(
        of action: ActionID, _ assessment: Assessment, _ body: (ActionID, ArtifactID) -> Void
    ) {
        let plan = assessment.plan
        for input in plan.inputs(of: action) {
            if let maker = plan.maker(of: input.artifact) { body(maker, input.artifact) }
        }
        if let awaited = plan.awaits(action), let maker = plan.maker(of: awaited) { body(maker, awaited) }
        for found in assessment.snapshot.discovered[action] ?? [] {
            if let artifact = plan.artifact(at: found.path), let maker = plan.maker(of: artifact) {
                body(maker, artifact)
            }
        }
    }

    private mutating func follow(_ order: [ActionID], _ earlier: [ActionID: [RootCause]]) {
        var bits: [RootCause: UInt64] = [:]
        for (place, group) in groups.prefix(Self.mostFollowed).enumerated() {
            bits[group.cause] = 1 << UInt64(place)
            for action in group.certain + group.held + group.followed { masks[action.index] |= 1 << UInt64(place) }
        }
        let built = Set(earlier.keys)
        let assessment = assessment
        var counts = groups.map { _ in [Int]() }
        for place in groups.indices.prefix(Self.mostFollowed) {
            counts[place] = Array(repeating: 0, count: plan.rules.count)
        }
        for action in order {
            guard let verdict = assessment.verdicts[action.index] else { continue }
            let given = masks[action.index]
            var mask = given
            if standings[action.index] == .undecided {
                for reason in verdict.reasons {
                    if case .root(let cause) = assessment.origin(of: reason, action, built: built) {
                        mask |= bits[cause] ?? 0
                    }
                }
                Self.forEachMaker(of: action, assessment) { maker, _ in
                    if standings[maker.index].flows { mask |= masks[maker.index] }
                }
                count(mask, plan.ruleID(of: action), &counts)
            } else {
                // In a run: what its makers gave is a reason.
                for reason in verdict.reasons {
                    guard case .follows(let maker) = assessment.origin(of: reason, action, built: built) else {
                        continue
                    }
                    mask |= masks[maker.index]
                    noteUp(action, maker, reason)
                }
                if verdict.isBuild || verdict.isRestore { noteFollowed(action, mask & ~given) }
            }
            masks[action.index] = mask
        }
        for (place, counts) in counts.enumerated() {
            for (rule, count) in counts.enumerated() where count > 0 {
                groups[place].undecidedByRule?[RuleID(rule)] = count
            }
        }
    }

    private func count(_ mask: UInt64, _ rule: RuleID, _ counts: inout [[Int]]) {
        var rest = mask
        while rest != 0 {
            counts[rest.trailingZeroBitCount][rule.index] += 1
            rest &= rest - 1
        }
    }

    private mutating func noteFollowed(_ action: ActionID, _ mask: UInt64) {
        var rest = mask
        while rest != 0 {
            groups[rest.trailingZeroBitCount].followed.append(action)
            rest &= rest - 1
        }
    }

    private mutating func noteUp(_ action: ActionID, _ maker: ActionID, _ reason: Reason) {
        guard let artifact = reason.path.flatMap({ plan.artifact(at: $0) }) else { return }
        note(Link(action: maker, artifact: artifact), above: action)
    }

    private mutating func note(_ link: Link, above action: ActionID) {
        let distance = upDistance[link.action.index]
        guard distance != Self.far, distance + 1 < upDistance[action.index] else { return }
        upDistance[action.index] = distance + 1
        up[action.index] = link
    }
}

// MARK: - Chains

extension RootCauses {
    private mutating func link(_ order: [ActionID]) {
        let assessment = assessment
        for action in order {
            guard standings[action.index] == .undecided else { continue }
            Self.forEachMaker(of: action, assessment) { maker, artifact in
                if standings[maker.index].flows { note(Link(action: maker, artifact: artifact), above: action) }
            }
        }
        for action in order.reversed() {
            // Nobody below it is open: it is as near to a target as anything.
            if downDistance[action.index] == Self.far { downDistance[action.index] = 0 }
            let distance = downDistance[action.index] + 1
            Self.forEachMaker(of: action, assessment) { maker, artifact in
                guard distance < downDistance[maker.index] else { return }
                downDistance[maker.index] = distance
                down[maker.index] = Link(action: action, artifact: artifact)
            }
        }
    }

    /// One action of a chain, and what it hands to the next one.
    package struct Step: Hashable, Sendable {
        package let action: ActionID
        package let handsOn: ArtifactID?
    }

    /// The shortest way from a cause to an action, the cause's own action first.
    package func chain(to action: ActionID) -> [Step] {
        var steps = [Step(action: action, handsOn: nil)]
        var place = action
        while let link = up[place.index] {
            steps.append(Step(action: link.action, handsOn: link.artifact))
            place = link.action
        }
        return steps.reversed()
    }

    /// Where the shortest way from a cause to an action begins.
    package func beginning(of action: ActionID) -> ActionID {
        var place = action
        while let link = up[place.index] { place = link.action }
        return place
    }

    /// The causes of an action, as far as they were followed.
    package func causes(of action: ActionID) -> [RootCause] {
        var found: [RootCause] = []
        var rest = masks[action.index]
        while rest != 0 {
            found.append(groups[rest.trailingZeroBitCount].cause)
            rest &= rest - 1
        }
        return found
    }

    /// Actions of one rule, at one place of a chain.
    package struct Family: Hashable, Sendable {
        package let rule: RuleID
        package let actions: [ActionID]
        /// What they hand to the next family, where that is one artifact.
        package fileprivate(set) var handsOn: ArtifactID?
    }

    /// The shortest way from a cause to a target, folded by rule.
    package func families(of group: Group) -> [Family] {
        let carriers = group.certain.isEmpty ? group.held : group.certain
        // Of several the one from which most is still to come: others end where nobody reads on.
        var place = carriers.max { (downDistance[$0.index], $1) < (downDistance[$1.index], $0) } ?? group.first
        var rule = plan.ruleID(of: place)
        let first = carriers.filter { plan.ruleID(of: $0) == rule }
        var families = [Family(rule: rule, actions: first.isEmpty ? [place] : first)]
        // What a policy holds hands nothing on.
        while standings[place.index].flows, let link = down[place.index] {
            rule = plan.ruleID(of: link.action)
            let (readers, read) = readers(of: families[families.count - 1].actions, rule)
            families[families.count - 1].handsOn = read.count == 1 ? read.first : nil
            families.append(Family(rule: rule, actions: readers))
            place = link.action
        }
        return families
    }

    /// - Returns: in the plan's order; and what they read of it, where that is more than one only two.
    private func readers(of actions: [ActionID], _ rule: RuleID) -> (readers: [ActionID], read: Set<ArtifactID>) {
        var isReader = [Bool](repeating: false, count: plan.actionCount)
        var read: Set<ArtifactID> = []
        func follow(_ artifact: ArtifactID) {
            for reader in plan.consumers(of: artifact)
            where plan.ruleID(of: reader) == rule && standings[reader.index] != .closed {
                isReader[reader.index] = true
                if read.count < 2 { read.insert(artifact) }
            }
        }
        for action in actions {
            for output in plan.outputs(of: action) { follow(output.artifact) }
            for member in plan.members(of: action) { follow(member) }
        }
        return (plan.actions.filter { isReader[$0.index] }, read)
    }
}
