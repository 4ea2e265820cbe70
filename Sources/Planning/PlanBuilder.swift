package import Artifact
private import Hashing

/// Collects what the rules say and lays it out as a `Plan`.
package struct PlanBuilder {
    package var parameters: [Plan.Parameter] = []
    package private(set) var rules: [Plan.Rule] = []
    package private(set) var axes: [Plan.Axis] = []
    package var groups: [Plan.Group] = []
    package var defaults: Plan.Group?
    package var questions: [Plan.Question] = []
    package var pools: [Plan.Pool] = []
    /// Where the rules lie, if that is in the workspace.
    package var rulesDirectory: Path?
    private var probedSources: [Path: Probe] = [:]

    private struct Source { var mayBeAbsent: Bool, place: Place }
    private var sources: [Path: Source] = [:]

    private struct Edge { var artifact: Int, aspect: Plan.Aspect, property: UInt32, index: UInt32 }
    private var paths: [Path: Int] = [:]
    private var pathList: [Path] = []
    private var isTree: [Bool] = []
    private var actionRule: [UInt32] = []
    private var actionAwaits: [Int?] = []
    private var actionEmpty: [UInt32] = []
    private var cells: [UInt32] = []
    private var cellAt: [UInt32] = [0]
    private var inputs: [Edge] = []
    private var inputAt: [UInt32] = [0]
    private var outputs: [Edge] = []
    private var outputAt: [UInt32] = [0]
    private var recipes: [UInt8] = []
    private var recipeAt: [UInt64] = [0]
    private var texts: [[UInt8]: UInt32] = [:]
    private var textList: [[UInt8]] = []

    package init() {}

    package var actionCount: Int { actionRule.count }

    package mutating func add(_ axis: Plan.Axis) { axes.append(axis) }

    package mutating func add(_ rule: Plan.Rule) throws(PlanError) {
        if let same = rules.first(where: { $0.name == rule.name }) {
            throw .duplicateRule(printable(rule.name), same.place, rule.place)
        }
        rules.append(rule)
    }

    package mutating func amend(_ rule: Int, _ change: (inout Plan.Rule) -> Void) { change(&rules[rule]) }

    package mutating func addSource(_ path: Path, mayBeAbsent: Bool, place: Place) throws(PlanError) {
        if probedSources[path] != nil, let same = sources[path] { throw .twoSources(path, same.place, place) }
        try note(path, mayBeAbsent: mayBeAbsent, place: place)
    }

    private mutating func note(_ path: Path, mayBeAbsent: Bool, place: Place) throws(PlanError) {
        if let flaw = path.flaw {
            throw .unfit(path, flaw, Mention(name: "source", place: place))
        }
        // Said twice, the stricter word counts.
        let strict = mayBeAbsent && sources[path]?.mayBeAbsent != false
        sources[path] = Source(mayBeAbsent: strict, place: sources[path]?.place ?? place)
    }

    /// A source that is no file.
    package mutating func addSource(_ path: Path, probe: Probe, place: Place) throws(PlanError) {
        if let same = sources[path], probedSources[path] != probe { throw .twoSources(path, same.place, place) }
        try note(path, mayBeAbsent: false, place: place)
        probedSources[path] = probe
    }

    /// An action's artifacts, collected while its recipe is read.
    package struct Wiring {
        package struct Reference: Hashable {
            package var path: Path
            package var isTree: Bool
            package var aspect: Plan.Aspect
            package var property: [UInt8]
            package var index: Int

            package init(path: Path, isTree: Bool, aspect: Plan.Aspect, property: [UInt8], index: Int) {
                self.path = path
                self.isTree = isTree
                self.aspect = aspect
                self.property = property
                self.index = index
            }
        }

        package var inputs: [Reference] = []
        package var outputs: [Reference] = []
        package var awaits: Path?
        /// A property that gathers over an axis which came out empty.
        package var emptyProperty: [UInt8]?

        package init() {}
    }

    package mutating func addAction(rule: Int, cell: [Int], recipe: RecipeValue, wiring: Wiring) throws(PlanError) {
        guard actionRule.count < Int(Plan.none) - 1, inputs.count < Int(Plan.none) - wiring.inputs.count else {
            throw .tooLarge("actions")
        }
        actionRule.append(UInt32(rule))
        cells += cell.map { UInt32($0) }
        cellAt.append(UInt32(cells.count))
        actionAwaits.append(wiring.awaits.map { intern($0, isTree: false) })
        actionEmpty.append(wiring.emptyProperty.map { intern(text: $0) } ?? Plan.none)
        for reference in wiring.inputs { inputs.append(edge(reference)) }
        inputAt.append(UInt32(inputs.count))
        for reference in wiring.outputs { outputs.append(edge(reference)) }
        outputAt.append(UInt32(outputs.count))
        var packer = Packer()
        recipe.pack(into: &packer)
        recipes += packer.bytes
        recipeAt.append(UInt64(recipes.count))
    }

    private mutating func edge(_ reference: Wiring.Reference) -> Edge {
        Edge(
            artifact: intern(reference.path, isTree: reference.isTree), aspect: reference.aspect,
            property: intern(text: reference.property), index: UInt32(clamping: reference.index))
    }

    private mutating func intern(_ path: Path, isTree tree: Bool) -> Int {
        if let known = paths[path] {
            if tree { isTree[known] = true }
            return known
        }
        paths[path] = pathList.count
        pathList.append(path)
        isTree.append(tree)
        return pathList.count - 1
    }

    private mutating func intern(text: [UInt8]) -> UInt32 {
        if let known = texts[text] { return known }
        let id = UInt32(textList.count)
        texts[text] = id
        textList.append(text)
        return id
    }
}

