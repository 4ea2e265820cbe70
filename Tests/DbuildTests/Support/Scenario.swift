import Testing

/// An edit of a workspace, and what the build after it must run: no more, no less.
struct ScenarioStep {
    let name: String
    var arguments: [String] = []
    var environment: [String: String] = [:]
    /// The actions whose code ran, sorted or not; one that ran twice stands twice.
    let runs: [String]
    /// Those whose outputs came from the store.
    var restores: [String] = []
    /// Those that ran and failed.
    var failing: [String] = []
    var exit: Int32 = 0
    var edit: (ExampleWorkspace) throws -> Void = { _ in }
    /// What else must hold.
    var holds: (ExampleWorkspace, RunRecord, EndedCommand) throws -> Void = { _, _, _ in }
}

extension ExampleWorkspace {
    /// Takes the steps one after another.
    func run(_ steps: [ScenarioStep], sourceLocation: SourceLocation = #_sourceLocation) async throws {
        for step in steps {
            try step.edit(self)
            let ended = try await start(step.arguments, environment: step.environment).ended()
            let record = try #require(
                try lastRun(), "\(step.name): \(ended.testDescription)", sourceLocation: sourceLocation)
            let said = Comment(rawValue: "\(step.name): \(ended.testDescription)")
            #expect(ended.exit == step.exit, said, sourceLocation: sourceLocation)
            #expect(record.summary?.exit == step.exit, said, sourceLocation: sourceLocation)
            #expect(try takeWitnesses() == step.runs.sorted(), said, sourceLocation: sourceLocation)
            #expect(
                (record.finished + record.failed).sorted() == step.runs.sorted(), said, sourceLocation: sourceLocation)
            #expect(record.restored == step.restores.sorted(), said, sourceLocation: sourceLocation)
            #expect(record.failed == step.failing.sorted(), said, sourceLocation: sourceLocation)
            // Nothing is left lying about, whatever happened.
            #expect(names(below: ".dbuild/staging").isEmpty, said, sourceLocation: sourceLocation)
            try step.holds(self, record, ended)
        }
    }
}
