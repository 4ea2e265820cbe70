import Foundation
import Testing

/// Instants of the example of verdicts, whose newest observation was made at 2013-11-30 10:00 UTC.
enum Morning {
    /// 25 h after the newest observation.
    static let first = "2013-12-01T11:00:00Z"
    static let second = "2013-12-02T11:00:00Z"
    static let third = "2013-12-03T11:00:00Z"
    static let fourth = "2013-12-04T11:00:00Z"
    static let fifth = "2013-12-05T11:00:00Z"
}

extension ScenarioStep {
    /// A run of the example of verdicts.
    ///
    /// - Parameters:
    ///   - lines: by action, the line of the table of verdicts that it came to last in the run.
    ///   - runs: the actions whose code ran.
    ///   - restores: those of which something was put back from the store.
    init(
        _ name: String, at now: String, _ arguments: [String], lines: [String: Int], runs: [String] = [],
        restores: [String] = [], failing: [String] = [], exit: Int32 = 0,
        edit: @escaping (ExampleWorkspace) throws -> Void = { _ in },
        holds: @escaping (ExampleWorkspace, RunRecord, EndedCommand) throws -> Void = { _, _, _ in }
    ) {
        self.init(
            name: name, arguments: ["--now", now] + arguments, runs: runs, restores: restores, failing: failing,
            exit: exit, edit: edit
        ) { workspace, record, ended in
            let said = Comment(rawValue: "\(name): \(ended.testDescription)")
            for (action, line) in lines {
                // What was current before anything ran is not told one by one, only counted.
                #expect((record.verdictLine(action) ?? 5) == line, "\(action) \(said)")
            }
            let current = (record.summary?.current ?? 0) + (record.summary?.cutOff ?? 0)
            #expect(current >= lines.values.count { $0 == 5 }, said)
            try holds(workspace, record, ended)
        }
    }
}

extension ExampleWorkspace {
    /// Writes the rows that all rules of the example of verdicts read.
    func writeRows(_ rows: String...) throws {
        try write("observed_at,value\n" + rows.map { $0 + "\n" }.joined(), to: "data/rows.csv")
    }

    /// What a policy's action has written: its table and its note.
    func outputs(of action: String) throws -> [String] {
        [try read("out/\(action).csv"), try read("out/\(action).txt")]
    }

    /// The contents of all files that were moved aside, by where they lay.
    func displaced() throws -> [String: String] {
        var found: [String: String] = [:]
        for (path, bytes) in try files(below: ".dbuild/displaced") {
            let place = path.drop { $0 != "/" }.dropFirst()
            found[String(place)] = String(decoding: bytes, as: UTF8.self)
        }
        return found
    }
}
