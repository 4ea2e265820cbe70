/// Reads a Parquet file from front to back, one row group at a time.
struct ParquetChunks {
    private let file: ParquetFile
    let schema: Schema
    private let predicates: [Predicate]
    /// Row groups that are still to be read.
    private var groups: ArraySlice<Int>
    /// Bytes of pages that have been read.
    private(set) var readBytes = 0
    /// The most bytes of pages that were read for one table.
    private(set) var peakBytes = 0

    init(_ file: ParquetFile, _ schema: Schema, _ predicates: [Predicate], groups: [Int]) {
        self.file = file
        self.schema = schema
        self.predicates = predicates
        self.groups = groups[...]
    }

    /// The rows of the next row group in which one passes, nil at the end.
    mutating func next() throws(TableError) -> Table? {
        while let group = groups.popFirst() {
            var bytes = 0
            defer {
                readBytes += bytes
                peakBytes = max(peakBytes, bytes)
            }
            do throws(TableError) {
                let table = try file.read(schema, predicates, groups: [group], &bytes)
                if table.rowCount > 0 { return table }
            } catch {
                throw error.adding(file: file.path)
            }
        }
        return nil
    }
}
