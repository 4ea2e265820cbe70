package import Artifact

/// What differs between a lock file and the same made again, in the order in which things are made, and why.
///
/// A pure function of both files and of the plan of what was made again.
package struct LockComparison: Sendable {
    /// Everything that differs: sources by path, then what actions make, in build order, then what nobody makes now.
    package let differences: [Difference]
    /// How many artifacts were compared: files, links and directories; members of a family count one by one.
    package let checkedCount: Int
    /// Parameters with other values, or that only one side has.
    package let parameters: [ParameterChange]
    /// Facts that differ: information, and what may have caused a difference.
    package let facts: [FactChange]

    package struct Difference: Hashable, Sendable {
        package enum Subject: Hashable, Sendable {
            case path(Path)
            /// One line for many: which of them differ is not said by the lock file.
            case family(LockFile.Family.Name)
        }

        package var subject: Subject
        package var change: Change
        /// Who makes it now; nil for sources, families and what nobody makes.
        package var maker: ActionID?
        /// Why it differs; nil where that may be because something that it is made from does.
        package var cause: Cause?
    }

    package enum Change: Hashable, Sendable {
        case content(locked: LockFile.Item, now: LockFile.Item)
        /// It is not in the lock file.
        case added(LockFile.Item)
        /// It is in the lock file, and not there now.
        case missing(LockFile.Item)
        case family(locked: LockFile.Family, now: LockFile.Family?)
    }

    package enum Cause: Hashable, Sendable {
        /// A source has other content.
        case data
        /// Parameters have other values, and the rules tell the action something else.
        case parameters([ParameterChange])
        /// The rules tell it something else, and no parameter differs.
        case rules
        case code
        /// Tools, libraries, variables, answers of probes, the platform.
        case surroundings([FactChange])
        /// None of these: the same facts gave other bytes.
        case notReproducible
    }

    package struct ParameterChange: Hashable, Sendable {
        package var name: [UInt8]
        package var locked: [UInt8]?
        package var now: [UInt8]?
    }

    package struct FactChange: Hashable, Sendable {
        package var kind: LockFile.Fact.Kind
        package var subject: [UInt8]
        package var locked: [UInt8]?
        package var now: [UInt8]?
    }

    package var isSame: Bool { differences.isEmpty && parameters.isEmpty }
    /// The first in build order.
    package var first: Difference? { differences.first }
    /// Those that nothing before them explains.
    package var roots: [Difference] { differences.filter { $0.cause != nil } }

    /// - Parameters:
    ///   - locked: as it was read.
    ///   - unfolded: the same of what was made again, every member listed.
    ///   - plan: of what was made again.
    ///   - request: of the targets.
    ///   - discovered: what actions read undeclared.
    package init(
        locked: LockFile, now unfolded: LockFile, _ plan: Plan, _ request: Request,
        discovered: [ActionID: [Path]] = [:]
    ) {
        let now = unfolded.folded(plan, above: .max, like: locked)
        parameters = Self.changes(of: locked.parameters, now.parameters)
        facts = Self.changes(of: locked.facts, now.facts)
        let changes = Changes(locked, now, discovered)
        checkedCount = changes.checkedCount
        differences = Self.differences(changes, Causes(parameters, facts), plan, request)
    }
}

