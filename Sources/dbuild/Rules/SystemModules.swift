import Artifact

/// Module maps of the C libraries below `Rules`, `Tables` and `Forecasting`: whoever imports a Swift module needs those
/// of what it imports itself, although rules never see them. They say what the package's own `Sources/C…` say, without
/// the functions that only the package calls.
enum SystemModules {
    static let all: [(name: String, header: String, libraries: [String])] = [
        ("CXXHash", "#include <xxhash.h>\n", ["xxhash"]), ("CZstd", "#include <zstd.h>\n", ["zstd"]),
        ("CZlib", "#include <zlib.h>\n", ["z"]),
        ("CXGBoost", openMP + "#include <xgboost/c_api.h>\n", ["xgboost", "gomp"]),
    ]

    private static let openMP = """
        // Of <omp.h>, which only the compiler has; OpenMP 4.5, section 3.2.1: threads that the calling thread may start.
        void omp_set_num_threads(int count);

        """

    static func moduleMap(_ name: String, libraries: [String]) -> String {
        let links = libraries.map { "    link \"\($0)\"\n" }.joined()
        return "module \(name) [system] {\n    header \"\(name).h\"\n\(links)    export *\n}\n"
    }

    /// Where their headers lie. A package that brings others changes the directory, and leaves times of before.
    static let headers = [
        "/usr/include", "/usr/include/aarch64-linux-gnu", "/usr/include/x86_64-linux-gnu", "/usr/include/xgboost",
    ]

    /// Where they lie, relative to the workspace.
    static let directory = Path(".dbuild/rules/system")

    /// Writes them, where they do not lie there already.
    ///
    /// - Parameter directory: relative to the workspace.
    static func write(to directory: Path = Self.directory, _ disk: any Disk) throws(DiskError) {
        for module in all {
            let place = directory / Path(module.name)
            try disk.makeDirectory(place)
            try write(module.header, to: place / Path(module.name + ".h"), disk)
            try write(moduleMap(module.name, libraries: module.libraries), to: place / "module.modulemap", disk)
        }
    }

    /// By their paths below that directory.
    static var files: [String] { all.flatMap { ["\($0.name)/\($0.name).h", "\($0.name)/module.modulemap"] } }

    private static func write(_ text: String, to path: Path, _ disk: any Disk) throws(DiskError) {
        let bytes = Array(text.utf8)
        if try disk.stamp(path, followsLink: false)?.type == .file, try disk.read(path) == bytes { return }
        try disk.write(bytes, to: path)
    }

    /// Options for the compiler.
    ///
    /// - Parameter directory: where they were written, as the compiler finds it.
    static func options(in directory: String) -> [String] {
        all.flatMap { ["-Xcc", "-fmodule-map-file=\(directory)/\($0.name)/module.modulemap"] }
    }
}
