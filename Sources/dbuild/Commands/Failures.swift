import ArgumentParser
import Artifact
import Hashing
import Planning

/// `dbuild failures [TARGET…]`
struct Failures: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List actions that failed and have not been built since, with why and where their logs are.")

    @OptionGroup var common: CommonOptions
    @Flag(help: "For programs: one JSON object, as docs/json.md says.") var json = false
    @Argument(help: "As for build: what failed of it and of what it needs; none: all that failed.")
    var targets: [String] = []

    mutating func run() async throws {
        let options = self
        try await reporting { try await options.view() }
    }

    private func view() async throws -> Int32 {
        let view = try View(common)
        if !json { view.sayParameters() }
        let runs = try view.session.database?.failures() ?? [:]
        let records = try view.session.database?.failureRecords() ?? [:]
        let wanted = WantedTargets(targets, failed: Set(runs.keys))
        let (assessment, request) = try await view.session.view { try wanted.select($0) }
        let list = FailureList(
            assessment, runs: runs, records: records,
            selected: Set(try wanted.select(assessment.plan).actions.filter { request.holds($0) }),
            showsGone: targets.isEmpty)
        if json {
            write(try jsonText(FailuresDocument(list)), toStandard: 1)
        } else {
            let again = Again(failedWith: view.session.settings.overrides)
            write(list.entries.flatMap { $0.lines(again) }.map { $0 + "\n" }.joined(), toStandard: 1)
            write(list.summary(again) + "\n", toStandard: 2)
        }
        return 0
    }
}
