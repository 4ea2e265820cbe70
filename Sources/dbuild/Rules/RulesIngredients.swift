import Artifact
import Hashing

/// What a rules binary is compiled from.
struct RulesIngredients: Hashable, Sendable {
    let sources: [Source]
    /// The toolchain by its stamps: reading it would take longer than all else.
    private let toolchain: [FileStamp]
    private let compiler: String
    private let rulesName: String
    private let directory: String

    struct Source: Hashable, Sendable {
        let name: String
        let text: [UInt8]
        /// In no identity: it tells of a change that was taken back.
        let stamp: Stamp?
    }

    /// What is written beside a binary has this form; another one finds no binary of before.
    private static let form = 4

    init(_ workspace: Workspace, _ toolchain: Toolchain, _ disk: any Disk) throws {
        let directory = Path(workspace.rulesPath)
        let names = try Self.names(in: directory, disk)
        guard !names.isEmpty else { throw CompiledRules.Failure.noSources(directory: workspace.rulesPath) }
        sources = try names.map { name in
            let stamp = try disk.stamp(directory / name, followsLink: true)
            return Source(
                name: String(decoding: name.bytes, as: UTF8.self), text: try disk.read(directory / name), stamp: stamp)
        }
        let modules = try disk.names(in: Path(toolchain.modules)).map {
            toolchain.modules + "/" + String(decoding: $0.bytes, as: UTF8.self)
        }
        let files = [resolved(toolchain.compiler) ?? toolchain.compiler, toolchain.archive] + modules
        self.toolchain = try files.map { try FileStamp($0, disk) }
        compiler = toolchain.compiler
        rulesName = workspace.rulesName
        self.directory = workspace.rulesPath
    }

    /// All files that were looked at, as they were before that.
    var files: [FileStamp] {
        sources.map { FileStamp(path: directory + "/" + $0.name, stamp: $0.stamp) } + toolchain
    }

    /// The Swift files of a directory.
    static func names(in directory: Path, _ disk: any Disk) throws(DiskError) -> [Path] {
        try disk.names(in: directory).filter { $0.bytes.suffix(6).elementsEqual(".swift".utf8) }
    }

    /// The name of the binary's place in the cache.
    var identity: Digest {
        var packer = Packer()
        packer.list(sources) { packer, source in
            packer.string(source.name)
            packer.string(source.text)
        }
        packer.digest(identityWithoutSources)
        return XXH3.digest(packer.bytes)
    }

    /// Of what the sources are compiled with, and how.
    var identityWithoutSources: Digest {
        var packer = Packer()
        packer.number(Self.form)
        packer.string(compiler)
        packer.string(rulesName)
        packer.list(toolchain)
        packer.list(Toolchain.options) { packer, option in packer.string(option) }
        return XXH3.digest(packer.bytes)
    }
}
