import Foundation
import TestSupport
import Testing

/// A program that a test runs to its end.
struct Program {
    let path: String

    /// The tool that is built beside the tests.
    static func tablesTool() throws -> Program {
        let tests = try #require(Bundle.main.executableURL).resolvingSymlinksInPath()
        let tool = tests.deletingLastPathComponent().appending(path: "tables-tool").path()
        try #require(FileManager.default.isExecutableFile(atPath: tool), "not built: \(tool)")
        return Program(path: tool)
    }

    struct Result {
        let output: String
        /// Nil when a signal ended the program.
        let exitCode: Int32?
    }

    /// - Returns: what it wrote to both outputs, and how it ended.
    func run(_ arguments: [String]) throws -> Result {
        let ended = try runToEnd(path, arguments)
        return Result(output: String(decoding: ended.output, as: UTF8.self), exitCode: ended.exitCode)
    }
}
