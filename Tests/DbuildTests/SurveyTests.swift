import Artifact
import Foundation
import Testing

@testable import dbuild

/// What is looked at while it is decided.
@Suite struct SurveyTests {
    @Test func `a file that two threads ask for at once is hashed once`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "survey-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = (0 ..< 8).map { "file\($0)" }
        for name in names {
            try Data(repeating: 1, count: 4_000_000).write(to: folder.appending(path: name))
        }
        let survey = Survey(disk: try WorkspaceDisk(root: Path(folder.path())), threads: Threads())
        let beside = try Beside { names.map { survey.sight(Path($0), known: nil) } }
        let sights = names.map { survey.sight(Path($0), known: nil) }
        #expect(beside.take() == sights)
        #expect(survey.counts.filesHashed == names.count)
        #expect(survey.counts.pathsStamped == names.count)
        // What the database is told, each once.
        #expect(survey.takeChanged().count == names.count)
    }
}
