import Foundation
import Testing

/// Edits that leave size and time as they were, in the tick in which a build ends.
@Suite struct StampTests {
    private static func setModified(_ date: Date, _ path: String, in workspace: ExampleWorkspace) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: date], ofItemAtPath: workspace.place(path).path)
    }

    /// Written in place: the same inode.
    private static func overwrite(_ text: String, _ path: String, in workspace: ExampleWorkspace) throws {
        let file = try FileHandle(forWritingTo: workspace.place(path))
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    @Test(
        "a source, a discovered file and an output are seen to change, and then nothing is hashed",
        arguments: [
            Date(timeIntervalSince1970: 0), Date(timeIntervalSince1970: 1_400_000_000.5),
            Date(timeIntervalSinceNow: 86_400),
        ])
    func sameSizeAndTime(date: Date) async throws {
        try await withWorkspace(.discoveries) { workspace in
            try workspace.write("extra/a.txt\n", to: "data/list.txt")
            let targets = ["make", "gather"]
            for path in ["data/base.txt", "extra/a.txt"] {
                try Self.overwrite("0\n", path, in: workspace)
                try Self.setModified(date, path, in: workspace)
            }
            _ = try await workspace.start(targets).ended()
            _ = try workspace.takeWitnesses()
            for round in 1 ... 4 {
                // At once behind the build's end.
                for path in ["data/base.txt", "extra/a.txt"] {
                    try Self.overwrite("\(round)\n", path, in: workspace)
                    try Self.setModified(date, path, in: workspace)
                }
                let ended = try await workspace.start(targets).ended()
                #expect(try workspace.takeWitnesses() == ["gather", "make"], "\(round): \(ended.testDescription)")
                #expect(try workspace.read("out/made.txt").hasPrefix("\(round)\n"))
                #expect(try workspace.read("out/gathered.txt").hasPrefix("\(round)\n"))

                let made = try FileManager.default.attributesOfItem(atPath: workspace.place("out/made.txt").path)
                let length = try workspace.read("out/made.txt").utf8.count
                try Self.overwrite(String(repeating: "x", count: length), "out/made.txt", in: workspace)
                try Self.setModified(
                    try #require(made[.modificationDate] as? Date), "out/made.txt", in: workspace)
                let repaired = try await workspace.start(targets).ended()
                #expect(try workspace.read("out/made.txt").hasPrefix("\(round)\n"), "\(repaired.testDescription)")
                _ = try workspace.takeWitnesses()

                let last = try await workspace.start(targets).ended()
                let record = try #require(try workspace.lastRun())
                #expect(
                    record.summary?.filesHashed == 0 && record.started.isEmpty,
                    "\(round): \(last.testDescription) \(record.summary.map { "\($0)" } ?? "no summary")")
            }
        }
    }
}
