/// What rules are compiled with: the Swift compiler, and the modules that dbuild was installed with.
struct Toolchain: Sendable {
    /// Absolute.
    let compiler: String
    /// A directory of `.swiftmodule` files.
    let modules: String
    let archive: String

    enum Failure: Error, Hashable {
        case noCompiler
        case noModules(searched: [String])
    }

    /// - Parameters:
    ///   - programDirectory: where the running program lies.
    ///   - note: a file that says which compiler was used last: cron's PATH seldom holds it.
    init(programDirectory: String, note: String) throws(Failure) {
        let path = Machine.variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
        let candidates = path.split(separator: ":").map { String($0) + "/swiftc" }
        let last = (try? readFile(note)).map { String(decoding: $0, as: UTF8.self) }
        guard let compiler = (candidates + [last].compactMap { $0 }).first(where: { isExecutableFile($0) }) else {
            throw .noCompiler
        }
        self.compiler = compiler
        // Installed: PREFIX/bin and PREFIX/lib/dbuild. As built: beside one another.
        let places = [programDirectory + "/../lib/dbuild", programDirectory]
        for place in places where fileExists(place + "/libDbuildRules.a") && fileExists(place + "/Modules") {
            modules = (resolved(place) ?? place) + "/Modules"
            archive = (resolved(place) ?? place) + "/libDbuildRules.a"
            return
        }
        throw .noModules(searched: places)
    }

    /// Optimised: recipes go through millions of rows. A section for each function, arguments of one width and no
    /// functions merged: the code fingerprint then sees each of them, whatever the others are.
    static let options = [
        "-swift-version", "6", "-parse-as-library", "-wmo", "-O", "-Xfrontend", "-function-sections", "-Xllvm",
        "-no-x86-call-frame-opt", "-Xllvm", "-swiftmergefunc-threshold=0", "-Xfrontend",
        "-disable-llvm-merge-functions-pass",
    ]

    /// Compiles the rules to one object.
    func arguments(sources: [String], moduleName: String, moduleCache: String, object: String) -> [String] {
        Self.options + ["-module-cache-path", moduleCache, "-module-name", moduleName, "-I", modules] + sources
            + ["-c", "-o", object]
    }

    /// Links it.
    func arguments(object: String, output: String) -> [String] {
        // The archive as a file: then the compiler takes from it which libraries its objects need.
        [object, archive, "-o", output]
    }
}
