import Artifact
import Planning
import Rules

/// Makes of a recipe in the plan what an executor runs: paths put in where artifacts stand.
struct WorkResolver {
    private let plan: Plan
    private let action: ActionID
    private let states: StateList
    /// Of the programs that commands start, by name.
    private let tools: [[UInt8]: Content]
    private let inputs: [Plan.Input]
    private let outputs: [Plan.Output]
    /// The places of inputs that the rule accepts to be without.
    private let missing: Set<Int>
    /// The places of inputs that it does without.
    private let lacking: Set<Int>
    /// Of the workspace.
    private let root: String
    private let isOneShot: Bool
    /// Nil for a recipe in a worker, which gets paths.
    private let links: InputLinks?
    /// Where it had to be asked already: a gather's is large.
    private let recipe: RecipeValue?

    /// - Parameters:
    ///   - missing: the places of inputs that the rule accepts to be without.
    ///   - root: of the workspace.
    ///   - isOneShot: whether a recipe runs as commands do.
    init(
        _ plan: Plan, _ action: ActionID, _ assessment: borrowing Assessment, missing: Set<Int>, root: String,
        isOneShot: Bool = false
    ) {
        self.root = root
        self.missing = missing
        self.isOneShot = isOneShot
        self.plan = plan
        self.action = action
        states = assessment.states
        tools = assessment.surroundings.tools
        let inputs = Array(plan.inputs(of: action))
        self.inputs = inputs
        let outputs = Array(plan.outputs(of: action))
        self.outputs = outputs
        // Sources that may be absent, and are: the recipe's input is nil.
        let absent = inputs.indices.filter { assessment.states.isAbsent(inputs[$0].artifact) }
        let lacking = missing.union(absent)
        self.lacking = lacking
        let isRecipe = !plan.rule(of: action).isCommand
        if isRecipe && !isOneShot {
            (links, recipe) = (nil, nil)
        } else {
            let hasProbes = !plan.probedSources.isEmpty
            let linked = inputs.indices.filter { ordinal in
                !lacking.contains(ordinal) && !(hasProbes && plan.probe(ofSource: inputs[ordinal].artifact) != nil)
            }
            let made = outputs.map { plan.path(of: $0.artifact) }
            let recipe =
                linked.count >= InputLinks.leastShared && !isOneShot ? try? plan.recipe(of: action) : nil
            self.recipe = recipe
            if let recipe, Self.mayShareLinks(recipe) {
                let paths = PathList(count: linked.count) { plan.append(pathOf: inputs[linked[$0]].artifact, to: &$1) }
                links = InputLinks(paths, beside: made, leastShared: InputLinks.leastShared)
            } else {
                links = InputLinks(linked.map { plan.path(of: inputs[$0].artifact) }, beside: made)
            }
        }
    }

    /// Whether a command runs once, and nobody asks which of its directory's paths it has followed.
    private static func mayShareLinks(_ recipe: RecipeValue) -> Bool {
        let facts = Plan.commandFacts(recipe)
        return facts.startWords == nil && facts.dependencies == nil
    }

    /// The directories that it finds where it runs.
    var directories: [Path] {
        let isRecipe = !plan.rule(of: action).isCommand
        // Just there for an input's link to be made in.
        return [ActionTask.scratch] + (links?.paths ?? []).map(\.directory)
            + outputs.map { output in
                let path = plan.path(of: output.artifact)
                // A recipe finds its tree made; a program makes its own, as it would by hand.
                return plan.isTree(output.artifact) && isRecipe ? path : path.directory
            }
    }

    /// - Parameters:
    ///   - staging: where it runs.
    ///   - scratch: absolute: home and temporary files of a command.
    private func work(in staging: Path, scratch: String) throws -> ActionTask.Work {
        let whole = try recipe ?? plan.recipe(of: action)
        let recipe = lacking.isEmpty ? whole : whole.dropping(lacking)
        let rule = plan.rule(of: action)
        if rule.isCommand { return try command(recipe, scratch) }
        let type = String(decoding: rule.type, as: UTF8.self)
        guard isOneShot else { return .recipe(type: type, fields: value(recipe, staging)) }
        return .oneShot(
            ActionTask.OneShot(
                type: type, fields: value(recipe, Path([UInt8]())), inputs: present.compactMap(input)))
    }

    /// What an executor runs.
    ///
    /// - Parameters:
    ///   - staging: where it runs, relative to the workspace; `directories` are made in it.
    ///   - log: what it says.
    /// - Throws: `NoProgram` or `VariableNotText`, which are the action's own failure, or what is wrong with the plan.
    func task(in staging: Path, log: Path) throws -> ActionTask {
        let scratch = staging / ActionTask.scratch
        var lost: [String: [String]] = [:]
        for ordinal in missing.sorted() {
            lost[printable(plan.text(inputs[ordinal].property)), default: []].append(
                String(decoding: plan.path(of: inputs[ordinal].artifact).bytes, as: UTF8.self))
        }
        let rule = plan.rule(of: action)
        return ActionTask(
            action: action, name: plan.name(of: action), work: try work(in: staging, scratch: root + "/\(scratch)"),
            cpus: rule.cpus, seed: plan.seed(of: action), staging: staging, scratch: scratch, log: log, missing: lost,
            limits: ActionTask.Limits(rule.running), links: links?.shared.isEmpty == false ? links : nil)
    }

