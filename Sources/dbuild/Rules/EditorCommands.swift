import Artifact

/// What editors are told of the rules: a compilation database, as SourceKit-LSP looks for it beside the files that it
/// is of.
///
/// It holds places of this machine, so it lies with dbuild's own, and is written anew with each compilation. What lies
/// among the rules is a link to it, the same on every machine.
/// - Source: Clang's "JSON Compilation Database Format Specification".
struct EditorCommands {
    private let workspace: Workspace

    init(_ workspace: Workspace) { self.workspace = workspace }

    enum Failure: Error, Hashable {
        /// Something else has the link's name.
        case occupied(String)
        /// No link from there to `.dbuild` would hold on another machine.
        case rulesElsewhere(directory: String)
    }

    private static let linkName = "compile_commands.json"
    /// Where the rules lie in `rules`.
    static let linkPath = "rules/" + linkName

    /// In `.dbuild`; by the name of the rules directory, of which a workspace may have several.
    private var name: String { "rules/commands-\(workspace.moduleName).json" }

    private struct Entry: Encodable {
        let directory: String
        let file: String
        let arguments: [String]
    }

    /// - Parameter sources: names in the rules directory.
    func write(_ sources: [String], _ toolchain: Toolchain) throws {
        let files = sources.map { workspace.rulesPath + "/" + $0 }
        let arguments =
            [toolchain.compiler]
            + toolchain.editorArguments(
                sources: files, moduleName: workspace.moduleName,
                systemModules: workspace.root + "/\(SystemModules.directory)")
        let entries = files.map { Entry(directory: workspace.root, file: $0, arguments: arguments) }
        try replaceFile(workspace.state(name), with: Array(try jsonText(entries).utf8))
    }

    /// The link among the rules, relative to the workspace, and what it says.
    private func linkAndTarget() throws(Failure) -> (link: Path, target: String) {
        guard let inside = workspace.rulesInside else { throw .rulesElsewhere(directory: workspace.rulesPath) }
        let depth = inside.bytes.split(separator: UInt8(ascii: "/")).count
        let upward = String(repeating: "../", count: depth)
        return (inside / Path(Self.linkName), upward + ".dbuild/" + name)
    }

    /// Makes the link, where it is not there already.
    ///
    /// - Returns: the link, relative to the workspace, and what it says.
    @discardableResult
    func link(_ disk: any Disk) throws -> (link: Path, target: String) {
        let (link, target) = try linkAndTarget()
        guard let stamp = try disk.stamp(link, followsLink: false) else {
            try disk.makeLink(link, to: Array(target.utf8))
            return (link, target)
        }
        guard stamp.type == .link, try disk.linkTarget(link) == Array(target.utf8) else {
            throw Failure.occupied("\(link)")
        }
        return (link, target)
    }
}
