import Foundation
import Glibc
import Testing

/// A command of dbuild that runs.
final class RunningCommand: Sendable {
    private let process: Process
    private let arguments: [String]
    private let channels: URL
    private let ending: AsyncStream<Void>
    private let start: ContinuousClock.Instant

    /// - Parameters:
    ///   - directory: where it starts.
    ///   - environment: beside that of the tests.
    init(_ arguments: [String], in directory: URL, environment: [String: String] = [:]) throws {
        self.arguments = arguments
        // Files, since descendants that outlive the command would keep a pipe open.
        channels = FileManager.default.temporaryDirectory.appending(path: "dbuild-channels-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: channels, withIntermediateDirectories: true)
        process = Process()
        process.executableURL = try Built.program()
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.environment = ProcessInfo.processInfo.environment
            .merging(["NO_COLOR": "1"]) { _, new in new }.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        let output = try Self.file(channels.appending(path: "output"))
        let errors = try Self.file(channels.appending(path: "errors"))
        (process.standardOutput, process.standardError) = (output, errors)
        let (ending, end) = AsyncStream<Void>.makeStream()
        self.ending = ending
        process.terminationHandler = { _ in end.finish() }
        start = .now
        try process.run()
        // The process keeps its handles: after a thousand commands there would be too many.
        try output.close()
        try errors.close()
    }

    private static func file(_ place: URL) throws -> FileHandle {
        try Data().write(to: place)
        return try FileHandle(forWritingTo: place)
    }

    var pid: Int32 { process.processIdentifier }
    func send(_ signal: Int32) { kill(pid, signal) }
    /// As the terminal does.
    func sendToGroup(_ signal: Int32) { kill(-pid, signal) }

    /// What it has said so far.
    func errorsSoFar() throws -> String { try text("errors") }

    func outputSoFar() throws -> String { try text("output") }

    func ended() async throws -> EndedCommand {
        for await _ in ending {}
        let ended = EndedCommand(
            arguments: arguments,
            ending: process.terminationReason == .exit
                ? .exited(process.terminationStatus) : .signalled(process.terminationStatus),
            output: try text("output"), errors: try text("errors"), duration: ContinuousClock.now - start)
        try FileManager.default.removeItem(at: channels)
        return ended
    }

    private func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: channels.appending(path: name)), as: UTF8.self)
    }
}

/// How a command of dbuild ended, and all that it said.
struct EndedCommand: Sendable, CustomTestStringConvertible {
    enum Ending: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    let arguments: [String]
    let ending: Ending
    let output: String
    let errors: String
    let duration: Duration

    /// Nil where a signal ended it.
    var exit: Int32? { if case .exited(let code) = ending { code } else { nil } }

    var testDescription: String {
        "dbuild \(arguments.joined(separator: " ")) \(ending)\n\(output)\(errors)"
    }
}
