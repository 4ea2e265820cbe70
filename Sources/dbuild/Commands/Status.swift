import ArgumentParser
import Artifact
import Planning

/// `dbuild status [TARGET…]`
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say how many actions of each rule are current.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var policies: PolicyArguments
    @Flag(help: "For programs: one JSON object, as docs/json.md says.") var json = false
    @Flag(help: "Show the run that goes on now, until it ends.") var watch = false
    @Argument(help: "As for build.") var targets: [String] = []

    mutating func run() async throws {
        let options = self
        try await reporting {
            if options.watch { return try options.follow() }
            let view = try View(options.common, try options.policies.runOptions())
            view.sayParameters()
            let targets = options.policies.targets(options.targets)
            let (assessment, request) = try await view.session.view { try $0.select(targets) }
            sayUnjudged(assessment)
            sayUnanswered(assessment)
            let orphans = try view.session.orphans(assessment.plan)
            let there = try orphans.flatMap(\.outputs).map(\.path).filter {
                try view.session.disk.stamp($0, followsLink: false) != nil
            }
            if options.json {
                write(try jsonText(StatusDocument(assessment, request, orphans: there)), toStandard: 1)
                return 0
            }
            write(StatusTable.text(assessment, request), toStandard: 1)
            for line in Explanation.staleReads(assessment) { write(line + "\n", toStandard: 1) }
            if let first = there.first {
                write(
                    "\(grouped(there.count)) orphans: files that no rule makes any more, as \(first) (dbuild clean --orphans)\n",
                    toStandard: 1)
            }
            return 0
        }
    }

    private func follow() throws -> Int32 {
        let history = try common.history()
        guard var watch = try Watch(history) else {
            write(
                Notice.nothingRuns(last: try history.runs.last.map { RunAccount($0, try history.ends(of: $0)) }),
                toStandard: 2)
            return 0
        }
        try watch.follow()
        return 0
    }
}