    private var present: [Int] { inputs.indices.filter { !lacking.contains($0) } }

    /// Nil for what is no file.
    private func input(_ ordinal: Int) -> ActionTask.Input? {
        let artifact = inputs[ordinal].artifact
        guard plan.probe(ofSource: artifact) == nil else { return nil }
        return ActionTask.Input(
            path: plan.path(of: artifact), content: states[artifact.index].content,
            isListing: inputs[ordinal].aspect == .listing)
    }

    private func value(_ recipe: RecipeValue, _ staging: Path) -> Value {
        switch recipe {
        case .absent, .awaited: return .absent
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(Int(value))
        case .uint(let value): return .uint(value)
        case .double(let bits): return .double(Double(bitPattern: bits))
        case .string(let text): return .string(String(decoding: text, as: UTF8.self))
        case .object(let fields):
            return .object(
                fields.map { Value.Field(String(decoding: $0.name, as: UTF8.self), value($0.value, staging)) })
        case .list(let values): return .list(values.map { value($0, staging) })
        case .input(let ordinal):
            guard ordinal < inputs.count else { return .absent }
            let input = inputs[ordinal]
            return reference(
                plan.path(of: input.artifact), isTree: plan.isTree(input.artifact), isListing: input.aspect == .listing)
        case .output(let ordinal):
            guard ordinal < outputs.count else { return .absent }
            let artifact = outputs[ordinal].artifact
            return reference(staging / plan.path(of: artifact), isTree: plan.isTree(artifact), isListing: false)
        }
    }

    private func reference(_ path: Path, isTree: Bool, isListing: Bool) -> Value {
        let text = String(decoding: path.bytes, as: UTF8.self)
        if isListing { return .reference(.listing(text)) }
        return .reference(isTree ? .tree(text) : .file(text))
    }

    private func command(_ recipe: RecipeValue, _ scratch: String) throws -> ActionTask.Work {
        guard case .object(let fields) = recipe,
            case .list(let arguments)? = fields.first(where: { $0.name == Array("arguments".utf8) })?.value
        else { throw PlanDamage(action: plan.name(of: action)) }
        let facts = Plan.commandFacts(recipe)
        guard let name = facts.program,
            let program = BaseEnvironment.program(String(decoding: name, as: UTF8.self), root: root)
        else { throw NoProgram(name: facts.program.map { printable($0) } ?? "", action: plan.name(of: action)) }
        let present = present
        func word(_ argument: RecipeValue) -> [UInt8]? {
            switch argument {
            case .string(let text): return text
            // Arguments refer to inputs and outputs by their place: a negative number is an output.
            case .int(let index) where index >= 0:
                guard index < Int64(inputs.count), !lacking.contains(Int(index)) else { return nil }
                return argumentPath(inputs[Int(index)].artifact)
            case .int(let index):
                let place = Int(-1 - index)
                return place < outputs.count ? argumentPath(outputs[place].artifact) : nil
            default: return nil
            }
        }
        // A directory of its own stands for home: what a program leaves there goes with the action.
        var environment = BaseEnvironment.fixed.map { (name: $0.name, value: $0.value) }
        environment += [("HOME", scratch), ("TMPDIR", scratch)].map { (name: $0.0, value: $0.1) }
        let cpus = plan.rule(of: action).cpus
        environment += BaseEnvironment.threadVariables.map { (name: $0, value: "\(cpus)") }
        for variable in facts.variables + facts.variablesOutsideKey + facts.secrets {
            guard let value = try Machine.textVariable(variable) else { continue }
            environment.append((name: String(decoding: variable, as: UTF8.self), value: value))
        }
        // A program finds what belongs to it by its own name: a path must hold in the action's directory, too.
        let isPath = name.contains(UInt8(ascii: "/"))
        let vector = [isPath ? .string(Array(program.utf8)) : .string(name)] + arguments.dropFirst()
        let words = facts.startWords ?? 0
        let fromStart = Set(facts.startInputs)
        let line = ActionTask.CommandLine(
            program: program, arguments: vector.dropFirst(words).compactMap(word), environment: environment,
            inputs: links?.shared.isEmpty == false ? [] : present.filter { !fromStart.contains($0) }.compactMap(input),
            dependencies: facts.dependencies.map { Path($0) })
        guard words > 0 else { return .command(line) }
        let staying = ActionTask.StayingProgram(
            arguments: vector.prefix(words).compactMap(word),
            inputs: present.filter { fromStart.contains($0) }.compactMap(input),
            content: tools[name])
        return .request(to: staying, line)
    }

    /// A name that begins with a hyphen would be taken for an option.
    private func argumentPath(_ artifact: ArtifactID) -> [UInt8] {
        let path = plan.path(of: artifact).bytes
        return path.first == UInt8(ascii: "-") ? Array("./".utf8) + path : path
    }
}

/// The plan holds what `Command` never writes.
struct PlanDamage: Error { let action: String }

/// A command's program is not to be found.
struct NoProgram: Error { let name: String, action: String }

extension Assessment.State {
    fileprivate var content: Content? { if case .content(let content) = self { content } else { nil } }
}
