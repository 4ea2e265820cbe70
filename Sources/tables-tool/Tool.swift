private import Foundation
private import Tables

/// Copies and damages Parquet files, so that `Scripts/tables-check.py` and the tests can judge the module from outside.
@main struct Tool {
    static func main() {
        do {
            switch Array(CommandLine.arguments.dropFirst()).first {
            case "copy" where CommandLine.arguments.count >= 4:
                try copy(CommandLine.arguments[2], to: CommandLine.arguments[3], CommandLine.arguments.dropFirst(4))
            case "fuzz" where CommandLine.arguments.count >= 5:
                guard let seed = UInt64(CommandLine.arguments[2]), let times = Int(CommandLine.arguments[3]) else {
                    fail(usage, code: 64)
                }
                try fuzz(CommandLine.arguments.dropFirst(4), seed: seed, times: times)
            default: fail(usage, code: 64)
            }
        } catch {
            fail("error: \(error)", code: 1)
        }
    }

    private static let usage = """
        usage: tables-tool copy IN OUT [none|zstd:LEVEL] [ROWS] [nodict]
               tables-tool fuzz SEED TIMES PARQUET…
        """

    private static func fail(_ message: String, code: Int32) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(code)
    }

    /// Reads a Parquet file and writes it again; prints its value fingerprint.
    ///
    /// - Parameter options: codec, rows per row group, no dictionaries.
    private static func copy(_ source: String, to target: String, _ options: ArraySlice<String>) throws {
        var writer = ParquetWriter()
        for option in options {
            if option == "none" {
                writer.compression = .uncompressed
            } else if option.hasPrefix("zstd:"), let level = Int32(option.dropFirst(5)) {
                writer.compression = .zstd(level: level)
            } else if option == "nodict" {
                writer.usesDictionaries = false
            } else if let rows = Int(option), rows > 0 {
                writer.rowGroupRows = rows
            } else {
                fail(usage, code: 64)
            }
        }
        let table = try ParquetFile(source).read()
        try writer.write(table, to: target)
        print(table.valueFingerprint())
    }

    /// Reads damaged copies of each file; prints what came of them, and the sum last.
    private static func fuzz(_ paths: ArraySlice<String>, seed: UInt64, times: Int) throws {
        var total = Fuzz.Outcome()
        for path in paths {
            var fuzz = Fuzz(seed: seed)
            let outcome = fuzz.run([UInt8](try Data(contentsOf: URL(filePath: path))), times: times)
            print("\(path): \(outcome)")
            total += outcome
        }
        print("seed \(seed), \(paths.count) files, \(total)")
    }
}
