import ArgumentParser
import Artifact
import Planning

/// `dbuild log SELECTOR…`
struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show what actions said when they ran last.")

    @OptionGroup var common: CommonOptions
    @Option(help: ArgumentHelp("What they said in this run: a number, last, or last~1.", valueName: "run"))
    var run: String?
    @Argument(help: "Rules, paths, groups or rule[axis=value,…].") var targets: [String]

    mutating func run() async throws {
        let options = self
        try await reporting { try await options.view() }
    }

    private func view() async throws -> Int32 {
        let view = try View(common)
        let session = view.session
        let plan = try await session.plan(answersFromBefore: true)
        let selection = try plan.select(targets)
        if let source = selection.sources.first, selection.actions.isEmpty {
            throw UnmadePath(path: plan.path(of: source))
        }
        let named = try run.map { try RunHistory(session.workspace, session.disk).run($0) }
        let failed = try session.database?.failures() ?? [:]
        var isFirst = true
        for action in selection.actions {
            let (name, identity) = (plan.name(of: action), plan.identity(of: action))
            let built = try session.database?.trace(of: identity)?.run
            let last = [built, failed[identity]].compactMap { $0 }.max()
            guard let run = named ?? last else {
                write(Notice.neverRan(name), toStandard: 2)
                continue
            }
            let path = EventLog.logPath(of: name, run: run)
            guard try session.disk.stamp(path, followsLink: true) != nil else {
                write(Notice.noLog(name, run: run), toStandard: 2)
                continue
            }
            if selection.actions.count > 1 {
                write("\(isFirst ? "" : "\n")==> \(name), run \(run) <==\n", toStandard: 1)
                isFirst = false
            }
            try LogShow.write("\(session.workspace.root)/\(path)")
        }
        return 0
    }
}

/// A path of which no action says anything: it is a source.
struct UnmadePath: Error {
    let path: Path
}
