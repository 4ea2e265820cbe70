import ArgumentParser
import Artifact
import Planning

/// Options of every command: where the workspace is, and with which parameters.
struct CommonOptions: ParsableArguments {
    @Option(name: [.customShort("C"), .customLong("directory")], help: "Work in this directory.")
    var directory: String?

    @Option(name: [.customShort("f"), .customLong("rules")], help: "The directory of the rules (default: rules).")
    var rules: String?

    @Option(
        name: [.customShort("p"), .customLong("params")], help: "The file of the parameters (default: params.json).")
    var params: String?

    @Option(name: .customLong("set"), help: "Set a parameter for this command: name=value.")
    var set: [String] = []

    @Flag(name: .customLong("whole-code"), help: "Any change of code makes every recipe stale.")
    var wholeCode = false

    func workspace() throws -> Workspace { try Workspace(directory: directory, rules: rules) }

    /// - Parameter last: what the last build set, for a view that is given nothing of its own.
    func settings(_ workspace: Workspace, last: [String] = []) throws -> Settings {
        try Settings(
            file: parametersFile(workspace), isNamed: params != nil, overrides: set.isEmpty ? last : set,
            areOfLastBuild: set.isEmpty && !last.isEmpty)
    }

    /// Absolute.
    func parametersFile(_ workspace: Workspace) -> String {
        params.map { resolved($0) ?? $0 } ?? workspace.root + "/params.json"
    }

    /// Compiles the rules if they are new.
    ///
    /// - Parameters:
    ///   - patience: with another dbuild that compiles them. A view has no other way: without them it has nothing to show.
    ///   - say: told what a person should hear of it.
    func rules(
        _ workspace: Workspace, _ disk: any Disk, waiting patience: FileLock.Patience = .forever,
        say: (Event) -> Void = show
    ) throws -> CompiledRules {
        var rules = try CompiledRules.make(
            workspace,
            try Toolchain(
                programDirectory: Machine.programDirectory, note: workspace.state(CompiledRules.compilerNote)),
            disk: disk, patience, say: say)
        rules.countsAllCode = wholeCode
        return rules
    }
}

/// A view of a workspace: nothing is built, nothing is recorded.
struct View {
    let session: Session
    /// True where the parameters are those of the last build.
    let usesLastParameters: Bool
    /// Those that it set and the rules have no more.
    private let leftOut: [String]

    /// - Parameters:
    ///   - runOptions: nil: as a plain build would judge now.
    ///   - owned: the database of a command that may write; nil: it is opened for reading.
    ///   - patience: with another dbuild that compiles the rules.
    init(
        _ options: CommonOptions, _ runOptions: RunOptions? = nil, owned: StateDatabase? = nil,
        waiting patience: FileLock.Patience = .forever
    ) throws {
        let workspace = try options.workspace()
        let disk = try WorkspaceDisk(root: Path(workspace.root))
        try changeDirectory(workspace.root)
        // Before the database is opened: what it is confirmed by must not be younger.
        let snapshot = owned == nil ? SnapshotFile(disk).find() : nil
        let database =
            try owned
            ?? StateDatabase(path: workspace.database, readOnly: true, boot: Machine.bootIdentity)
        let last = options.params == nil ? try database?.lastRun()?.parameters ?? [] : []
        var settings = try options.settings(workspace, last: last.map { String(decoding: $0, as: UTF8.self) })
        let runOptions = runOptions ?? RunOptions(nowNanoseconds: Clock.wallNanoseconds)
        let rules = try options.rules(workspace, disk, waiting: patience)
        try settings.resolveDays(now: runOptions.nowNanoseconds) { try rules.parameters() }
        leftOut = try settings.leaveOutForgotten(rules, PlanCache(workspace: workspace, disk: disk))
        usesLastParameters = options.set.isEmpty && !settings.overrides.isEmpty
        session = Session(
            workspace: workspace, disk: disk, rules: rules, database: database, settings: settings,
            options: runOptions, records: false, threads: Threads(), snapshot: snapshot)
    }

    var rowCounts: RowCounts {
        RowCounts(
            database: session.database, disk: session.disk, root: session.workspace.root, survey: session.survey)
    }

    /// What a person must know to read the view.
    func sayParameters() {
        let resolved = session.settings.resolved
        if !resolved.isEmpty { write(Notice.resolved(resolved) + "\n", toStandard: 2) }
        if !leftOut.isEmpty { write(Notice.leftOut(leftOut) + "\n", toStandard: 2) }
        guard usesLastParameters else { return }
        write(Notice.lastParameters(session.settings.overrides) + "\n", toStandard: 2)
    }
}

extension CommonOptions {
    /// What runs have written down: neither rules nor database are needed for it.
    func history() throws -> RunHistory {
        let workspace = try workspace()
        return try RunHistory(workspace, WorkspaceDisk(root: Path(workspace.root)))
    }
}

/// How many actions `--only` and `--from` keep from being looked at.
func sayUnjudged(_ assessment: Assessment) {
    let count = assessment.circumstances.unjudged
    if count > 0 { write(Notice.unjudged(count) + "\n", toStandard: 2) }
}

/// Probes of which no answer is known: what they are part of the key of shows as not current.
func sayUnanswered(_ assessment: Assessment) {
    let open = assessment.surroundings.probes.filter { $0.value == .never }.map { Notice.unanswered($0.key) }
    for text in open.sorted() { write(text + "\n", toStandard: 2) }
}
