/// The tables of a file too large to hold: one after another, each read when it is asked for.
///
///     var chunks = try CSVReader(schema).chunks("flights.csv")
///     while let flights = try chunks.next() { … }
///
/// The tables have the columns of `schema` and are never empty. Not copied: there is one place in a file.
public struct TableChunks: ~Copyable {
    public let schema: Schema
    // One of the two; side by side, because what changes in place cannot be the payload of an enum.
    private var csv: CSVChunks?
    private var parquet: ParquetChunks?
    /// Of a CSV text: rows per table.
    private let rows: Int
    private var failure: TableError?

    init(_ chunks: CSVChunks, rows: Int) {
        schema = chunks.schema
        csv = chunks
        self.rows = rows
    }

    init(_ chunks: ParquetChunks) {
        schema = chunks.schema
        parquet = chunks
        rows = 0
    }

    /// The next table, nil behind the last.
    ///
    /// - Throws: as reading the whole file does. After an error, it throws the same again.
    public mutating func next() throws(TableError) -> Table? {
        if let failure { throw failure }
        do throws(TableError) {
            if let table = try csv?.next(rows: rows) { return table }
            return try parquet?.next()
        } catch {
            failure = error
            throw error
        }
    }

    /// The most bytes of the file's text or pages that were held at once, tables not counted.
    package var peakBytes: Int { csv?.window.peakBytes ?? parquet?.peakBytes ?? 0 }

    /// The bytes of text or pages that have been read.
    package var readBytes: Int { csv?.window.readBytes ?? parquet?.readBytes ?? 0 }
}
