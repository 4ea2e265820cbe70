import Artifact
import Hashing

/// Compiles rules to a program, and finds out what code their recipes can reach.
struct RulesCompilation {
    let objects: RulesObjects
    /// What it makes, absolute.
    let program: String
    private let sources: [String]
    private let toolchain: Toolchain
    private let workspace: Workspace
    private let log: String
    /// A compiler that outlives its dbuild has it, too: it goes on to write where the next one would.
    private let lock: FileLock

    typealias Failure = CompiledRules.Failure

    struct Outcome {
        let compilerVersion: [UInt8]
        /// Nil where the compiler or the linker refused.
        let code: Result<CodeFingerprints, Failure>?
    }

    /// - Parameters:
    ///   - place: a directory for the program and for what the compiler says, relative to the workspace.
    ///   - lock: one compilation at a time.
    init(
        _ ingredients: RulesIngredients, _ toolchain: Toolchain, _ workspace: Workspace, _ disk: any Disk, place: Path,
        holding lock: FileLock
    ) throws(DiskError) {
        (self.toolchain, self.workspace, self.lock) = (toolchain, workspace, lock)
        objects = try RulesObjects(ingredients, toolchain, workspace, disk)
        sources = ingredients.sources.map { workspace.rulesDirectory + "/" + $0.name }
        program = workspace.root + "/\(place)/rules.new"
        log = workspace.root + "/\(place)/compiler.log"
    }

    func run() throws -> Outcome {
        // What does not wait for the compiler goes on beside it, and beside the linker.
        let (first, asked) = atOnce {
            Result { try compile(isFresh: false) }
        } _: { [toolchain] in
            Result {
                try CompiledRules.output(of: toolchain.compiler, ["--version"], environment: toolchain.environment)
            }
        }
        let compiled = try first.get()
        let version = try asked.get()
        var code = try compiled.isMade ? link(version) : nil
        if compiled.isOfKept, !compiled.isRefused, (try? code?.get()) == nil {
            // Objects that do not fit together, or a compiler that dies of its own record: not the sources' fault.
            code = try compile(isFresh: true).isMade ? link(version) : nil
        }
        return Outcome(compilerVersion: version, code: code)
    }

    /// What is wrong with the sources, in the compiler's words: of all files together, where it can be seen without
    /// compiling them, since each of those that are compiled says of others what they say, too.
    func said() throws -> [UInt8] {
        let said = try words()
        let checked = try run(
            toolchain.editorArguments(
                sources: sources, moduleName: workspace.moduleName,
                systemModules: workspace.root + "/\(SystemModules.directory)")
                + ["-module-cache-path", workspace.moduleCache, "-wmo", "-typecheck"])
        return checked == .exited(1) ? try words() : said
    }

    private func words() throws -> [UInt8] { try readFile(log + ".err") + readFile(log) }

    private struct Compiled {
        let ending: ChildProcess.Ending
        let isOfKept: Bool
        var isMade: Bool { ending == .exited(0) }
        /// It has found something wrong with the sources.
        var isRefused: Bool { ending == .exited(1) }
    }

    private func compile(isFresh: Bool) throws -> Compiled {
        let isOfKept = try objects.prepare(isFresh: isFresh)
        let ending = try run(
            toolchain.arguments(
                sources: sources, moduleName: workspace.moduleName, moduleCache: workspace.moduleCache,
                objects: objects.arguments)
                + SystemModules.options(in: "\(SystemModules.directory)"))
        return Compiled(ending: ending, isOfKept: isOfKept)
    }

    /// - Returns: nil where the linker refused.
    private func link(_ compilerVersion: [UInt8]) throws -> Result<CodeFingerprints, Failure>? {
        let (linked, code) = atOnce {
            Result { try run(linking()) }
        } _: { [paths = objects.paths, archive = toolchain.archive] in
            Result { () throws(Failure) in try Self.fingerprints(paths, compilerVersion, archive: archive) }
        }
        return try linked.get() == .exited(0) ? code : nil
    }

    private func run(_ arguments: [String]) throws -> ChildProcess.Ending {
        try ChildProcess(
            toolchain.compiler, arguments, environment: toolchain.environment, hasOwnGroup: false, input: .null,
            output: .file(log),
            error: .file(log + ".err"), holding: lock
        ).reap()
    }

    private func linking() throws(Failure) -> [String] {
        do throws(ELFError) {
            return try toolchain.arguments(objects: objects.paths, output: program)
        } catch { throw .library(error, path: toolchain.archive) }
    }

    private static func fingerprints(
        _ objects: [String], _ compilerVersion: [UInt8], archive: String
    ) throws(Failure) -> CodeFingerprints {
        var rules: [[UInt8]] = []
        for object in objects { rules.append(try read(object)) }
        let library = try read(archive)
        do throws(ELFError) {
            return try CodeFingerprints(rules: rules, archive: library, compilerVersion: compilerVersion)
        } catch {
            guard error == .unsupported else { throw .library(error, path: archive) }
            return CodeFingerprints(unknown: rules + [library], compilerVersion: compilerVersion)
        }
    }

    private static func read(_ path: String) throws(Failure) -> [UInt8] {
        guard let bytes = try? readFile(path) else { throw .library(.notAnArchive, path: path) }
        return bytes
    }
}
