import Artifact
import Planning
import Rules
import Synchronization

/// What it takes to run one action, with every path where it lies for this attempt.
struct ActionTask: Sendable {
    let action: ActionID
    let name: String
    let work: Work
    let cpus: Int
    let seed: UInt64
    /// Relative to the workspace: where outputs are written, at their own relative paths below it.
    let staging: Path
    /// Empty, and removed afterwards.
    let scratch: Path
    let log: Path
    /// Inputs that the rule accepts to be without, by property.
    let missing: [String: [String]]
    var limits = Limits()
    /// How a command finds its inputs, where that is not through a link for each.
    var links: InputLinks?
    /// Inputs that lie in its place themselves, where others are found through a link: their own places are empty.
    var copies: Set<Path> = []
    /// The place's directory for it, relative to the place.
    static let scratch = Path(".dbuild-scratch")

    /// Where its log lies.
    ///
    /// - Parameter root: the workspace's directory.
    func logPlace(in root: String) -> String { root + "/" + String(decoding: log.bytes, as: UTF8.self) }

    /// Without those that lie in its place themselves.
    func linked(_ inputs: [Path]) -> [Path] { copies.isEmpty ? inputs : inputs.filter { !copies.contains($0) } }

    /// What it may not exceed.
    struct Limits: Sendable, Hashable {
        var timeoutSeconds: Double?
        /// Of the action with all its processes.
        var memoryBytes: UInt64?
    }

    enum Work: Sendable {
        /// The recipe's type, and its fields with paths where the worker shall read and write.
        case recipe(type: String, fields: Value)
        case oneShot(OneShot)
        case command(CommandLine)
        /// What a program that stays alive is asked for.
        case request(to: StayingProgram, CommandLine)

        var isRecipe: Bool {
            switch self {
            case .recipe, .oneShot: true
            case .command, .request: false
            }
        }

        /// The inputs that it finds as links in its directory; nil of a recipe in a worker, which gets their paths.
        var links: [Path]? {
            switch self {
            case .recipe: nil
            case .oneShot(let recipe): recipe.inputs.map(\.path)
            case .command(let line): line.inputs.map(\.path)
            case .request(let program, let line): (program.inputs + line.inputs).map(\.path)
            }
        }
    }

    /// A recipe that gets a process of its own.
    struct OneShot: Sendable {
        let type: String
        /// Its fields, with paths as they are in the workspace.
        let fields: Value
        /// Linked into the staging directory at their own paths.
        let inputs: [Input]
    }

    /// A program that stays alive for many actions, which each say in a request what they want.
    struct StayingProgram: Sendable {
        /// What it is started with, its name included, before `--persistent_worker`.
        let arguments: [[UInt8]]
        /// What it has from its start on: linked into its own directory.
        let inputs: [Input]
        /// Its file's content.
        let content: Content?
    }

    /// An artifact that is read.
    struct Input: Sendable, Hashable {
        /// Relative to the workspace.
        let path: Path
        let content: Content?
        /// Whether only the names in it count.
        var isListing = false
    }

    struct CommandLine: Sendable {
        /// Absolute.
        let program: String
        /// The whole vector; of a request: what it says.
        let arguments: [[UInt8]]
        /// `name=value`, all of it.
        let environment: [(name: String, value: String)]
        /// Linked into the staging directory at their own paths; empty where the task's `links` say how it finds them.
        let inputs: [Input]
        /// Where the program says in make syntax what it has read, relative to the staging directory.
        let dependencies: Path?
    }
}

/// How an action went. A failure of the machinery is thrown instead: it says nothing about the action.
struct ActionReport: Sendable {
    enum Ending: Sendable, Hashable {
        case succeeded
        /// The recipe threw, in its own words; retryable where it says that this may pass.
        case threw(String, isRetryable: Bool)
        case exited(Int32)
        case signalled(Int32)
        case notStarted(String)
        /// It ran longer than it may, and was ended.
        case timedOut(limitSeconds: Double)
        /// It held more memory than it may, and was ended.
        case outOfMemory(limitBytes: UInt64)
        case cancelled
        /// A recipe's worker gave no answer, and had not ended.
        case noAnswer(Lack)
        /// What ran it was killed, and it was ended with that.
        case helperKilled
        /// A program that stays alive did not answer as it is to; its name, and what it did.
        case misspoke(program: String, WorkResponse.Flaw)
        /// An input changed while it ran: its outputs may be of neither content.
        case inputMoved(Path)
        /// It ended well, and does not say what it has read, as it is declared to.
        case dependencies(Path, DependencyFile.Fault)
    }

    enum Lack: Sendable, Hashable {
        /// It went on after it had closed the way for its answers.
        case closed
        case unreadable
    }

    var ending: Ending
    var wallSeconds: Double
    var cpuSeconds: Double
    var peakBytes: UInt64
    /// How many processes it left running; they were ended.
    var survivors = 0
    /// False where nothing has been written into its log, so that there is none.
    var mayHaveLog = true
    /// What it says to have looked at undeclared.
    var reads: [Discovery.Read] = []
    /// What a sandbox kept it from.
    var denials = Denials()
    /// What may have been otherwise while it ran, of its inputs or beside them: its outputs do not count.
    var movedInput: Path?
}

/// Runs actions somewhere: the seam at which tests and other machines put theirs.
protocol Executor: Sendable {
    /// Whether each recipe gets a process and a directory of its own, as commands do.
    var isOneShot: Bool { get }
    /// Makes what a task finds in its place, as far as that can be done before its turn; it blocks.
    ///
    /// Whoever clears the place clears that away, too.
    func prepare(_ task: ActionTask) throws
    /// Runs tasks in one slot, one after another. They have been prepared.
    ///
    /// - Parameters:
    ///   - begins: asked by its place in the batch when a task's turn has come; where it says no the task does not begin,
    ///     and nothing is told of it.
    ///   - finished: told of each that began as soon as it is over.
    func run(
        _ batch: [ActionTask], begins: @escaping @Sendable (Int) -> Bool,
        finished: @escaping @Sendable (Int, ActionReport) -> Void
    ) async throws
    /// Ends what runs: first gently, at the second call at once.
    func cancel()
    func close() async throws
}

/// A task's turn in its slot.
struct Turn: Sendable {
    /// Asked when it has come; where it says no the task does not begin.
    let begins: @Sendable () -> Bool
    /// Told as soon as a task that began is over, before the turn of another one comes.
    let isOver: @Sendable () -> Void
}

extension Executor {
    /// - Returns: nil where it did not begin.
    func run(_ task: ActionTask, _ turn: Turn) async throws -> ActionReport? {
        let report = Mutex<ActionReport?>(nil)
        let isRefused = Mutex(false)
        try await run([task]) { _ in
            let mayBegin = turn.begins()
            isRefused.withLock { $0 = !mayBegin }
            return mayBegin
        } finished: { _, made in
            turn.isOver()
            report.withLock { $0 = made }
        }
        if isRefused.withLock({ $0 }) { return nil }
        guard let report = report.withLock({ $0 }) else { throw ExecutorFailure.noReport(action: task.name) }
        return report
    }
}
