import ArgumentParser
import Settled
import Synchronization

/// The command line.
@main
struct Dbuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dbuild", abstract: "Make for data: builds what is stale, and says why.", version: version,
        subcommands: [
            Build.self, Init.self, Status.self, Clean.self, Lock.self, Verify.self, GC.self, Adopt.self, Params.self,
            Doctor.self, Why.self,
            Diff.self,
            Graph.self, Failures.self, Log.self, History.self, Editor.self,
        ], defaultSubcommand: Build.self)

    static let version = "0.1.0"

    /// What the program that was started before this one has found out, where it has looked at anything.
    static var handover: Handover? {
        get { taken.withLock { $0 } }
        set { taken.withLock { $0 = newValue } }
    }
    private static let taken = Mutex<Handover?>(nil)

    static var commandNames: [String] { configuration.subcommands.map { $0._commandName } }

    static func main() async {
        holdStandardDescriptors()
        // Before any process is started, which must not find it.
        handover = Handover.take()
        Signal.ignoreBrokenPipes()
        Machine.dropRelativeSearchPath()
        do {
            if let argument = Machine.argumentThatIsNoText {
                throw CommandFailure(error: ArgumentNotText(bytes: argument))
            }
            var command = try parseAsRoot(nil)
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        } catch let failure as CommandFailure {
            write(Diagnostic(failure.error).text, toStandard: 2)
            leave(Diagnostic(failure.error).exitCode.rawValue)
        } catch let code as ArgumentParser.ExitCode {
            leave(code.rawValue)
        } catch {
            // What the parser refuses, and what it was asked to say.
            let code = exitCode(for: error).rawValue
            write(fullMessage(for: error) + "\n", toStandard: code == 0 ? 1 : 2)
            leave(code == 0 ? 0 : ExitCode.usage.rawValue)
        }
        leave(0)
    }
}

/// An error of ours on its way through the parser.
struct CommandFailure: Error {
    let error: any Error
}

/// Runs a command's body; what it throws is reported in our words.
func reporting(_ body: () async throws -> Int32) async throws {
    let code: Int32
    do { code = try await body() } catch { throw CommandFailure(error: error) }
    if code != 0 { throw ArgumentParser.ExitCode(code) }
}
