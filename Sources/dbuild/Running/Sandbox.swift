import Artifact
import Processes

/// Lets an action's processes read what it declares and what every program needs, and write in its own directory, and
/// no content and no names elsewhere: by Landlock, which the kernel does not lift again. What it does not keep from
/// anybody are the metadata of files (stat, chmod, utime, where a link leads) and sockets that have a path.
struct Sandbox: Sendable {
    /// What the kernel must be able to do: below it a file can be truncated unseen.
    static let leastABI = 3
    /// From here on also no signals, and no abstract sockets, to processes outside.
    static let scopedABI = 6

    /// The kernel cannot do it; its Landlock's version, or a negative errno.
    struct Unavailable: Error, Hashable { let abi: Int }

    /// - Throws: what stops a build that asks for it, before anything runs.
    static func check() throws(Unavailable) {
        guard abi >= leastABI else { throw Unavailable(abi: abi) }
    }

    /// Landlock's version here; negative: an errno.
    static var abi: Int { TestHook.landlockABI ?? landlockABI }

    private let root: Path
    private let disk: any Disk
    private let surroundings: SandboxSurroundings
    /// In front of what programs call, to hear what they are denied; nil where it is not installed.
    private let preload: String?
    /// Recipes that can read what nobody declares, and say so: `step.read`.
    private let discovering: Set<String>

    /// - Parameters:
    ///   - root: of the workspace.
    ///   - discovering: the types of recipes that can call `step.read`.
    ///   - rules: the compiled rules, and what they map; absolute.
    init(
        root: String, rules: [String], preload: String?, discovering: Set<String>, _ disk: any Disk
    ) throws(DiskError) {
        self.root = Path(root)
        self.disk = disk
        self.preload = preload
        self.discovering = discovering
        surroundings = try SandboxSurroundings(
            root: self.root, rules: rules + [preload].compactMap(\.self), disk)
    }

    /// What an action is started with.
    struct Reach {
        var inputs: [ActionTask.Input]
        /// Whether it may read whatever is in the workspace, and is to say what.
        var discovers = false
        /// Relative to the workspace.
        var writable: [Path]
    }

    func confined(
        _ request: ProcessRequest, _ task: ActionTask, _ recipe: ActionTask.OneShot
    ) throws -> ProcessRequest {
        try confined(
            request, task,
            Reach(inputs: recipe.inputs, discovers: discovering.contains(recipe.type), writable: [task.staging]))
    }

    func confined(
        _ request: ProcessRequest, _ task: ActionTask, _ line: ActionTask.CommandLine
    ) throws -> ProcessRequest {
        try confined(
            request, task,
            Reach(inputs: line.inputs, discovers: line.dependencies != nil, writable: [task.staging]))
    }

    func confined(_ request: ProcessRequest, _ task: ActionTask, _ reach: Reach) throws -> ProcessRequest {
        var request = request
        var confinement = Confinement(
            readable: surroundings.readable.map(\.bytes), writable: surroundings.writable.map(\.bytes))
        let program = try surroundings.program(Path(request.program), disk)
        confinement.readable += program.readable.map(\.bytes)
        if reach.discovers { confinement.readable += try discoverable().map(\.bytes) }
        for input in InputLinks.topmost(task.linked(reach.inputs.filter { !$0.isListing }.map(\.path))) {
            confinement.readable.append((root / input).bytes)
        }
        confinement.listable = task.linked(reach.inputs.filter(\.isListing).map(\.path)).map { (root / $0).bytes }
        confinement.writable += reach.writable.map { (root / $0).bytes }
        confinement.withoutTCP = false
        confinement.scoped = Self.abi >= Self.scopedABI
        request.confinement = confinement
        if let preload, program.isHeard {
            request.load(Array(preload.utf8))
            request.environment[Array("DBUILD_DENIED_LOG".utf8)] = (root / Self.log(task)).bytes
        }
        return request
    }

    /// What lies in the workspace, but for what is dbuild's own.
    private func discoverable() throws(DiskError) -> [Path] {
        var found: [Path] = []
        // A link that leads nowhere cannot be allowed.
        for name in try disk.names(in: Path([UInt8]())) where name != ".dbuild" {
            if try disk.stamp(name, followsLink: true) != nil { found.append(root / name) }
        }
        return found
    }

    /// Where an action's processes write down what they are denied.
    private static func log(_ task: ActionTask) -> Path { task.scratch / "denied" }

    /// What an action was denied that has ended, as it was written down; the writing is gone then.
    ///
    /// - Parameter program: what it was started as, absolute.
    func denials(_ task: ActionTask, program: [UInt8]) throws -> Denials {
        let isHeard = try preload != nil && surroundings.program(Path(program), disk).isHeard
        var denials = Denials(unheard: isHeard ? [] : [program])
        let log = Self.log(task)
        guard try disk.stamp(log, followsLink: false)?.type == .file else { return denials }
        denials.add(try disk.read(log))
        try disk.remove(log)
        return denials
    }
}

extension Sandbox {
    init(_ workspace: Workspace, _ rules: CompiledRules, _ disk: any Disk) throws {
        try self.init(
            root: workspace.root, rules: [rules.path] + rules.libraries,
            preload: Preload.library(programDirectory: Machine.programDirectory),
            discovering: try rules.discoveringRecipes(), disk)
    }
}