// MARK: - Laying out

extension PlanBuilder {
    /// Checks what was said and lays it out.
    ///
    /// - Parameter isWhole: false while axes are awaited: then artifacts of cells that nobody has listed have no maker.
    package func finish(isWhole: Bool) throws(PlanError) -> Plan {
        var known = self
        for path in sources.keys.sorted() { _ = known.intern(path, isTree: false) }
        return try known.layOut(
            isWhole: isWhole && !rules.contains { $0.awaits != nil } && !actionAwaits.contains { $0 != nil })
    }

    private func mention(_ action: Int) -> Mention {
        let rule = rules[Int(actionRule[action])]
        let values = zip(rule.axes, cells[Int(cellAt[action]) ..< Int(cellAt[action + 1])]).map { axis, position in
            printable(axes[axis].name) + "=" + printable(axes[axis].values[Int(position)])
        }
        let cell = values.isEmpty ? "" : "[" + values.joined(separator: ",") + "]"
        return Mention(name: printable(rule.name) + cell, place: rule.place)
    }

    private func layOut(isWhole: Bool) throws(PlanError) -> Plan {
        let actionCount = actionRule.count
        let sorted = pathList.indices.map { (directory: pathList[$0].directory, path: pathList[$0], old: $0) }
            .sorted { $0.directory == $1.directory ? $0.path < $1.path : $0.directory < $1.directory }
        var number = [UInt32](repeating: 0, count: pathList.count)
        for (new, entry) in sorted.enumerated() { number[entry.old] = UInt32(new) }

        let makers = try findMakers()
        let trees = try findTrees(makers)
        let maker = pathList.indices.map { makers[$0] ?? trees[$0].flatMap { makers[$0] } }
        try checkInputs(maker, trees, isWhole: isWhole)
        let order = try topologicalOrder(maker)

        var directories: [[UInt8]] = []
        var directoryFirst: [UInt32] = []
        var artifactDirectory: [UInt32] = []
        for (new, entry) in sorted.enumerated() {
            if new == 0 || sorted[new - 1].directory != entry.directory {
                directories.append(entry.directory.bytes)
                directoryFirst.append(UInt32(new))
            }
            artifactDirectory.append(UInt32(directories.count - 1))
        }
        directoryFirst.append(UInt32(sorted.count))

        var writer = PlanFileWriter()
        writer.strings(directories, .directoryBytes, .directoryAt, isName: true)
        writer.array(directoryFirst, .directoryFirst)
        writer.strings(sorted.map { Array($0.path.leaf) }, .leafBytes, .leafAt, isName: true)
        writer.array(artifactDirectory, .artifactDirectory)
        writer.array(
            sorted.map { entry -> UInt8 in
                let source = sources[entry.path]
                return (isTree[entry.old] ? ArtifactFlag.tree : 0)
                    | (source != nil ? ArtifactFlag.source : 0)
                    | (source?.mayBeAbsent == true ? ArtifactFlag.mayBeAbsent : 0)
            }, .artifactFlags)
        writer.array(sorted.map { maker[$0.old].map { UInt32($0) } ?? Plan.none }, .artifactMaker)
        writer.array(sorted.map { trees[$0.old].map { number[$0] } ?? Plan.none }, .artifactTree)

        var fileNames: [[UInt8]: UInt32] = [:]
        var known = self
        writer.array(
            sorted.flatMap { entry -> [UInt32] in
                guard let place = sources[entry.path]?.place else { return [Plan.none, 0] }
                let file = fileNames[place.file] ?? known.intern(text: place.file)
                fileNames[place.file] = file
                return [file, UInt32(clamping: place.line)]
            }, .artifactPlace)

        // Consumers: a counting sort of the input edges by artifact, each action once.
        var consumers = [[UInt32]](repeating: [], count: sorted.count)
        for action in 0 ..< actionCount {
            var awaited = inputs[Int(inputAt[action]) ..< Int(inputAt[action + 1])].map { number[$0.artifact] }
            if let awaits = actionAwaits[action] { awaited.append(number[awaits]) }
            for artifact in awaited where consumers[Int(artifact)].last != UInt32(action) {
                consumers[Int(artifact)].append(UInt32(action))
            }
        }
        var consumerAt: [UInt32] = [0]
        for list in consumers { consumerAt.append((consumerAt.last ?? 0) + UInt32(list.count)) }
        writer.array(consumerAt, .consumerAt)
        writer.array(consumers.flatMap { $0 }, .consumerAction)

        writer.array(actionRule, .actionRule)
        writer.array(actionAwaits.map { $0.map { number[$0] } ?? Plan.none }, .actionAwaits)
        writer.array(actionEmpty, .actionEmpty)
        writer.array(
            (0 ..< actionCount).flatMap { action -> [UInt64] in
                let paths = outputs[Int(outputAt[action]) ..< Int(outputAt[action + 1])].map { pathList[$0.artifact] }
                let identity = Trace.identity(of: paths)
                return [identity.high, identity.low]
            }, .actionIdentity)
        writer.array(cellAt, .cellAt)
        writer.array(cells, .cellPosition)
        writer.array(inputAt, .inputAt)
        writer.array(inputs.map { number[$0.artifact] }, .inputArtifact)
        writer.array(inputs.map { $0.aspect.rawValue }, .inputAspect)
        writer.array(inputs.map(\.property), .inputProperty)
        writer.array(inputs.map(\.index), .inputIndex)
        writer.array(outputAt, .outputAt)
        writer.array(outputs.map { number[$0.artifact] }, .outputArtifact)
        writer.array(outputs.map(\.property), .outputProperty)
        writer.array(outputs.map(\.index), .outputIndex)
        var members = [[UInt32]](repeating: [], count: actionCount)
        for entry in sorted {
            guard let tree = trees[entry.old], let action = makers[tree] else { continue }
            members[action].append(number[entry.old])
        }
        var memberAt: [UInt32] = [0]
        for list in members { memberAt.append((memberAt.last ?? 0) + UInt32(list.count)) }
        writer.array(memberAt, .memberAt)
        writer.array(members.flatMap { $0 }, .memberArtifact)
        writer.bytes(recipes, .recipeBytes)
        writer.array(recipeAt, .recipeAt)
        writer.array(order, .topological)
        writer.strings(known.textList, .textBytes, .textAt)

        var packer = Packer()
        packer.list(rules)
        packer.list(axes)
        packer.list(groups)
        packer.bool(defaults != nil)
        defaults?.pack(into: &packer)
        packer.list(questions)
        packer.list(probedSources.keys.sorted()) { packer, path in
            path.pack(into: &packer)
            probedSources[path]?.pack(into: &packer)
        }
        packer.list(parameters)
        packer.list(pools)
        writer.bytes(packer.bytes, .description)
        guard let plan = Plan(Blob(copying: writer.finish())) else { throw .tooLarge("plan") }
        return plan
    }

