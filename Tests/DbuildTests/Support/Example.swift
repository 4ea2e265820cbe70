import Foundation

/// The examples that lie in `Examples`: rules, data and scripts, copied into a directory for each test.
enum Example: String, CaseIterable, Sendable {
    case training = "Training"
    case programs = "Programs"
    case mistakes = "Mistakes"
    case wide = "Wide"
    case policies = "Policies"
    case discoveries = "Discoveries"
    case verdicts = "Verdicts"
    case keys = "Keys"
    case worlds = "Worlds"
    case failures = "Failures"
    case workers = "Workers"
    case machine = "Machine"
    case reproduction = "Reproduction"
    case sandbox = "Sandbox"
    case locked = "Locked"

    /// In the sources of the tests.
    var original: URL { testSources.appending(path: "Examples/\(rawValue)") }
}

extension Example {
    /// What its recipes share with the tests.
    func addShared(to rules: URL) throws {
        let shared: URL? =
            switch self {
            case .worlds: testSources.deletingLastPathComponent().appending(path: "Oracle/Craft.swift")
            case .training, .wide, .policies, .discoveries, .verdicts, .failures, .workers, .machine, .reproduction,
                .sandbox, .locked:
                testSources.appending(path: "Examples/Shared/Files.swift")
            case .programs, .mistakes, .keys: nil
            }
        guard let shared else { return }
        try FileManager.default.copyItem(at: shared, to: rules.appending(path: shared.lastPathComponent))
    }
}

let testSources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

/// Compiled rules, each made once and copied from then on: a compilation takes seconds.
actor CompiledExamples {
    static let shared = CompiledExamples()
    private var seeds: [Example: Task<URL, any Error>] = [:]

    struct DidNotCompile: Error { let said: String }

    /// The directory of the example's compiled rules.
    ///
    /// It stays beside the built program, for the next run of the tests: dbuild itself knows whether it is still good.
    func rules(of example: Example) async throws -> URL {
        if let seed = seeds[example] { return try await seed.value }
        let seed = Task { try await Self.compile(example) }
        seeds[example] = seed
        return try await seed.value
    }

    private static func compile(_ example: Example) async throws -> URL {
        let files = FileManager.default
        let place = try Built.program().deletingLastPathComponent()
            .appending(path: "DbuildTests.examples/\(example.rawValue)")
        try files.createDirectory(at: place, withIntermediateDirectories: true)
        let rules = place.appending(path: "rules")
        if files.fileExists(atPath: rules.path) { try files.removeItem(at: rules) }
        try files.copyItem(at: example.original.appending(path: "rules"), to: rules)
        try example.addShared(to: rules)
        let ended = try await RunningCommand(["params"], in: place).ended()
        guard ended.exit == 0 else { throw DidNotCompile(said: ended.errors) }
        return place.appending(path: ".dbuild/rules")
    }
}
