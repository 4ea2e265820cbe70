package import Artifact

/// Collects what the rules say; `finish` lays it out as a `Plan`.
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
    private(set) var probedSources: [Path: Probe] = [:]

    struct Source {
        var mayBeAbsent: Bool
        var place: Place
    }
    /// Sources by their paths, which are numbers of this table.
    private(set) var sourceNames = NameTable()
    private(set) var sources: [Source] = []

    /// Artifacts, by their paths.
    var paths = NameTable()
    /// By path: whether an action calls it a tree.
    var isTree: [Bool] = []
    /// Properties, and files of the rules.
    private(set) var texts = NameTable()

    // By action.
    var actionRule: [UInt32] = []
    /// A path's number.
    var actionAwaits: [UInt32] = []
    /// A text's number.
    var actionEmpty: [UInt32] = []
    var cells: [UInt32] = []
    var cellAt: [UInt32] = [0]
    var inputs = Edges()
    var outputs = Edges()
    package var recipe = RecipeWriter()
    var recipeAt: [UInt64] = [0]

    package init() {}

    package var actionCount: Int { actionRule.count }

    package mutating func add(_ axis: Plan.Axis) { axes.append(axis) }

    package mutating func add(_ rule: Plan.Rule) throws(PlanError) {
        if rule.name.isEmpty { throw .noName(rule.place) }
        if let same = rules.first(where: { $0.name == rule.name }) {
            throw .duplicateRule(printable(rule.name), same.place, rule.place)
        }
        if let group = groups.first(where: { $0.name == rule.name }) {
            throw .groupAndRule(printable(rule.name), group: group.place, rule: rule.place)
        }
        var names: Set<[UInt8]> = []
        for axis in rule.axes where !names.insert(axes[axis].name).inserted {
            throw .sameAxis(printable(axes[axis].name), Mention(name: printable(rule.name), place: rule.place))
        }
        rules.append(rule)
    }

    package mutating func add(_ group: Plan.Group) throws(PlanError) {
        if group.name.isEmpty { throw .noName(group.place) }
        if let same = groups.first(where: { $0.name == group.name }) {
            throw .duplicateGroup(printable(group.name), same.place, group.place)
        }
        if let rule = rules.first(where: { $0.name == group.name }) {
            throw .groupAndRule(printable(group.name), group: group.place, rule: rule.place)
        }
        groups.append(group)
    }

    package mutating func amend(_ rule: Int, _ change: (inout Plan.Rule) -> Void) { change(&rules[rule]) }

    package mutating func addSource(_ path: Path, mayBeAbsent: Bool, place: Place) throws(PlanError) {
        if !probedSources.isEmpty, probedSources[path] != nil, let same = source(at: path) {
            throw .twoSources(path, same.place, place)
        }
        try note(path, mayBeAbsent: mayBeAbsent, place: place)
    }

    /// A source that is no file.
    package mutating func addSource(_ path: Path, probe: Probe, place: Place) throws(PlanError) {
        if let same = source(at: path), probedSources[path] != probe { throw .twoSources(path, same.place, place) }
        try note(path, mayBeAbsent: false, place: place)
        probedSources[path] = probe
    }

    private mutating func note(_ path: Path, mayBeAbsent: Bool, place: Place) throws(PlanError) {
        if let flaw = path.flaw {
            throw .unfit(path, flaw, Mention(name: "source", place: place))
        }
        guard sources.count < NameTable.most else { throw .tooLarge("sources") }
        let number = sourceNames.number(of: path.bytes.span)
        if number == sources.count {
            sources.append(Source(mayBeAbsent: mayBeAbsent, place: place))
        } else {
            // Said twice, the stricter word counts.
            sources[number].mayBeAbsent = sources[number].mayBeAbsent && mayBeAbsent
        }
    }

    private func source(at path: Path) -> Source? { sourceNames.find(path.bytes.span).map { sources[$0] } }

    /// The number under which an action's properties and a recipe's fields have this name.
    package mutating func number(ofText text: Span<UInt8>) throws(PlanError) -> UInt32 {
        guard texts.count < NameTable.most else { throw .tooLarge("names") }
        return UInt32(texts.number(of: text))
    }

    mutating func number(ofPath path: Span<UInt8>, isTree tree: Bool) throws(PlanError) -> UInt32 {
        guard paths.count < NameTable.most else { throw .tooLarge("artifacts") }
        let number = paths.number(of: path)
        if number == isTree.count { isTree.append(tree) } else if tree { isTree[number] = true }
        return UInt32(number)
    }

    func path(_ number: Int) -> Path { Path(paths[number]) }

    /// An action's name for people.
    func mention(_ action: Int) -> Mention {
        let rule = rules[Int(actionRule[action])]
        let values = zip(rule.axes, cells[Int(cellAt[action]) ..< Int(cellAt[action + 1])]).map { axis, position in
            printable(axes[axis].name) + "=" + printable(axes[axis].values[Int(position)])
        }
        let cell = values.isEmpty ? "" : "[" + values.joined(separator: ",") + "]"
        return Mention(name: printable(rule.name) + cell, place: rule.place)
    }

    /// Checks what was said and lays it out.
    ///
    /// - Parameter isWhole: false while axes are awaited: then artifacts of cells that nobody has listed have no maker.
    package consuming func finish(isWhole: Bool) throws(PlanError) -> Plan {
        var known = self
        let (names, sources) = (known.sourceNames, known.sources)
        for source in names.sortedNumbers() { _ = try known.number(ofPath: names[source].span, isTree: false) }
        for source in sources { _ = try known.number(ofText: source.place.file.span) }
        let isListed =
            !known.rules.contains { $0.awaits != nil } && !known.actionAwaits.contains { $0 != Plan.none }
        return try PlanLayout(known, isWhole: isWhole && isListed).write()
    }
}