    /// By path's number: the action that has it as an output.
    private func findMakers() throws(PlanError) -> [Int: Int] {
        var makers: [Int: Int] = [:]
        makers.reserveCapacity(outputs.count)
        for action in actionRule.indices {
            let own = outputs[Int(outputAt[action]) ..< Int(outputAt[action + 1])]
            if own.isEmpty { throw .noOutput(mention(action)) }
            for output in own {
                let path = pathList[output.artifact]
                if let flaw = path.flaw { throw .unfit(path, flaw, mention(action)) }
                if let rulesDirectory,
                    path == rulesDirectory || path.below(rulesDirectory) != nil
                        || rulesDirectory.below(path) != nil
                {
                    throw .amongRules(path, mention(action), rules: rulesDirectory)
                }
                if let source = sources[path] { throw .madeAndSource(path, mention(action), source: source.place) }
                if let (directory, source) = sourceAbove(path) {
                    throw .insideSource(path, mention(action), source: directory, source.place)
                }
                if let other = makers.updateValue(action, forKey: output.artifact) {
                    throw .twoMakers(path, mention(other), mention(action))
                }
            }
        }
        for rule in rules.indices where rules[rule].cpus < 1 {
            throw .cpus(rules[rule].cpus, Mention(name: printable(rules[rule].name), place: rules[rule].place))
        }
        return makers
    }

