import Foundation
import Testing

@testable import Tables

/// The module against other libraries and against damage, each in processes of its own.
@Suite(.serialized) struct OutsideTests {
    @Test(
        "pyarrow, DuckDB and Polars read what is written here, and what they write is read here",
        .enabled(
            if: Settings.python.program != nil,
            "no python3 with pyarrow, duckdb and polars: make one with Scripts/tables-python and name it in DBUILD_TABLES_PYTHON"
        ))
    func libraries() throws {
        let python = try #require(Settings.python.program)
        let tool = try Program.tablesTool().path
        let result = try python.run([Settings.script, "check", tool] + (Settings.isLong ? ["--long"] : []))
        #expect(result.exitCode == 0, "\(result.output)")
        let last = result.output.split(separator: "\n").last.map(String.init) ?? ""
        #expect(last.hasSuffix("checks passed"), "\(result.output)")
        print("tables-check: \(last)")
    }

    @Test("Damaged files give a table or an error, never a crash")
    func damage() throws {
        try withTemporaryDirectory { directory in
            for (index, writer) in ParquetTests.writers.enumerated() {
                try writer.write(
                    try randomTable(rows: 60, seed: UInt64(index)), to: "\(directory)/own \(index).parquet")
            }
            if Settings.isLong, let python = Settings.python.program {
                let written = try python.run([Settings.script, "write", directory])
                try #require(written.exitCode == 0, "\(written.output)")
            }
            let files = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
            let copies = Settings.isLong ? 20_000 : 500
            print("fuzz: seed \(Settings.seed)")
            let result = try Program.tablesTool().run(
                ["fuzz", "\(Settings.seed)", "\(copies)"] + files.map { "\(directory)/\($0)" })
            #expect(result.exitCode == 0, "seed \(Settings.seed): \(result.output)")
            print("fuzz: \(result.output.split(separator: "\n").last ?? "")")
        }
    }
}
