import ArgumentParser
import Artifact

/// `dbuild doctor`
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what this machine and these rules offer, and what is taken more widely than need be.")

    @OptionGroup var common: CommonOptions

    mutating func run() async throws {
        let options = self
        try await reporting {
            let workspace = try options.common.workspace()
            let disk = try WorkspaceDisk(root: Path(workspace.root))
            try changeDirectory(workspace.root)
            let rules = try options.common.rules(workspace, disk)
            let database = try StateDatabase(path: workspace.database, readOnly: true, boot: Machine.bootIdentity)
            write(try DoctorText(workspace, rules, database, disk).text, toStandard: 1)
            return 0
        }
    }
}
