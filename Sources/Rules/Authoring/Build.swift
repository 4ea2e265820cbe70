/// What a Rulesfile adds its rules to.
///
/// A mistake in the rules ends the plan at once, with the places that it comes from.
public final class Build {
    private let plan: PlanWriter
    private let ask: Ask
    private let stop: (FailureKind) -> Never
    private var axes: [ObjectIdentifier: Int] = [:]
    private var retained: [AnyObject] = []
    private var answers: [Question: [String]?] = [:]
    /// By rule.
    private(set) var ruleNames: [String] = []
    /// By rule: the names of its axes.
    private(set) var ruleAxes: [[String]] = []
    private var pools: [(name: ByteText, place: Place)] = []
    private var policies: [PolicyGroup: (name: String, place: Place)] = [:]
    private var actions = 0
    private var awaiting = Awaiting()

    /// Puts a question, already written, to whoever reads the plan. Nil means "not yet".
    typealias Ask = () throws(WireError) -> [String]?

    /// Policies of a rule of which it may say one.
    private struct PolicyGroup: Hashable {
        let rule: Int
        let name: String
    }

    private struct Question: Hashable {
        let record: PlanRecord
        let path: ByteText
        let field: ByteText
    }

    init(plan: PlanWriter, ask: @escaping Ask, stop: @escaping (FailureKind) -> Never) {
        self.plan = plan
        self.ask = ask
        self.stop = stop
    }

    /// A file that no rule makes.
    ///
    /// - Parameter mayBeAbsent: whether recipes can do without it: their optional input is nil then. Otherwise what
    ///   needs it is blocked while it is absent.
    public func source(
        _ path: String, mayBeAbsent: Bool = false, file: String = #fileID, line: Int = #line
    ) -> Artifact {
        let place = Place(file: file, line: line)
        plan.record(.source) { wire in
            wire.text("path", path)
            wire.bool(mayBeAbsent)
            wire.place(place)
        }
        if mayBeAbsent { plan.noteAbsentSource(path, at: place) }
        return Artifact(path)
    }

    /// A source outside the workspace, known by what a program prints: the version of a table, the tag of a page.
    ///
    /// The program runs before anything is built, once in every build, in the workspace's directory; what reads the
    /// source is blocked where it fails. There is no file: a command takes it as `.hiddenInput`.
    ///
    /// - Parameter name: fit to be a path in the workspace.
    public func source(
        _ name: String, probe program: String, _ arguments: String..., file: String = #fileID, line: Int = #line
    ) -> Artifact {
        plan.record(.probedSource) { wire in
            wire.text("name", name)
            wire.number(1 + arguments.count)
            for word in [program] + arguments { wire.text("word", word) }
            wire.place(Place(file: file, line: line))
        }
        return Artifact(name)
    }

    /// One action.
    @discardableResult
    public func action<R: Recipe>(
        _ name: String, _ recipe: R, file: String = #fileID, line: Int = #line
    ) -> Action<R> {
        let place = Place(file: file, line: line)
        let rule = begin(R.self, name, axes: [], named: [], awaits: nil, at: place)
        emit(rule, [], recipe, at: place)
        return Action(recipe: recipe, build: self, rule: rule)
    }

    /// An action for each combination of the axes' values; none where the closure gives nil.
    @discardableResult
    public func rule<R: Recipe, each A: Textual>(
        _ name: String, _ axes: repeat Axis<each A>, file: String = #fileID, line: Int = #line,
        make: @escaping (repeat each A) -> R?
    ) -> Rule<R, repeat each A> {
        let place = Place(file: file, line: line)
        var identifiers: [Int] = []
        var names: [String] = []
        var awaits: Artifact?
        for axis in repeat each axes {
            identifiers.append(identifier(of: axis, at: place))
            names.append(axis.name)
            awaits = awaits ?? axis.awaits
        }
        let rule = begin(R.self, name, axes: identifiers, named: names, awaits: awaits, at: place)
        let cells = Cells(
            build: self, identifier: rule, name: name, place: place, axes: repeat each axes,
            awaits: awaits, make: make)
        if awaits == nil { evaluate(cells) }
        return Rule(cells: cells)
    }

