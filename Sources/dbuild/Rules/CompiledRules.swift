import Artifact
import Hashing
import Rules

/// The rules binary, compiled from the rules directory or found in the cache.
struct CompiledRules: Sendable {
    /// The binary's path, absolute.
    let path: String
    /// What it was compiled from; the name of its place in the cache.
    let identity: Digest
    let code: Digest
    /// The shared objects that a worker maps, absolute paths.
    let libraries: [String]
    let compilerVersion: [UInt8]

    enum Failure: Error {
        case noSources(directory: String)
        /// The compiler's own words, with file and line.
        case compiler(output: String)
        case library(ELFError, path: String)
        case crashed(ChildProcess.Ending, step: String)
    }

    /// Compiles the rules unless the cache holds what this source, compiler and library give.
    ///
    /// - Parameter willCompile: called before the compiler is started.
    static func make(
        _ workspace: Workspace, _ toolchain: Toolchain, disk: any Disk, willCompile: () -> Void
    ) throws -> CompiledRules {
        let sources = try sourceFiles(workspace, disk)
        var packer = Packer()
        for source in sources {
            packer.string(source.name)
            packer.string(source.text)
        }
        packer.string(toolchain.compiler)
        packer.string(workspace.rulesName)
        // The toolchain by its stamps: reading it would take longer than all else.
        for path in try toolchainFiles(toolchain, disk) {
            packer.string(path)
            try disk.stamp(Path(path), followsLink: true)?.pack(into: &packer)
        }
        packer.list(Toolchain.options) { packer, option in packer.string(option) }
        let identity = XXH3.digest(packer.bytes)
        let place = workspace.state("rules/\(identity)")
        if let known = try? read(place, identity) { return known }

        // Two builds that begin at once: the second one takes what the first has compiled.
        try disk.makeDirectory(Path(".dbuild/rules"))
        let lock = try FileLock(workspace.state("rules/lock"), waits: true) { _ in }
        defer { lock.release() }
        if let known = try? read(place, identity) { return known }

        willCompile()
        try disk.makeDirectory(Path(".dbuild/rules/\(identity)"))
        let binary = place + "/rules"
        let staged = binary + ".new"
        let log = place + "/compiler.log"
        let child = try ChildProcess(
            toolchain.compiler,
            toolchain.arguments(
                sources: sources.map { workspace.rulesDirectory + "/" + $0.name }, moduleName: moduleName(workspace),
                moduleCache: workspace.state("rules/" + moduleCacheName(workspace)), output: staged)
                + SystemModules.write(to: Path(".dbuild/rules/system"), disk),
            hasOwnGroup: false, input: .null, output: .file(log), error: .file(log + ".err"))
        let ending = child.reap()
        guard ending == .exited(0) else {
            let output = try readFile(log + ".err") + readFile(log)
            try? disk.removeTree(Path(".dbuild/rules/\(identity)"))
            throw Failure.compiler(output: String(decoding: output, as: UTF8.self))
        }
        let version = try output(of: toolchain.compiler, ["--version"])
        let code: Digest
        do throws(ELFError) {
            code = try CodeFingerprint.digest(
                sources: sources.map(\.text), compilerVersion: version, archive: readArchive(toolchain.archive))
        } catch { throw Failure.library(error, path: toolchain.archive) }
        try disk.rename(Path(staged), to: Path(binary))
        let libraries = String(decoding: try output(of: binary, ["--libraries"]), as: UTF8.self)
            .split(separator: "\n").map(String.init).filter { $0 != binary && $0 != resolved(binary) }
        let rules = CompiledRules(
            path: binary, identity: identity, code: code, libraries: libraries, compilerVersion: version)
        // Last, since it says that the rest is there.
        try replaceFile(place + "/facts", with: rules.packed)
        try prune(workspace, disk, keeping: identity)
        return rules
    }

    private static func readArchive(_ path: String) throws(ELFError) -> [UInt8] {
        guard let bytes = try? readFile(path) else { throw .notAnArchive }
        return bytes
    }

    /// By the workspace's place: what the compiler keeps there cannot be used after a move.
    private static func moduleCacheName(_ workspace: Workspace) -> String {
        "modules-\(XXH3.digest(Array(workspace.root.utf8)))"
    }

    /// A module's name is an identifier, and places in the rules begin with it.
    private static func moduleName(_ workspace: Workspace) -> String {
        let name = String(workspace.rulesName.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return name.first.map { $0.isNumber } == false ? name : "rules_" + name
    }

    private static func sourceFiles(
        _ workspace: Workspace, _ disk: any Disk
    ) throws -> [(name: String, text: [UInt8])] {
        let directory = Path(workspace.rulesPath)
        let names = try disk.names(in: directory).filter { $0.bytes.suffix(6).elementsEqual(".swift".utf8) }
        guard !names.isEmpty else { throw Failure.noSources(directory: workspace.rulesPath) }
        return try names.map { (String(decoding: $0.bytes, as: UTF8.self), try disk.read(directory / $0)) }
    }

    private static func toolchainFiles(_ toolchain: Toolchain, _ disk: any Disk) throws -> [String] {
        let modules = try disk.names(in: Path(toolchain.modules)).map {
            toolchain.modules + "/" + String(decoding: $0.bytes, as: UTF8.self)
        }
        return [resolved(toolchain.compiler) ?? toolchain.compiler, toolchain.archive] + modules
    }

    private static func output(of program: String, _ arguments: [String]) throws -> [UInt8] {
        let child = try ChildProcess(program, arguments, input: .null, output: .pipe)
        let bytes = child.readOutput()
        let ending = child.wait()
        guard ending == .exited(0) else {
            throw Failure.crashed(ending, step: ([program] + arguments).joined(separator: " "))
        }
        return bytes
    }

    /// Keeps the binaries that were made last: people go back and forth between branches.
    private static func prune(_ workspace: Workspace, _ disk: any Disk, keeping identity: Digest) throws {
        let place = Path(".dbuild/rules")
        let names = try disk.names(in: place)
        let moduleCache = Path(moduleCacheName(workspace))
        for name in names where name.bytes.starts(with: "modules".utf8) && name != moduleCache {
            try disk.removeTree(place / name)
        }
        let entries = names.filter { $0.bytes.count == 32 && $0 != Path("\(identity)") }
        let dated = try entries.map { name in
            (name: name, time: try disk.stamp(place / name, followsLink: false)?.modifiedNanoseconds ?? 0)
        }
        for entry in dated.sorted(by: { $0.time > $1.time }).dropFirst(3) { try disk.removeTree(place / entry.name) }
    }
}

extension CompiledRules {
    private var packed: [UInt8] {
        var packer = Packer()
        packer.digest(code)
        packer.list(libraries) { packer, path in packer.string(path) }
        packer.string(compilerVersion)
        return packer.bytes
    }

    private static func read(_ place: String, _ identity: Digest) throws -> CompiledRules {
        var unpacker = Unpacker(try readFile(place + "/facts"))
        let code = try unpacker.digest()
        let libraries = try unpacker.list { unpacker throws(UnpackError) in try unpacker.text() }
        let version = try unpacker.string()
        guard isExecutableFile(place + "/rules") else {
            throw SystemError(call: "find", subject: place + "/rules", errno: 2)
        }
        return CompiledRules(
            path: place + "/rules", identity: identity, code: code, libraries: libraries, compilerVersion: version)
    }
}
