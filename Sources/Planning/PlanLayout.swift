import Artifact
import Hashing

/// Writes what a builder has collected as a plan.
struct PlanLayout {
    private let builder: PlanBuilder
    private let order: PathOrder
    private let checks: PlanChecks
    private let topological: [UInt32]

    /// - Parameter builder: with its sources among the paths, and their files among the texts.
    init(_ builder: PlanBuilder, isWhole: Bool) throws(PlanError) {
        self.builder = builder
        order = PathOrder(builder.paths)
        checks = try PlanChecks(builder, order, isWhole: isWhole)
        topological = try ActionGraph(builder, checks).topologicalOrder()
    }

    func write() throws(PlanError) -> Plan {
        var writer = PlanFileWriter()
        writeNames(to: &writer)
        writeArtifacts(to: &writer)
        writeActions(to: &writer)
        writer.bytes(description, .description)
        guard let plan = Plan(writer.finish()) else { throw .tooLarge("plan") }
        return plan
    }

    private func writeNames(to writer: inout PlanFileWriter) {
        writer.strings(
            order.sortedDirectories.lazy.map { order.directories[$0] }, .directoryBytes, .directoryAt, isName: true)
        writer.numbers(order.firstPaths, .directoryFirst)
        writer.strings(
            order.sorted.lazy.map { order.leaf(of: Int($0), in: builder.paths) }, .leafBytes, .leafAt, isName: true)
        writer.strings(
            (0 ..< builder.texts.count).lazy.map { builder.texts[$0] }, .textBytes, .textAt, isName: false)
    }

    private func writeArtifacts(to writer: inout PlanFileWriter) {
        var directory: [UInt32] = []
        directory.reserveCapacity(order.sorted.count)
        for number in order.sortedDirectories.indices {
            let count = order.firstPaths[number + 1] - order.firstPaths[number]
            directory += repeatElement(UInt32(number), count: Int(count))
        }
        writer.numbers(directory, .artifactDirectory)
        writer.bytes(order.sorted.map { flags(of: Int($0)) }, .artifactFlags)
        writer.numbers(
            order.sorted.map { checks.maker(of: Int($0)).map { UInt32($0) } ?? Plan.none }, .artifactMaker)
        writer.numbers(order.sorted.map { rank(checks.tree[Int($0)]) }, .artifactTree)
        writer.numbers(places, .artifactPlace)
        writer.lists(consumers, .consumerAt, .consumerAction)
    }

    private func flags(of path: Int) -> UInt8 {
        let source = checks.sourceOf[path]
        let tree = builder.isTree[path] ? ArtifactFlag.tree : 0
        if source == Plan.none { return tree }
        let mayBeAbsent = builder.sources[Int(source)].mayBeAbsent
        return tree | ArtifactFlag.source | (mayBeAbsent ? ArtifactFlag.mayBeAbsent : 0)
    }

    /// A path's number in the plan, or none.
    private func rank(_ path: UInt32) -> UInt32 { path == Plan.none ? path : order.rank[Int(path)] }

    /// Where sources are declared: file and line of each artifact.
    private var places: [UInt32] {
        var places: [UInt32] = []
        places.reserveCapacity(2 * order.sorted.count)
        for path in order.sorted {
            let source = checks.sourceOf[Int(path)]
            if source == Plan.none {
                places += [Plan.none, 0]
            } else {
                let place = builder.sources[Int(source)].place
                let file = builder.texts.find(place.file.span).map { UInt32($0) } ?? Plan.none
                places += [file, UInt32(clamping: place.line)]
            }
        }
        return places
    }

    /// By artifact: the actions that read or await it, each once.
    private var consumers: NumberLists {
        NumberLists(count: order.sorted.count) { add in
            var last = [UInt32](repeating: Plan.none, count: order.sorted.count)
            func note(_ path: UInt32, _ action: Int) {
                let artifact = Int(order.rank[Int(path)])
                guard last[artifact] != UInt32(action) else { return }
                last[artifact] = UInt32(action)
                add(artifact, UInt32(action))
            }
            for action in 0 ..< builder.actionCount {
                for input in builder.inputs.range(of: action) { note(builder.inputs.paths[input], action) }
                if builder.actionAwaits[action] != Plan.none { note(builder.actionAwaits[action], action) }
            }
        }
    }

    private func writeActions(to writer: inout PlanFileWriter) {
        writer.numbers(builder.actionRule, .actionRule)
        writer.numbers(builder.actionAwaits.map { rank($0) }, .actionAwaits)
        writer.numbers(builder.actionEmpty, .actionEmpty)
        writer.numbers(identities, .actionIdentity)
        writer.numbers(builder.cellAt, .cellAt)
        writer.numbers(builder.cells, .cellPosition)
        let (inputs, outputs) = (builder.inputs, builder.outputs)
        writer.numbers(inputs.starts, .inputAt)
        writer.numbers(inputs.paths.map { rank($0) }, .inputArtifact)
        writer.bytes(inputs.aspects, .inputAspect)
        writer.numbers(inputs.properties, .inputProperty)
        writer.numbers(inputs.indices, .inputIndex)
        writer.numbers(outputs.starts, .outputAt)
        writer.numbers(outputs.paths.map { rank($0) }, .outputArtifact)
        writer.numbers(outputs.properties, .outputProperty)
        writer.numbers(outputs.indices, .outputIndex)
        writer.lists(members, .memberAt, .memberArtifact)
        writer.bytes(builder.recipe.bytes, .recipeBytes)
        writer.numbers(builder.recipeAt, .recipeAt)
        writer.numbers(topological, .topological)
    }

    private var identities: [UInt64] {
        var identities: [UInt64] = []
        identities.reserveCapacity(2 * builder.actionCount)
        var packer = Packer()
        // Room that is used again for every action.
        var (numbers, paths): ([Int], [ArraySlice<UInt8>]) = ([], [])
        for action in 0 ..< builder.actionCount {
            numbers.removeAll(keepingCapacity: true)
            for output in builder.outputs.range(of: action) { numbers.append(Int(builder.outputs.paths[output])) }
            if numbers.count > 1 { numbers.sort { builder.paths.order($0, $1) < 0 } }
            paths.removeAll(keepingCapacity: true)
            for number in numbers { paths.append(builder.paths[number]) }
            let identity = Trace.identity(of: paths, &packer)
            identities.append(identity.high)
            identities.append(identity.low)
        }
        return identities
    }

    /// By action: the artifacts in the trees that it makes.
    private var members: NumberLists {
        NumberLists(count: builder.actionCount) { add in
            for (artifact, path) in order.sorted.enumerated() where checks.tree[Int(path)] != Plan.none {
                if let action = checks.maker(of: Int(path)) { add(action, UInt32(artifact)) }
            }
        }
    }

    /// What there are few of.
    private var description: [UInt8] {
        var packer = Packer()
        packer.list(builder.rules)
        packer.list(builder.axes)
        packer.list(builder.groups)
        packer.bool(builder.defaults != nil)
        builder.defaults?.pack(into: &packer)
        packer.list(builder.questions)
        packer.list(builder.probedSources.keys.sorted()) { packer, path in
            path.pack(into: &packer)
            builder.probedSources[path]?.pack(into: &packer)
        }
        packer.list(builder.parameters)
        packer.list(builder.pools)
        return packer.bytes
    }
}
