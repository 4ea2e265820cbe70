private import Foundation
private import Tables

/// What `convert` and `sum` do: files of any length, chunk by chunk.
enum Streaming {
    /// The tables of a file, CSV unless its name ends in `.parquet`.
    ///
    /// - Parameter columns: of a CSV text, `name:type` each, with a `?` where it may be null.
    /// - Throws: `TableError`; `Usage` for columns that are none.
    private static func chunks(_ path: String, _ columns: ArraySlice<String>) throws -> TableChunks {
        if path.hasSuffix(".parquet") {
            let file = try ParquetFile(path)
            for column in file.schema.skipped { say("skipped \(column)") }
            return try file.chunks(columns: columns.isEmpty ? nil : Array(columns))
        }
        return try CSVReader(try Schema(try columns.map(field))).chunks(path)
    }

    private static func field(_ text: String) throws -> Field {
        let parts = text.split(separator: ":")
        let isNullable = text.hasSuffix("?")
        guard parts.count == 2, let type = ColumnType(rawValue: String(isNullable ? parts[1].dropLast() : parts[1]))
        else { throw Usage() }
        return Field(String(parts[0]), type, nullable: isNullable)
    }

    /// Writes the rows of one file as another; prints how many there are and what memory that took.
    static func convert(_ source: String, to target: String, _ columns: ArraySlice<String>) throws {
        var chunks = try chunks(source, columns)
        let isParquet = target.hasSuffix(".parquet")
        let output =
            try isParquet
            ? ParquetWriter().open(chunks.schema, at: target) : CSVWriter().open(chunks.schema, at: target)
        while let table = try chunks.next() { try output.append(table) }
        try output.close()
        print("\(output.rowCount) rows, peak \(try peakMemoryBytes()) bytes")
    }

    /// Prints the sum of an int64 column, how many rows there are, and what memory that took.
    static func sum(_ name: String, of source: String, _ columns: ArraySlice<String>) throws {
        var (rows, sum) = (0, Int64(0))
        var chunks = try chunks(source, columns)
        while let table = try chunks.next() {
            rows += table.rowCount
            for value in try table.int64(name) { sum &+= value ?? 0 }
        }
        print("\(rows) rows, sum \(sum), peak \(try peakMemoryBytes()) bytes")
    }

    /// The most memory that this process had resident. Source: proc(5), VmHWM.
    static func peakMemoryBytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
            if let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) {
                return kilobytes << 10
            }
        }
        throw CocoaError(.fileReadCorruptFile)
    }

    private static func say(_ message: String) {
        FileHandle.standardError.write(Data((message + "\n").utf8))
    }
}

/// The command line is not one of those that are described.
struct Usage: Error {}