    /// A source in which a path would lie: what is made there would change it.
    private func sourceAbove(_ path: Path) -> (Path, Source)? {
        var directory = path.directory
        while !directory.bytes.isEmpty {
            if let source = sources[directory] { return (directory, source) }
            directory = directory.directory
        }
        return nil
    }

    /// By path's number: the number of the made tree in which it lies.
    private func findTrees(_ makers: [Int: Int]) throws(PlanError) -> [Int?] {
        var trees = [Int?](repeating: nil, count: pathList.count)
        // Directories are few beside their files: each is looked up once.
        var above: [Path: Int?] = [:]
        func enclosing(_ directory: Path) -> Int? {
            if directory.bytes.isEmpty { return nil }
            if let known = above[directory] { return known }
            let found = paths[directory].flatMap { makers[$0] == nil ? nil : $0 } ?? enclosing(directory.directory)
            above[directory] = .some(found)
            return found
        }
        for (index, path) in pathList.enumerated() {
            guard let tree = enclosing(path.directory), let treeMaker = makers[tree] else { continue }
            if let maker = makers[index] {
                guard isTree[tree] else { throw .belowFile(path, mention(maker), file: pathList[tree]) }
                throw .insideTree(path, mention(maker), tree: pathList[tree], mention(treeMaker))
            }
            guard isTree[tree] else { throw .belowFile(path, mention(treeMaker), file: pathList[tree]) }
            if let source = sources[path] { throw .madeAndSource(path, mention(treeMaker), source: source.place) }
            trees[index] = tree
        }
        return trees
    }

    private func checkInputs(_ maker: [Int?], _ trees: [Int?], isWhole: Bool) throws(PlanError) {
        let observed = rules.map { rule in rule.policy.settle?.observation.flatMap { texts[$0.property] } }
        for action in actionRule.indices {
            for input in inputs[Int(inputAt[action]) ..< Int(inputAt[action + 1])] {
                let path = pathList[input.artifact]
                if let flaw = path.flaw { throw .unfit(path, flaw, mention(action)) }
                if isWhole, maker[input.artifact] == nil, sources[path] == nil {
                    throw .noMaker(path, wantedBy: mention(action))
                }
            }
            let isFirstOfRule = action == 0 || actionRule[action - 1] != actionRule[action]
            if isFirstOfRule { try checkAcceptances(of: action) }
            if let property = observed[Int(actionRule[action])] { try checkObservation(of: action, in: property) }
        }
    }

    /// What a policy observes are tables: by their names, since most of them are still to be made.
    private func checkObservation(of action: Int, in property: UInt32) throws(PlanError) {
        let rule = rules[Int(actionRule[action])]
        let observed = inputs[Int(inputAt[action]) ..< Int(inputAt[action + 1])].filter { $0.property == property }
        func isTable(_ input: Edge) -> Bool { !isTree[input.artifact] && TableKind(pathList[input.artifact]) != nil }
        // All inputs of a command are one property: its scripts, too.
        if rule.isCommand, observed.contains(where: isTable) { return }
        if let other = observed.first(where: { !isTable($0) }) {
            let column = rule.policy.settle?.observation?.column ?? []
            throw .noColumns(pathList[other.artifact], column: printable(column), mention(action))
        }
    }

