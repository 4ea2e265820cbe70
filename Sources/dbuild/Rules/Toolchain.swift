/// What rules are compiled with: the Swift compiler, and the modules that dbuild was installed with.
struct Toolchain: Sendable {
    /// Absolute.
    let compiler: String
    /// A directory of `.swiftmodule` files.
    let modules: String
    let archive: String
    /// What the compiler is started with.
    let environment: [String]

    enum Failure: Error, Hashable {
        case noCompiler
        case noModules(searched: [String])
    }

    /// - Parameters:
    ///   - programDirectory: where the running program lies.
    ///   - note: a file that says which compiler was used last: cron's PATH seldom holds it. Nil: none was.
    init(programDirectory: String, note: String?) throws(Failure) {
        let candidates = Self.candidates
        let last = note.flatMap { try? readFile($0) }.map { String(decoding: $0, as: UTF8.self) }
        guard let compiler = (candidates + [last].compactMap { $0 }).first(where: { isExecutableFile($0) }) else {
            throw .noCompiler
        }
        self.compiler = compiler
        environment = ChildProcess.inheritedEnvironment + Self.tools(beside: compiler)
        // Installed: PREFIX/bin and PREFIX/lib/dbuild. As built: beside one another.
        guard let place = Self.libraryPlace(programDirectory: programDirectory) else {
            throw .noModules(searched: Self.libraryPlaces(programDirectory: programDirectory))
        }
        modules = (resolved(place) ?? place) + "/Modules"
        archive = (resolved(place) ?? place) + "/libDbuildRules.a"
    }

    /// Where the modules and the archive are found first.
    static func libraryPlace(programDirectory: String) -> String? {
        libraryPlaces(programDirectory: programDirectory).first { place in
            fileExists(place + "/libDbuildRules.a") && fileExists(place + "/Modules")
        }
    }

    private static var candidates: [String] {
        let path = Machine.variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
        return path.split(separator: ":").map { String($0) + "/swiftc" }
    }

    /// Where a compiler was looked for until this one was found.
    static func places(for compiler: String) -> [String] {
        candidates.prefix { $0 != compiler } + [compiler]
    }

    /// Where the modules and the archive may lie, the first one first.
    static func libraryPlaces(programDirectory: String) -> [String] {
        [programDirectory + "/../lib/dbuild", programDirectory]
    }

    /// Says where the compiler's own parts lie. It looks for a program of that name in the current directory first, and
    /// would run a `clang` that lies in the workspace *(measured on 6.3.1)*.
    private static func tools(beside compiler: String) -> [String] {
        guard let compiler = resolved(compiler), let slash = compiler.lastIndex(of: "/") else { return [] }
        return ["swift-frontend", "clang", "swift-autolink-extract"].compactMap { tool in
            let path = compiler[...slash] + tool
            let name = "SWIFT_DRIVER_" + String(tool.uppercased().map { $0 == "-" ? "_" : $0 }) + "_EXEC"
            return isExecutableFile(String(path)) && Machine.variable(name) == nil ? "\(name)=\(path)" : nil
        }
    }

    /// What makes the objects, which the compiler only starts.
    var frontends: [String] {
        let name = "SWIFT_DRIVER_SWIFT_FRONTEND_EXEC="
        return environment.filter { $0.hasPrefix(name) }.map { String($0.dropFirst(name.count)) }
    }

    /// Variables that tell the compiler where headers lie, with their values, sorted.
    var searchVariables: [String] {
        environment.filter { variable in
            ["CPATH=", "C_INCLUDE_PATH=", "SDKROOT="].contains { variable.hasPrefix($0) }
        }.sorted()
    }

    /// How rules are read, by the compiler and by editors.
    private static let language = ["-swift-version", "6", "-parse-as-library"]

    /// Optimised: recipes go through millions of rows. A section for each function, arguments of one width and no
    /// functions merged: the code fingerprint then sees each of them, whatever the others are.
    static let options =
        language + [
            "-O", "-Xfrontend", "-function-sections", "-Xllvm", "-no-x86-call-frame-opt", "-Xllvm",
            "-swiftmergefunc-threshold=0", "-Xfrontend", "-disable-llvm-merge-functions-pass",
        ]

    /// Compiles the rules.
    ///
    /// - Parameter objects: where to.
    func arguments(sources: [String], moduleName: String, moduleCache: String, objects: [String]) -> [String] {
        Self.options + ["-module-cache-path", moduleCache, "-module-name", moduleName, "-I", modules] + sources
            + ["-c"] + objects
    }

    /// How the rules are read; nothing of the code that is made of them.
    ///
    /// - Parameters:
    ///   - sources: absolute paths.
    ///   - systemModules: where the module maps lie, absolute.
    func editorArguments(sources: [String], moduleName: String, systemModules: String) -> [String] {
        Self.language + ["-module-name", moduleName, "-I", modules] + SystemModules.options(in: systemModules) + sources
    }

    /// Links it.
    ///
    /// A linker takes from an archive what somebody refers to, and nobody refers to a conformance: Swift finds it while
    /// the program runs. One in a file without anything else, as the words of an error, would be missing. So each is
    /// asked for by name.
    func arguments(objects: [String], output: String) throws(ELFError) -> [String] {
        guard let bytes = try? readFile(archive) else { throw .notAnArchive }
        let conformances = try StaticArchive.symbols(bytes).filter { $0.hasPrefix("$s") && $0.hasSuffix("Mc") }
        // The archive as a file: then the compiler takes from it which libraries its objects need.
        return objects + [archive, "-o", output] + conformances.flatMap { ["-Xlinker", "--undefined=\($0)"] }
    }
}
