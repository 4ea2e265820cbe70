import Artifact

/// Finds what makes each artifact, and refuses what cannot be.
struct PlanChecks {
    private let builder: PlanBuilder
    private let order: PathOrder
    /// By path: its number among the sources.
    let sourceOf: [UInt32]
    /// By path: the action that has it as an output.
    private(set) var ownMaker: [UInt32]
    /// By path: the made tree in which it lies, as a path.
    private(set) var tree: [UInt32]
    private let flaws: [Int: Path.Flaw]

    private static let none = Plan.none

    init(_ builder: PlanBuilder, _ order: PathOrder, isWhole: Bool) throws(PlanError) {
        self.builder = builder
        self.order = order
        var sourceOf = [UInt32](repeating: Self.none, count: builder.paths.count)
        for source in builder.sources.indices {
            if let path = builder.paths.find(builder.sourceNames[source].span) { sourceOf[path] = UInt32(source) }
        }
        self.sourceOf = sourceOf
        var flaws: [Int: Path.Flaw] = [:]
        for path in 0 ..< builder.paths.count {
            if let flaw = Path.flaw(of: builder.paths[path].span) { flaws[path] = flaw }
        }
        self.flaws = flaws
        ownMaker = [UInt32](repeating: Self.none, count: builder.paths.count)
        tree = ownMaker
        try findMakers()
        try findTrees()
        try checkInputs(isWhole: isWhole)
    }

    /// The action that makes a path, or the tree in which it lies.
    func maker(of path: Int) -> Int? {
        if ownMaker[path] != Self.none { return Int(ownMaker[path]) }
        return tree[path] == Self.none ? nil : Int(ownMaker[Int(tree[path])])
    }

    private func path(_ number: Int) -> Path { builder.path(number) }
    private func mention(_ action: Int) -> Mention { builder.mention(action) }
    private func source(_ path: Int) -> PlanBuilder.Source? {
        sourceOf[path] == Self.none ? nil : builder.sources[Int(sourceOf[path])]
    }

    private mutating func findMakers() throws(PlanError) {
        let sourceAbove = nearest { sourceOf[$0] != Self.none }
        for action in builder.actionRule.indices {
            let own = builder.outputs.range(of: action)
            if own.isEmpty { throw .noOutput(mention(action)) }
            for output in own {
                let output = Int(builder.outputs.paths[output])
                try checkPlace(of: output, madeBy: action)
                if let source = source(output) {
                    throw .madeAndSource(path(output), mention(action), source: source.place)
                }
                let above = sourceAbove[Int(order.directoryOf[output])]
                if above != Self.none, let source = source(Int(above)) {
                    throw .insideSource(path(output), mention(action), source: path(Int(above)), source.place)
                }
                if ownMaker[output] != Self.none {
                    throw .twoMakers(path(output), mention(Int(ownMaker[output])), mention(action))
                }
                ownMaker[output] = UInt32(action)
            }
        }
        for rule in builder.rules where rule.cpus < 1 {
            throw .cpus(rule.cpus, Mention(name: printable(rule.name), place: rule.place))
        }
    }

    private func checkPlace(of output: Int, madeBy action: Int) throws(PlanError) {
        if !flaws.isEmpty, let flaw = flaws[output] { throw .unfit(path(output), flaw, mention(action)) }
        guard let rules = builder.rulesDirectory else { return }
        let bytes = builder.paths[output]
        if isAtOrBelow(bytes, rules.bytes[...]) || isAtOrBelow(rules.bytes[...], bytes) {
            throw .amongRules(path(output), mention(action), rules: rules)
        }
    }

    private func isAtOrBelow(_ path: ArraySlice<UInt8>, _ directory: ArraySlice<UInt8>) -> Bool {
        guard path.starts(with: directory) else { return false }
        return path.count == directory.count || path[path.startIndex + directory.count] == UInt8(ascii: "/")
    }

