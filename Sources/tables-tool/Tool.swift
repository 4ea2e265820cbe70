private import Foundation
private import Tables

/// Copies, converts and damages table files, so that `Scripts/tables-check.py` and the tests can judge the module from
/// outside.
@main struct Tool {
    static func main() {
        do {
            try run(CommandLine.arguments.dropFirst())
        } catch is Usage {
            fail(usage, code: 64)
        } catch {
            fail("error: \(error)", code: 1)
        }
    }

    private static let usage = """
        usage: tables-tool copy IN OUT [none|zstd:LEVEL] [ROWS] [nodict]
               tables-tool columns PARQUET
               tables-tool convert IN OUT [COLUMN…]
               tables-tool sum NAME IN [COLUMN…]
               tables-tool fuzz SEED TIMES PARQUET…

        IN and OUT of convert and sum are Parquet or CSV by their names; a COLUMN of a CSV is NAME:TYPE, with a ? if it
        may be null, and of a Parquet file its NAME.
        """

    private static func run(_ arguments: ArraySlice<String>) throws {
        let words = Array(arguments)
        switch words.first {
        case "copy" where words.count >= 3: try copy(words[1], to: words[2], words[3...])
        case "columns" where words.count == 2: try columns(words[1])
        case "convert" where words.count >= 3: try Streaming.convert(words[1], to: words[2], words[3...])
        case "sum" where words.count >= 3: try Streaming.sum(words[1], of: words[2], words[3...])
        case "fuzz" where words.count >= 4:
            guard let seed = UInt64(words[1]), let times = Int(words[2]) else { throw Usage() }
            try fuzz(words[3...], seed: seed, times: times)
        default: throw Usage()
        }
    }

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
                throw Usage()
            }
        }
        let table = try ParquetFile(source).read()
        try writer.write(table, to: target)
        print(table.valueFingerprint())
    }

    /// Prints the columns that can be read, then those that are skipped.
    private static func columns(_ path: String) throws {
        let schema = try ParquetFile(path).schema
        for field in schema.fields { print("\(field.name): \(field.type)\(field.isNullable ? "?" : "")") }
        for column in schema.skipped { print("skipped \(column)") }
    }

    /// Reads damaged copies of each file; prints what came of them, and the sum last.
    private static func fuzz(_ paths: ArraySlice<String>, seed: UInt64, times: Int) throws {
        var total = Fuzz.Outcome()
        for path in paths {
            var fuzz = Fuzz(seed: seed)
            let outcome = try fuzz.run([UInt8](try Data(contentsOf: URL(filePath: path))), times: times)
            print("\(path): \(outcome)")
            total += outcome
        }
        print("seed \(seed), \(paths.count) files, \(total), peak \(try Streaming.peakMemoryBytes()) bytes")
    }
}
