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
            // The limits of the fuzzer are 4 to 8 MiB: more than this would be memory that damage has claimed.
            let peak = try #require(Self.peakBytes(result.output))
            #expect(peak < 100_000_000, "seed \(Settings.seed): \(result.output)")
        }
    }

    @Test("A long text becomes Parquet, and is summed, in the memory of a chunk")
    func memory() throws {
        try withTemporaryDirectory { directory in
            let (source, target) = ("\(directory)/t.csv", "\(directory)/t.parquet")
            let line = "12345,\"some text that is all the same\",0.125,2013-07-08,\n"
            let block = Data(String(repeating: line, count: 10_000).utf8)
            let blocks = Settings.isLong ? 400 : 40
            try Data("n,s,x,day,maybe\n".utf8).write(to: URL(filePath: source))
            let handle = try FileHandle(forWritingTo: URL(filePath: source))
            try handle.seekToEnd()
            for _ in 0 ..< blocks { try handle.write(contentsOf: block) }
            try handle.close()
            let columns = ["n:int64", "s:string", "x:double", "day:date", "maybe:int64?"]
            let converted = try Program.tablesTool().run(["convert", source, target] + columns)
            #expect(converted.output.hasPrefix("\(blocks * 10_000) rows, "), "\(converted.output)")
            let summed = try Program.tablesTool().run(["sum", "n", target])
            #expect(
                summed.output.hasPrefix("\(blocks * 10_000) rows, sum \(blocks * 10_000 * 12345), "), "\(summed.output)"
            )
            for result in [converted, summed] {
                #expect(try #require(Self.peakBytes(result.output)) < 64_000_000, "\(result.output)")
            }
        }
    }

    /// What the tool says last of its memory.
    private static func peakBytes(_ output: String) -> Int? {
        output.split(separator: " ").dropLast().last.flatMap { Int($0) }
    }
}