    private mutating func findTrees() throws(PlanError) {
        let treeAbove = nearest { ownMaker[$0] != Self.none }
        for path in 0 ..< builder.paths.count {
            let above = treeAbove[Int(order.directoryOf[path])]
            guard above != Self.none else { continue }
            try check(path, inTree: Int(above))
            tree[path] = above
        }
    }

    private func check(_ member: Int, inTree tree: Int) throws(PlanError) {
        let treeMaker = Int(ownMaker[tree])
        if ownMaker[member] != Self.none {
            let maker = mention(Int(ownMaker[member]))
            guard builder.isTree[tree] else { throw .belowFile(path(member), maker, file: path(tree)) }
            throw .insideTree(path(member), maker, tree: path(tree), mention(treeMaker))
        }
        guard builder.isTree[tree] else { throw .belowFile(path(member), mention(treeMaker), file: path(tree)) }
        if let source = source(member) {
            throw .madeAndSource(path(member), mention(treeMaker), source: source.place)
        }
    }

    /// By directory: the nearest path, it itself or one above it, of which something holds; directories are few beside
    /// their files.
    private func nearest(_ holds: (_ path: Int) -> Bool) -> [UInt32] {
        (0 ..< order.directories.count).map { number in
            var directory = order.directories[number]
            while !directory.isEmpty {
                if let path = builder.paths.find(directory.span), holds(path) { return UInt32(path) }
                directory = directory[..<(directory.lastIndex(of: UInt8(ascii: "/")) ?? directory.startIndex)]
            }
            return Self.none
        }
    }
}

// MARK: - Inputs

extension PlanChecks {
    private func checkInputs(isWhole: Bool) throws(PlanError) {
        let observed = builder.rules.map { rule -> UInt32? in
            guard let property = rule.policy.settle?.observation?.property else { return nil }
            return builder.texts.find(property.span).map { UInt32($0) }
        }
        for action in builder.actionRule.indices {
            let rule = Int(builder.actionRule[action])
            for input in builder.inputs.range(of: action) {
                let input = Int(builder.inputs.paths[input])
                if !flaws.isEmpty, let flaw = flaws[input] { throw .unfit(path(input), flaw, mention(action)) }
                if isWhole, maker(of: input) == nil, sourceOf[input] == Self.none {
                    throw .noMaker(path(input), wantedBy: mention(action))
                }
            }
            let isFirstOfRule = action == 0 || builder.actionRule[action - 1] != builder.actionRule[action]
            if isFirstOfRule { try checkAcceptances(of: action) }
            if let property = observed[rule] { try checkObservation(of: action, in: property) }
        }
    }

    /// What a policy observes are tables: by their names, since most of them are still to be made.
    private func checkObservation(of action: Int, in property: UInt32) throws(PlanError) {
        let rule = builder.rules[Int(builder.actionRule[action])]
        let observed = builder.inputs.range(of: action).filter { builder.inputs.properties[$0] == property }
            .map { Int(builder.inputs.paths[$0]) }
        func isTable(_ input: Int) -> Bool { !builder.isTree[input] && TableKind(path(input)) != nil }
        // All inputs of a command are one property: its scripts, too.
        if rule.isCommand, observed.contains(where: isTable) { return }
        if let other = observed.first(where: { !isTable($0) }) {
            let column = rule.policy.settle?.observation?.column ?? []
            throw .noColumns(path(other), column: printable(column), mention(action))
        }
    }

    /// A property that gathers nothing in this cell is there all the same.
    private func checkAcceptances(of action: Int) throws(PlanError) {
        let accepts = builder.rules[Int(builder.actionRule[action])].accepts
        guard !accepts.isEmpty, case .object(let fields)? = try? builder.recipe(of: action) else { return }
        for acceptance in accepts where !fields.contains(where: { $0.name == acceptance.property }) {
            throw .noSuchProperty(printable(acceptance.property), mention(action))
        }
    }
}