    /// A name for several targets.
    public func group(_ name: String, _ members: any Groupable..., file: String = #fileID, line: Int = #line) {
        plan.record(.group) { wire in
            wire.text("group", name)
            write(members, at: Place(file: file, line: line), to: wire)
        }
    }

    /// What is built when nobody names a target.
    public func defaults(_ members: any Groupable..., file: String = #fileID, line: Int = #line) {
        plan.record(.defaults) { write(members, at: Place(file: file, line: line), to: $0) }
    }

    /// Reads a table while planning.
    public func table(_ artifact: Artifact) -> TableRead { TableRead(build: self, artifact: artifact) }
    public func table(_ artifact: some TypedArtifact) -> TableRead { table(artifact.artifact) }

    /// Plans what it can of `rules`: they stop, without harm to those after them, at the first read that must wait.
    public func section(_ rules: () throws -> Void) throws {
        do { try rules() } catch is Suspended {}
    }
}

/// Thrown by a read that must wait; the rest of its section is planned when the artifact is current.
struct Suspended: Error {}

extension Build {
    private func begin<R: Recipe>(
        _ type: R.Type, _ name: String, axes: [Int], named axisNames: [String], awaits: Artifact?, at place: Place
    ) -> Int {
        // The name of a private or local type holds an address: another process could not find it.
        guard let typeName = _mangledTypeName(R.self), !typeName.contains("$") else {
            fail(.privateRecipe(type: "\(R.self)"), at: place)
        }
        plan.record(.rule) { wire in
            wire.text("rule", name)
            wire.text("type", typeName)
            wire.text("short type", "\(R.self)")
            wire.number(Int((R.self as? any VersionedRecipe.Type)?.version ?? 0))
            wire.bool(R.self == Command.self)
            wire.place(place)
            wire.text("awaits", awaits?.path ?? "")
            wire.number(axes.count)
            for axis in axes { wire.number(axis) }
        }
        ruleNames.append(name)
        ruleAxes.append(axisNames)
        return ruleNames.count - 1
    }

    private func evaluate<R: Recipe, each A: Textual>(_ cells: Cells<R, repeat each A>) {
        awaiting.isInRule = true
        do {
            try cells.evaluate { positions, recipe in
                emit(cells.identifier, positions, recipe, at: cells.place)
            }
        } catch { fail(error, at: cells.place) }
        awaiting.isInRule = false
    }

    private func emit<R: Recipe>(_ rule: Int, _ positions: [Int], _ recipe: R, at place: Place) {
        if R.self == Command.self {
            // The same type: a cast at run time takes as long as the rest of it.
            let command = unsafe unsafeBitCast(recipe, to: Command.self)
            if !command.hasOutput { fail(.commandWithoutOutput, at: place) }
            if command.startsWithOutput { fail(.workerStartsWithOutput, at: place) }
            if command.packages.isEmpty {
                write(rule, positions, command, at: place)
            } else {
                write(rule, positions, withPackages(command, at: place), at: place)
            }
        } else {
            write(rule, positions, recipe, at: place)
        }
        actions += 1
    }

    private func write<R: Recipe>(_ rule: Int, _ positions: [Int], _ recipe: R, at place: Place) {
        do {
            try plan.record(.action) { wire in
                wire.number(rule)
                for position in positions { wire.number(position) }
                wire.text("awaits", awaiting.take()?.path ?? "")
                try plan.recipe(recipe)
            }
        } catch let error as RecipeEncoder.MayBeAbsent {
            fail(.inputMayBeAbsent(path: error.path, type: "\(type(of: recipe))"), at: place, error.source)
        } catch {
            fail(.notEncodable(type: "\(type(of: recipe))", reason: "\(error)"), at: place)
        }
    }

    private func identifier<V>(of axis: Axis<V>, at place: Place) -> Int {
        if let known = axes[ObjectIdentifier(axis.storage)] { return known }
        if let value = axis.repeated { fail(.repeatedValue(axis: axis.name, value: value.text), at: place) }
        let identifier = axes.count
        axes[ObjectIdentifier(axis.storage)] = identifier
        retained.append(axis.storage)
        plan.record(.axis) { wire in
            wire.text("axis", axis.name)
            wire.number(axis.count)
            for value in axis.values { wire.text("value", value.text) }
        }
        return identifier
    }

