import ArgumentParser
import Artifact

/// `dbuild editor`
struct Editor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let editors that use SourceKit-LSP know how the rules are compiled.")

    @Option(name: [.customShort("C"), .customLong("directory")], help: "Work in this directory.")
    var directory: String?

    @Option(name: [.customShort("f"), .customLong("rules")], help: "The directory of the rules (default: rules).")
    var rules: String?

    mutating func run() async throws {
        let options = self
        try await reporting {
            let workspace = try Workspace(directory: options.directory, rules: options.rules)
            let disk = try WorkspaceDisk(root: Path(workspace.root))
            try changeDirectory(workspace.root)
            let toolchain = try Toolchain(
                programDirectory: Machine.programDirectory, note: workspace.state(CompiledRules.compilerNote))
            let commands = EditorCommands(workspace)
            let (link, target) = try commands.link(disk)
            try disk.makeDirectory(SystemModules.directory)
            // A compilation writes the same files.
            let lock = try CompiledRules.lock(workspace, .forever, say: show)
            defer { lock.release() }
            try SystemModules.write(disk)
            let names = try RulesIngredients.names(in: Path(workspace.rulesPath), disk)
            try commands.write(names.map { String(decoding: $0.bytes, as: UTF8.self) }, toolchain)
            write(InitText.editor(link: link, target: target), toStandard: 1)
            return 0
        }
    }
}
