import ArgumentParser
import Artifact
import Planning

/// `dbuild log SELECTOR…`
struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show what actions said when they ran last.")

    @OptionGroup var common: CommonOptions
    @Option(help: ArgumentHelp("What they said in this run: a number, last, or last~1.", valueName: "run"))
    var run: String?
    @Option(help: ArgumentHelp("Of this attempt, from 1 (default: the last one).", valueName: "number"))
    var attempt: Int?
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
            guard let path = try place(EventLog.logPath(of: name, run: run), session.disk) else {
                write(Notice.noLog(name, run: run, attempt: attempt), toStandard: 2)
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

    /// - Parameter last: where the last attempt of a run has its log.
    /// - Returns: nil where there is none of the attempt that is asked for.
    private func place(_ last: Path, _ disk: any Disk) throws -> Path? {
        func isThere(_ path: Path) throws -> Bool { try disk.stamp(path, followsLink: true) != nil }
        guard let attempt else { return try isThere(last) ? last : nil }
        guard attempt >= 1 else { return nil }
        let earlier = EventLog.logPath(ofEarlierAttempt: attempt, last)
        if try isThere(earlier) { return earlier }
        let isLast = try attempt == 1 || isThere(EventLog.logPath(ofEarlierAttempt: attempt - 1, last))
        return try isLast && isThere(last) ? last : nil
    }
}

/// A path of which no action says anything: it is a source.
struct UnmadePath: Error {
    let path: Path
}