extension LockComparison {
    private static func differences(
        _ changes: Changes, _ causes: Causes, _ plan: Plan, _ request: Request
    ) -> [Difference] {
        var found = changes.sources.map { subject, change in
            Difference(subject: subject, change: change, cause: .data)
        }
        var ofAction: [ActionID: [(path: Path, change: Change)]] = [:]
        var unmade: [Difference] = []
        for (path, change) in changes.outputs {
            if let maker = plan.maker(at: path), request.holds(maker) {
                ofAction[maker, default: []].append((path, change))
            } else {
                unmade.append(Difference(subject: .path(path), change: change))
            }
        }
        var families = changes.families
        for action in plan.inTopologicalOrder where request.holds(action) {
            let rule = plan.ruleID(of: action)
            let family = LockFile.Family.Name.outputs(ofRule: plan.rules[rule.index].name)
            if let change = families.removeValue(forKey: family) {
                let isExplained = plan.actions.contains { plan.ruleID(of: $0) == rule && changes.explain($0, plan) }
                found.append(
                    Difference(
                        subject: .family(family), change: change,
                        cause: isExplained ? nil : causes.cause(of: action, plan)))
            }
            guard let own = ofAction[action] else { continue }
            let cause = changes.explain(action, plan) ? nil : causes.cause(of: action, plan)
            found += own.map { Difference(subject: .path($0.path), change: $0.change, maker: action, cause: cause) }
        }
        let names = families.sorted { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }
        unmade += names.map { Difference(subject: .family($0.key), change: $0.value) }
        let cause = causes.causeOfAbsence(isDataSame: changes.sources.isEmpty)
        return found
            + unmade.map { difference in
                var difference = difference
                difference.cause = cause
                return difference
            }
    }

    private static func changes(
        of locked: [LockFile.Parameter], _ now: [LockFile.Parameter]
    ) -> [ParameterChange] {
        let (before, after) = (
            Dictionary(locked.map { ($0.name, $0.value) }) { $1 }, Dictionary(now.map { ($0.name, $0.value) }) { $1 }
        )
        return Set(before.keys).union(after.keys).sorted { $0.lexicographicallyPrecedes($1) }
            .filter { before[$0] != after[$0] }
            .map { ParameterChange(name: $0, locked: before[$0], now: after[$0]) }
    }

    private static func changes(of locked: [LockFile.Fact], _ now: [LockFile.Fact]) -> [FactChange] {
        struct Place: Hashable {
            let kind: LockFile.Fact.Kind
            let subject: [UInt8]
        }
        func byPlace(_ facts: [LockFile.Fact]) -> [Place: [UInt8]] {
            Dictionary(facts.map { (Place(kind: $0.kind, subject: $0.subject), $0.value) }) { $1 }
        }
        let (before, after) = (byPlace(locked), byPlace(now))
        return Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
            .sorted {
                $0.kind == $1.kind
                    ? $0.subject.lexicographicallyPrecedes($1.subject) : $0.kind.rawValue < $1.kind.rawValue
            }
            .map { FactChange(kind: $0.kind, subject: $0.subject, locked: before[$0], now: after[$0]) }
    }
}

/// What of two lock files differs, each side for itself.
private struct Changes {
    typealias Change = LockComparison.Change

    private(set) var sources: [(subject: LockComparison.Difference.Subject, change: Change)] = []
    /// By path.
    private(set) var outputs: [(path: Path, change: Change)] = []
    /// Of outputs.
    private(set) var families: [LockFile.Family.Name: Change] = [:]
    private(set) var checkedCount = 0
    private var paths: Set<Path> = []
    private var sourceTrees: Set<Path> = []
    /// Directories in which something differs, at any depth.
    private var directories: Set<Path> = []
    /// Those in which there is something more or less.
    private var listings: Set<Path> = []
    private let discovered: [ActionID: [Path]]

    init(_ locked: LockFile, _ now: LockFile, _ discovered: [ActionID: [Path]]) {
        self.discovered = discovered
        let changedSources = take(locked.sources, now.sources)
        outputs = take(locked.outputs, now.outputs)
        sources = changedSources.map { (.path($0.path), $0.change) }
        let after = Dictionary(now.families.map { ($0.name, $0) }) { $1 }
        for family in locked.families {
            checkedCount += family.count
            let found = after[family.name]
            guard found != family else { continue }
            switch family.name {
            case .outputs: families[family.name] = .family(locked: family, now: found)
            case .source(let path):
                sourceTrees.insert(path)
                sources.append((.family(family.name), .family(locked: family, now: found)))
            }
        }
    }

