import ArgumentParser
import Artifact

/// `dbuild init`
struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write first rules into a directory, with data that they can be built from at once.")

    @Option(
        name: [.customShort("C"), .customLong("directory")],
        help: "The directory that becomes a workspace (default: this one).")
    var directory: String?

    mutating func run() async throws {
        let directory = directory
        try await reporting {
            guard let root = resolved(directory ?? ".") else { throw Workspace.Failure.noDirectory(directory ?? ".") }
            let disk = try WorkspaceDisk(root: Path(root))
            // First: without a compiler nothing that is written here could be built.
            let toolchain = try Toolchain(programDirectory: Machine.programDirectory, note: nil)
            try FirstRules.write(root, disk)
            let commands = EditorCommands(try Workspace(directory: root, rules: nil))
            try disk.makeDirectory(SystemModules.directory)
            try SystemModules.write(disk)
            try commands.write(["Rulesfile.swift"], toolchain)
            let link = try commands.link(disk).link
            let ignored = try ignoredPaths(disk)
            write(InitText.text(directory: directory, link: link, ignored: ignored), toStandard: 1)
            return 0
        }
    }

    /// The lines of `.gitignore`, as far as they can be read.
    private func ignoredPaths(_ disk: any Disk) throws(DiskError) -> Set<String> {
        guard try disk.stamp(".gitignore", followsLink: true)?.type == .file else { return [] }
        let text = String(decoding: try disk.read(".gitignore"), as: UTF8.self)
        return Set(text.split { $0.isNewline }.map { String($0).trimmed })
    }
}