    private func write(_ members: [any Groupable], at place: Place, to wire: WireWriter) {
        wire.place(place)
        wire.number(members.count)
        for member in members { member.join(GroupMembers(wire: wire)) }
    }

    /// With the files of its packages as inputs.
    private func withPackages(_ command: Command, at place: Place) -> Command {
        var command = command
        for directory in command.packages {
            guard let files = answer(.listing, directory, ".py", at: place) else {
                fail(.emptyPackage(directory), at: place)
            }
            let paths = files.map { directory + "/" + $0 }
            for path in paths { _ = source(path, file: place.file, line: place.line) }
            command.addHiddenInputs(paths)
        }
        return command
    }

    /// Asks whoever reads the plan for a column; nil if its artifact is not current.
    func column(_ name: String, of artifact: Artifact, at place: Place) -> [String]? {
        answer(.question, artifact.path, name, at: place)
    }

    private func answer(_ record: PlanRecord, _ path: String, _ field: String, at place: Place) -> [String]? {
        let question = Question(record: record, path: ByteText(path), field: ByteText(field))
        if let known = answers[question] { return known }
        plan.record(record) { wire in
            wire.text("path", path)
            wire.text("field", field)
        }
        plan.flush()
        do {
            let answer = try ask()
            answers[question] = .some(answer)
            return answer
        } catch { fail(.badAnswer(error), at: place) }
    }

    func amend(_ rule: Int, _ amendment: Amendment, _ fields: (WireWriter) -> Void) {
        plan.record(.amend) { wire in
            wire.number(rule)
            wire.number(amendment.rawValue)
            fields(wire)
        }
    }

    /// - Returns: the number of the new pool, and where one of this name was made before.
    func notePool(_ name: String, at place: Place) -> (number: Int, earlier: Place?) {
        defer { pools.append((ByteText(name), place)) }
        return (pools.count, pools.first { $0.name == ByteText(name) }?.place)
    }

    func write(pool name: String, atOnce: Int?, perMinute: Int?, at place: Place) {
        plan.record(.pool) { wire in
            wire.text("pool", name)
            wire.optional(atOnce)
            wire.optional(perMinute)
            wire.place(place)
        }
    }

    /// - Returns: the policy of this group that the rule has said before, if it has.
    func notePolicy(_ name: String, group: String, of rule: Int, at place: Place) -> (name: String, place: Place)? {
        let key = PolicyGroup(rule: rule, name: group)
        defer { policies[key] = policies[key] ?? (name, place) }
        return policies[key]
    }

    /// Says the parameters, before anything else.
    func begin(_ parameters: [SetParameter]) {
        for parameter in parameters {
            plan.record(.parameter) { wire in
                wire.text("parameter", parameter.name)
                wire.text("setting", parameter.text)
                wire.text("parameter type", parameter.typeName)
            }
        }
    }

    func noteAwaited(_ artifact: Artifact) { awaiting.note(artifact) }

    /// Ends the plan with an error that names the places it comes from.
    func fail(_ error: RulesError, at places: Place...) -> Never {
        let kind: FailureKind = error.isUsage ? .usage : .rules
        plan.record(.failure) { wire in
            wire.number(kind.rawValue)
            wire.text("message", error.description)
            wire.text("parameter", error.parameter ?? "")
            wire.number(places.count)
            for place in places { wire.place(place) }
        }
        plan.flush()
        stop(kind)
    }

    func finish() {
        plan.record(.end) { $0.number(actions) }
        plan.flush()
    }
}

/// Which actions wait because a dictionary of theirs is empty only for the time being.
private struct Awaiting {
    /// While a rule's closure is evaluated: what it looks at concerns one action.
    var isInRule = false
    private var next: Artifact?
    private var later: Artifact?

    /// Outside a closure nobody can tell which action will hold the dictionary: all that follow wait.
    mutating func note(_ artifact: Artifact) {
        if isInRule { next = artifact } else { later = artifact }
    }

    /// What the action that is written now waits for.
    mutating func take() -> Artifact? {
        defer { next = nil }
        return next ?? later
    }
}
