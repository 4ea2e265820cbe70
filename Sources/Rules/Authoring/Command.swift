/// Any program as a recipe: an argument vector, never a shell string.
///
///     Command("python3", .input(script), .input(index), .output("report.html"), .flag("--top", 20))
///
/// It runs in an empty directory, where its inputs and outputs have the paths that they have in the workspace.
/// The program is a name to be found in /usr/local/bin, /usr/bin and /bin, or a path: absolute, or relative to the
/// workspace.
public struct Command: Recipe {
    @Input var inputs: [Handle]
    @Output var outputs: [Handle]
    private(set) var arguments: [Argument]
    /// Nil where it has none. Apart, since a command is copied many times on its way into a plan, and each list of its own
    /// would be counted with every copy.
    private var particulars: Particulars?

    /// The name under which a command's inputs are encoded.
    static let inputProperty = "inputs"

    public init(_ program: String, _ items: Item...) { self.init(program, items: items) }

    init(_ program: String, items: [Item]) {
        (inputs, outputs, arguments) = ([], [], [])
        arguments.reserveCapacity(1 + items.count)
        arguments.append(.text(program))
        for item in items { add(item) }
        // Declared as both it is a secret: its value must not be in a key.
        if let secrets = particulars?.rest.secrets { rest.environment.removeAll { secrets.contains($0) } }
    }

    init(inputs: [Handle], outputs: [Handle], arguments: [Argument], rest: Rest) {
        (self.inputs, self.outputs, self.arguments) = (inputs, outputs, arguments)
        particulars = Particulars(rest)
    }

    /// The first output.
    ///
    /// - Precondition: the command has an output; `Build.action` refuses one without.
    public var output: Artifact {
        guard let first = outputs.first else { preconditionFailure("a Command without an output") }
        return first.artifact
    }

    /// Every output, in the order of the arguments.
    public var artifacts: [Artifact] { outputs.map(\.artifact) }

    /// What follows the program's name.
    public enum Item: Sendable {
        case text(String)
        case texts([String])
        case input(Artifact)
        case inputs([Artifact])
        case inputTree(Tree)
        case output(Artifact)
        case outputTree(Tree)
        /// Read by the program without being named in its arguments.
        case hiddenInput(Artifact)
        case hiddenInputs([Artifact])
        /// A variable of the environment in which dbuild was started: the program sees it, and its value is part of
        /// the key.
        case environment(String)
        /// As `environment`, but its value is not part of the key: for what cannot change the outputs, such as the way
        /// to a server of files whose hashes are pinned.
        case environmentOutsideKey(String)
        /// As `environment`, of a value that nobody may read: it enters the key only as a code under a secret of the
        /// workspace's own, and is shown nowhere.
        case secret(String)
        /// A program and its arguments: what they print is part of the key. They run before anything is built, once in
        /// every build, in the workspace's directory; the command is blocked where they fail.
        case probe(vector: [String])
        /// A directory of Python files, with those in it: all `.py` files are inputs, but those of directories whose
        /// names begin with a dot or that are links.
        case pythonPackage(String)
        /// A file in make syntax that the program writes into its directory, such as `gcc -MD -MF deps.d` does: what
        /// it names becomes part of what the outputs depend on, beside the declared inputs. Name it to the program in
        /// its arguments, too.
        case dependencies(String)
        /// The program stays alive and serves many actions, one after the other: docs/workers.md says how. What stands
        /// before this item starts it, what follows is said in each request; the first one counts.
        ///
        ///     Command("python3", .input(script), .worker, .input(table), .output("report.html"))
        case worker

        public static func flag(_ name: String, _ value: some Textual) -> Item { .texts([name, value.text]) }
        public static func probe(_ program: String, _ arguments: String...) -> Item {
            .probe(vector: [program] + arguments)
        }
        public static func input(_ artifact: some TypedArtifact) -> Item { .input(artifact.artifact) }
        public static func inputs(_ artifacts: [some TypedArtifact]) -> Item { .inputs(artifacts.map(\.artifact)) }
        public static func output(_ artifact: some TypedArtifact) -> Item { .output(artifact.artifact) }
    }

    /// Whether it has nothing but inputs, outputs and arguments.
    var isPlain: Bool { particulars == nil }

