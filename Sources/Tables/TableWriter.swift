/// Writes tables as files of one format.
public protocol TableWriter {
    /// A file to which tables of these columns can be appended.
    ///
    /// - Throws: `io`.
    func open(_ schema: Schema, at path: String) throws(TableError) -> TableOutput
}

extension TableWriter {
    /// Writes the table as a file, which has its name when it is whole.
    ///
    /// - Throws: `io`; of Parquet `longString` for one of more than 1 GiB.
    public func write(_ table: Table, to path: String) throws(TableError) {
        let output = try open(table.schema, at: path)
        try output.append(table)
        try output.close()
    }

    /// Writes the tables one after another, each when it has been read; the file is as that of one table.
    ///
    /// - Throws: as of one table, and what reading throws.
    public func write(_ chunks: consuming TableChunks, to path: String) throws(TableError) {
        let output = try open(chunks.schema, at: path)
        while let table = try chunks.next() { try output.append(table) }
        try output.close()
    }
}
