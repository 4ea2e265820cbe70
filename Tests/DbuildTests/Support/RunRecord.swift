import Foundation

/// What a run wrote to its `events.jsonl`.
struct RunRecord: Sendable {
    struct Event: Decodable, Sendable {
        var event: String
        var version: Int?
        var action: String?
        var what: String?
        var line: Int?
        var reasons: [String]?
        var causes: [String]?
        var lane: Int?
        var paths: [String]?
        var built: Int?
        var cutOff: Int?
        var current: Int?
        var failed: Int?
        var blocked: Int?
        var degraded: Int?
        var orphans: Int?
        var workers: Int?
        var filesHashed: Int?
        var exit: Int32?
        var attempt: Int?
        var pauseSeconds: Double?
        var category: String?
        var canRetry: Bool?
        var kind: String?
        var names: [String]?
        var madeWith: String?
        var missingNames: [String]?
        var cpuSeconds: Double?
        var retried: Int?
        var left: Int?
    }

    let number: Int
    let events: [Event]

    /// - Throws: where a line cannot be read; the last one may be cut short, as a kill leaves it.
    init(number: Int, in workspace: ExampleWorkspace) throws {
        self.number = number
        let text = try workspace.read(".dbuild/runs/\(number)/events.jsonl")
        events = try text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
            try JSONDecoder().decode(Event.self, from: Data($0.utf8))
        }
    }

    private func actions(_ event: String) -> [String] {
        events.filter { $0.event == event }.compactMap(\.action).sorted()
    }

    var started: [String] { actions("start") }
    var finished: [String] { actions("finish") }
    var failed: [String] { actions("failure") }
    var restored: [String] { actions("restore") }
    /// Attempts that were followed by another one.
    var retried: [String] { actions("retry") }
    /// What was not started, in order of the rules.
    var left: [String] { events.filter { $0.event == "left" }.flatMap { $0.names ?? [] } }
    var warnings: [String] { events.filter { $0.event == "warning" }.compactMap(\.what) }
    var summary: Event? { events.last { $0.event == "summary" } }

    /// The last reasons that were given for an action.
    func reasons(_ action: String) -> [String] {
        events.last { $0.event == "verdict" && $0.action == action }?.reasons ?? []
    }

    func verdictLine(_ action: String) -> Int? { events.last { $0.event == "verdict" && $0.action == action }?.line }
}