    private mutating func take(_ locked: [LockFile.Entry], _ now: [LockFile.Entry]) -> [(path: Path, change: Change)] {
        let (before, after) = (
            Dictionary(locked.map { ($0.path, $0.item) }) { $1 }, Dictionary(now.map { ($0.path, $0.item) }) { $1 }
        )
        let all = Set(before.keys).union(after.keys)
        checkedCount += all.count
        var found: [(path: Path, change: Change)] = []
        for path in all.sorted() {
            switch (before[path], after[path]) {
            case (let old?, let new?): if old != new { found.append((path, .content(locked: old, now: new))) }
            case (nil, let new?): found.append((path, .added(new)))
            case (let old?, nil): found.append((path, .missing(old)))
            case (nil, nil): continue
            }
        }
        for (path, change) in found { note(path, change) }
        return found
    }

    private mutating func note(_ path: Path, _ change: Change) {
        paths.insert(path)
        let isThere = if case .content = change { true } else { false }
        var directory = path.directory
        while !directory.bytes.isEmpty {
            directories.insert(directory)
            if !isThere { listings.insert(directory) }
            directory = directory.directory
        }
    }

    /// Whether something differs that an action reads, or that says which actions there are.
    func explain(_ action: ActionID, _ plan: Plan) -> Bool {
        if let awaited = plan.awaits(action), differs(awaited, .bytes, plan) { return true }
        if discovered[action]?.contains(where: { paths.contains($0) || directories.contains($0) }) == true {
            return true
        }
        return plan.inputs(of: action).contains { differs($0.artifact, $0.aspect, plan) }
    }

    private func differs(_ artifact: ArtifactID, _ aspect: Plan.Aspect, _ plan: Plan) -> Bool {
        let path = plan.path(of: artifact)
        if let maker = plan.maker(of: artifact), families[.outputs(ofRule: plan.rule(of: maker).name)] != nil {
            return true
        }
        if sourceTrees.contains(where: { $0 == path || path.below($0) != nil }) { return true }
        switch aspect {
        case .listing: return listings.contains(path)
        case .bytes: return paths.contains(path) || directories.contains(path)
        }
    }
}

/// What may have caused that an action gave something else, though all that it reads is as it was.
private struct Causes {
    let parameters: [LockComparison.ParameterChange]
    let facts: [LockComparison.FactChange]

    init(_ parameters: [LockComparison.ParameterChange], _ facts: [LockComparison.FactChange]) {
        (self.parameters, self.facts) = (parameters, facts)
    }

    func cause(of action: ActionID, _ plan: Plan) -> LockComparison.Cause {
        let rule = plan.rule(of: action)
        if facts.contains(where: { $0.kind == .recipe && $0.subject == rule.name }) { return cause }
        if facts.contains(where: { $0.kind == .code && $0.subject == rule.name }) { return .code }
        let around = facts.filter { concerns($0, action, rule, plan) }
        return around.isEmpty ? .notReproducible : .surroundings(around)
    }

    /// Of something that nobody makes any more; nil where data may say so.
    func causeOfAbsence(isDataSame: Bool) -> LockComparison.Cause? {
        parameters.isEmpty && !isDataSame ? nil : cause
    }

    private var cause: LockComparison.Cause { parameters.isEmpty ? .rules : .parameters(parameters) }

    private func concerns(
        _ fact: LockComparison.FactChange, _ action: ActionID, _ rule: Plan.Rule, _ plan: Plan
    ) -> Bool {
        switch fact.kind {
        case .recipe, .code: return false
        case .platform: return true
        case .library: return !rule.isCommand
        case .tool, .probe, .environment:
            guard rule.isCommand, let recipe = try? plan.recipe(of: action) else { return false }
            let command = Plan.commandFacts(recipe)
            return switch fact.kind {
            case .tool: command.program == fact.subject
            case .environment: command.variables.contains(fact.subject)
            default: command.probes.contains { Array($0.inWords.utf8) == fact.subject }
            }
        }
    }
}
