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

    typealias Failure = CompiledRules.Failure

    struct Outcome {
        let compilerVersion: [UInt8]
        /// Nil where the compiler or the linker refused.
        let code: Result<CodeFingerprints, Failure>?
    }

    /// - Parameter place: a directory for the program and for what the compiler says, absolute.
    init(
        _ ingredients: RulesIngredients, _ toolchain: Toolchain, _ workspace: Workspace, _ disk: any Disk, place: String
    ) throws(DiskError) {
        (self.toolchain, self.workspace) = (toolchain, workspace)
        objects = try RulesObjects(ingredients, workspace, disk)
        sources = ingredients.sources.map { workspace.rulesDirectory + "/" + $0.name }
        program = place + "/rules.new"
        log = place + "/compiler.log"
    }

    func run() throws -> Outcome {
        // What does not wait for the compiler goes on beside it, and beside the linker.
        let (first, asked) = atOnce {
            Result { try compile(isFresh: false) }
        } _: { [toolchain] in
            Result { try Self.output(of: toolchain.compiler, ["--version"], environment: toolchain.environment) }
        }
        let compiled = try first.get()
        let version = try asked.get()
        guard compiled.isMade else { return Outcome(compilerVersion: version, code: nil) }
        var code = try link(version)
        if compiled.isOfKept, (try? code?.get()) == nil {
            // Objects that do not fit together are not the sources' fault.
            code = try compile(isFresh: true).isMade ? link(version) : nil
        }
        return Outcome(compilerVersion: version, code: code)
    }

    /// What compiler and linker have said.
    func said() throws -> [UInt8] { try readFile(log + ".err") + readFile(log) }

    private func compile(isFresh: Bool) throws -> (isMade: Bool, isOfKept: Bool) {
        let isOfKept = try objects.prepare(isFresh: isFresh)
        let ending = try run(
            toolchain.arguments(
                sources: sources, moduleName: workspace.moduleName,
                moduleCache: workspace.state("rules/" + Self.moduleCacheName(workspace)), objects: objects.arguments)
                + SystemModules.options(in: "\(SystemModules.directory)"))
        return (ending == .exited(0), isOfKept)
    }

    /// - Returns: nil where the linker refused.
    private func link(_ compilerVersion: [UInt8]) throws -> Result<CodeFingerprints, Failure>? {
        let (linked, code) = atOnce {
            Result { try run(linking()) }
        } _: { [paths = objects.paths, archive = toolchain.archive] in
            Self.fingerprints(paths, compilerVersion, archive: archive)
        }
        return try linked.get() == .exited(0) ? code : nil
    }

    private func run(_ arguments: [String]) throws -> ChildProcess.Ending {
        try ChildProcess(
            toolchain.compiler, arguments, environment: toolchain.environment, hasOwnGroup: false, input: .null,
            output: .file(log),
            error: .file(log + ".err")
        ).reap()
    }

    private func linking() throws(Failure) -> [String] {
        do throws(ELFError) {
            return try toolchain.arguments(objects: objects.paths, output: program)
        } catch { throw .library(error, path: toolchain.archive) }
    }

    private static func fingerprints(
        _ objects: [String], _ compilerVersion: [UInt8], archive: String
    ) -> Result<CodeFingerprints, Failure> {
        do throws(ELFError) {
            var rules: [[UInt8]] = []
            for object in objects { rules.append(try readLibrary(object)) }
            let library = try readLibrary(archive)
            do throws(ELFError) {
                return .success(try CodeFingerprints(rules: rules, archive: library, compilerVersion: compilerVersion))
            } catch {
                guard error == .unsupported else { throw error }
                return .success(CodeFingerprints(unknown: rules + [library], compilerVersion: compilerVersion))
            }
        } catch { return .failure(.library(error, path: archive)) }
    }

    private static func readLibrary(_ path: String) throws(ELFError) -> [UInt8] {
        guard let bytes = try? readFile(path) else { throw .notAnArchive }
        return bytes
    }

    /// By the workspace's place: what the compiler keeps there cannot be used after a move.
    static func moduleCacheName(_ workspace: Workspace) -> String {
        "modules-\(XXH3.digest(Array(workspace.root.utf8)))"
    }

    static func output(of program: String, _ arguments: [String], environment: [String]? = nil) throws -> [UInt8] {
        let child = try ChildProcess(program, arguments, environment: environment, input: .null, output: .pipe)
        let bytes = child.readOutput()
        let ending = child.wait()
        guard ending == .exited(0) else {
            throw Failure.crashed(ending, step: ([program] + arguments).joined(separator: " "))
        }
        return bytes
    }
}
