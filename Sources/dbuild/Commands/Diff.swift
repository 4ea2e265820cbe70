import ArgumentParser
import Artifact
import Planning

/// `dbuild diff RUN [RUN]`
struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say what changed between two runs, by kind of cause.")

    @OptionGroup var common: CommonOptions
    @Flag(help: "For programs: one JSON object, as docs/json.md says.") var json = false
    @Argument(
        help: ArgumentHelp("A number, last, or last~1; alone: what changed from the run before it.", valueName: "run"))
    var earlier: String
    @Argument(help: ArgumentHelp("The later run.", valueName: "later-run")) var later: String?

    mutating func run() async throws {
        let options = self
        try await reporting { try options.view() }
    }

    private func view() throws -> Int32 {
        let history = try common.history()
        var (first, last) = (try history.run(earlier), try later.map { try history.run($0) })
        if let named = last, named < first { (first, last) = (named, first) }
        let difference = try RunDifference(
            history, from: last == nil ? history.before(first) : first, to: last ?? first,
            order: RootCause.Class.allCases.map(\.rawValue))
        write(json ? try jsonText(difference) : difference.text, toStandard: 1)
        return 0
    }
}