    /// A property that gathers nothing in this cell is there all the same.
    private func checkAcceptances(of action: Int) throws(PlanError) {
        let accepts = rules[Int(actionRule[action])].accepts
        guard !accepts.isEmpty else { return }
        var unpacker = Unpacker(Array(recipes[Int(recipeAt[action]) ..< Int(recipeAt[action + 1])]))
        guard case .object(let fields)? = try? RecipeValue(from: &unpacker) else { return }
        for acceptance in accepts where !fields.contains(where: { $0.name == acceptance.property }) {
            throw .noSuchProperty(printable(acceptance.property), mention(action))
        }
    }

    /// Kahn's algorithm; among actions that are free at once, the order in which the rules said them.
    private func topologicalOrder(_ maker: [Int?]) throws(PlanError) -> [UInt32] {
        let count = actionRule.count
        var waiting = [Int](repeating: 0, count: count)
        var followers = [[UInt32]](repeating: [], count: count)
        func suppliers(_ action: Int) -> Set<Int> {
            var found: Set<Int> = []
            for input in inputs[Int(inputAt[action]) ..< Int(inputAt[action + 1])] {
                if let supplier = maker[input.artifact] { found.insert(supplier) }
            }
            if let awaits = actionAwaits[action], let supplier = maker[awaits] { found.insert(supplier) }
            return found
        }
        for action in 0 ..< count {
            for supplier in suppliers(action) {
                followers[supplier].append(UInt32(action))
                waiting[action] += 1
            }
        }
        var order = (0 ..< count).filter { waiting[$0] == 0 }.map { UInt32($0) }
        var next = 0
        while next < order.count {
            for follower in followers[Int(order[next])].sorted() {
                waiting[Int(follower)] -= 1
                if waiting[Int(follower)] == 0 { order.append(follower) }
            }
            next += 1
        }
        guard order.count == count else {
            let placed = Set(order)
            let start = (0 ..< count).first { !placed.contains(UInt32($0)) } ?? 0
            throw .cycle(
                chain(from: start) { action in suppliers(action).filter { !placed.contains(UInt32($0)) }.min() })
        }
        return order
    }

    /// Follows the suppliers from an action until one comes again.
    private func chain(from start: Int, _ supplier: (Int) -> Int?) -> [Mention] {
        var seen: [Int: Int] = [:]
        var path: [Int] = []
        var current: Int? = start
        while let action = current {
            if let first = seen[action] { return (path[first...] + [action]).map { mention($0) } }
            seen[action] = path.count
            path.append(action)
            current = supplier(action)
        }
        return path.map { mention($0) }
    }
}

/// Puts the sections of a plan one after another, each at a multiple of 8 bytes.
private struct PlanFileWriter {
    private var sections: [PlanSection: [UInt8]] = [:]

    mutating func bytes(_ bytes: [UInt8], _ section: PlanSection) { sections[section] = bytes }

    mutating func array<Element: FixedWidthInteger & BitwiseCopyable>(_ values: [Element], _ section: PlanSection) {
        sections[section] = unsafe values.withUnsafeBytes { unsafe Array($0) }
    }

    /// - Parameter isName: whether a NUL follows each, as system calls want it.
    mutating func strings(
        _ strings: [[UInt8]], _ bytesSection: PlanSection, _ offsetsSection: PlanSection, isName: Bool = false
    ) {
        var all: [UInt8] = []
        var offsets: [UInt32] = [0]
        for string in strings {
            all += string
            if isName { all.append(0) }
            offsets.append(UInt32(clamping: all.count))
        }
        bytes(all, bytesSection)
        array(offsets, offsetsSection)
    }

    func finish() -> [UInt8] {
        var table: [UInt64] = []
        var body: [UInt8] = []
        for section in PlanSection.allCases {
            let content = sections[section] ?? []
            table.append(UInt64(PlanHeader.byteCount + body.count))
            table.append(UInt64(content.count))
            body += content
            while body.count % 8 != 0 { body.append(0) }
        }
        let rest = unsafe table.withUnsafeBytes { unsafe Array($0) } + body
        let digest = XXH3.digest(rest)
        let head = [PlanHeader.magic, PlanHeader.version, digest.high, digest.low]
        return unsafe head.withUnsafeBytes { unsafe Array($0) } + rest
    }
}
