import ArgumentParser

/// `dbuild history [RUN]`
struct History: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say what runs there were, and what one of them did.")

    @OptionGroup var common: CommonOptions
    @Option(name: .customShort("n"), help: "How many of the last runs.") var count = 20
    @Flag(help: "For programs: one JSON object, as docs/json.md says.") var json = false
    @Flag(help: "What was thought of the memory of a run's actions, and what they held.") var memory = false
    @Option(help: ArgumentHelp("Write a run as a trace for Perfetto or chrome://tracing.", valueName: "file"))
    var trace: String?
    @Argument(help: "A number, last, or last~1: the slowest of its actions, and its failures.") var run: String?

    mutating func run() async throws {
        let options = self
        try await reporting { try options.view() }
    }

    private func view() throws -> Int32 {
        let history = try common.history()
        guard run != nil || memory || trace != nil else { return try list(history) }
        let number = try history.run(run ?? "last")
        let lines = try history.lines(of: number)
        let (account, actions) = (RunAccount(number, lines), ActionAccounts(lines))
        if let trace {
            guard account.nanoseconds > 0 else { throw RunsError.untimed(number) }
            let document = TraceDocument(account, actions).bytes
            if trace == "-" {
                write(String(decoding: document, as: UTF8.self), toStandard: 1)
            } else {
                try replaceFile(trace, with: document)
            }
        }
        if json {
            write(try jsonText(HistoryDocument(runs: [HistoryDocument.Run(account, actions)])), toStandard: 1)
        } else if memory {
            write(HistoryText.memory(actions), toStandard: 1)
        } else if trace == nil {
            write(HistoryText.detail(account, actions), toStandard: 1)
        }
        return 0
    }

    private func list(_ history: RunHistory) throws -> Int32 {
        let runs = try history.runs.suffix(max(0, count)).map { RunAccount($0, try history.ends(of: $0)) }
        if json {
            write(try jsonText(HistoryDocument(runs: runs.map { HistoryDocument.Run($0) })), toStandard: 1)
        } else if runs.isEmpty {
            write(Diagnostic(RunsError.none).what + "\n", toStandard: 2)
        } else {
            write(HistoryText.list(Array(runs)), toStandard: 1)
        }
        return 0
    }
}