    /// What few commands have.
    private(set) var rest: Rest {
        get { particulars?.rest ?? Rest() }
        set { particulars = Particulars(newValue) }
    }

    private mutating func add(_ item: Item) {
        switch item {
        case .text(let text): arguments.append(.text(text))
        case .texts(let texts): arguments += texts.map(Argument.text)
        case .input(let artifact): addInput(.file(artifact))
        case .inputs(let artifacts): for artifact in artifacts { addInput(.file(artifact)) }
        case .inputTree(let tree): addInput(.tree(tree))
        case .output(let artifact): addOutput(.file(artifact))
        case .outputTree(let tree): addOutput(.tree(tree))
        case .hiddenInput(let artifact): inputs.append(.file(artifact))
        case .hiddenInputs(let artifacts): inputs += artifacts.map { .file($0) }
        // In no order: an environment has none, and the key must not have one either.
        case .environment(let name): rest.environment = Set(rest.environment + [name]).sorted()
        case .environmentOutsideKey(let name):
            rest.environmentOutsideKey = Set(rest.environmentOutsideKey + [name]).sorted()
        case .dependencies(let path): rest.dependencies = path
        case .secret(let name): rest.secrets = Set(rest.secrets + [name]).sorted()
        case .probe(let vector):
            rest.probes = Set(rest.probes + [vector]).sorted { $0.lexicographicallyPrecedes($1) }
        case .pythonPackage(let directory): rest.packages.append(directory)
        case .worker where rest.startWords == nil:
            rest.startWords = arguments.count
            rest.startInputs = Array(inputs.indices)
        case .worker: break
        }
    }

    private mutating func addInput(_ handle: Handle) {
        arguments.append(.input(inputs.count))
        inputs.append(handle)
    }

    private mutating func addOutput(_ handle: Handle) {
        arguments.append(.output(outputs.count))
        outputs.append(handle)
    }

    /// Reads files without naming them in its arguments, unless it reads them already.
    mutating func addHiddenInputs(_ paths: [String]) {
        let known = Set(inputs.map { ByteText($0.artifact.path) })
        let added = paths.filter { !known.contains(ByteText($0)) }
        // Code is what a program has from its start on.
        let places = inputs.count ..< inputs.count + added.count
        if rest.startInputs != nil { rest.startInputs?.append(contentsOf: places) }
        inputs += added.map { .file(Artifact($0)) }
    }

    var hasOutput: Bool { !outputs.isEmpty }
    /// Directories whose Python files it reads; `Build` asks which those are.
    var packages: [String] { particulars?.rest.packages ?? [] }

    /// Whether a program that stays alive would be started with an output, which belongs to one action.
    var startsWithOutput: Bool {
        guard let words = particulars?.rest.startWords else { return false }
        return arguments.prefix(words).contains { if case .output = $0 { true } else { false } }
    }

    public func run(_ step: Step) throws { throw CommandInWorker() }
}

/// A command reached a worker: dbuild runs those itself.
struct CommandInWorker: Error {}

extension Command.Item: ExpressibleByStringInterpolation {
    public init(stringLiteral text: String) { self = .text(text) }
}

extension Command {
    /// What few commands have.
    struct Rest: Sendable {
        var environment: [String] = []
        var environmentOutsideKey: [String] = []
        var dependencies: String?
        var secrets: [String] = []
        var probes: [[String]] = []
        var packages: [String] = []
        /// Of a program that stays alive: how many of the arguments it is started with; the others are said in requests.
        var startWords: Int?
        /// The inputs that it has from its start on, by their indices.
        var startInputs: [Int]?
    }

    private final class Particulars: Sendable {
        let rest: Rest
        init(_ rest: Rest) { self.rest = rest }
    }

    /// A file or a tree.
    enum Handle: Wiring {
        case file(Artifact)
        case tree(Tree)

        var artifact: Artifact {
            switch self {
            case .file(let artifact): artifact
            case .tree(let tree): tree.directory
            }
        }

        var wired: Wired {
            switch self {
            case .file(let artifact): artifact.wired
            case .tree(let tree): tree.wired
            }
        }

        static func awaited(_ artifact: Artifact) -> Handle { .file(.awaited(artifact)) }
    }
}
