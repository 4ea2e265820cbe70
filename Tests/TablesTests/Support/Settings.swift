import Foundation

/// What a person may say about a run of these tests, as environment variables.
enum Settings {
    /// `DBUILD_LONG=1`: every check and many more damaged files.
    static let isLong = environment["DBUILD_LONG"] == "1"

    /// `DBUILD_SEED`: the seed of the damage; by default always the same in the short form, always another in the long.
    static let seed = environment["DBUILD_SEED"].flatMap { UInt64($0) } ?? (isLong ? .random(in: 0 ... .max) : 1)

    /// `DBUILD_TABLES_PYTHON`: a Python with pyarrow, duckdb and polars, as `Scripts/tables-python` makes one.
    static let python: Python = {
        if let path = environment["DBUILD_TABLES_PYTHON"], !path.isEmpty { return .named(Program(path: path)) }
        let env = Program(path: "/usr/bin/env")
        guard
            let found = try? env.run(["python3", "-c", "import sys, pyarrow, duckdb, polars; print(sys.executable)"]),
            found.exitCode == 0
        else { return .none }
        return .found(Program(path: found.output.trimmingCharacters(in: .whitespacesAndNewlines)))
    }()

    enum Python {
        /// Used even if it lacks the libraries: who names one wants the checks, and not their silent absence.
        case named(Program)
        case found(Program)
        case none

        var program: Program? {
            switch self {
            case .named(let program), .found(let program): program
            case .none: nil
            }
        }
    }

    /// The script that checks the module from outside.
    static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Scripts/tables-check.py").path()

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }
}
