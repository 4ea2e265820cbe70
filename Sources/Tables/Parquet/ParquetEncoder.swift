/// Writes tables as a Parquet file, row group by row group.
struct ParquetEncoder: TableEncoder {
    private let rowGroupRows: Int
    private let schema: Schema
    private let chunks: ChunkEncoder
    private var footer = FileMetadata()
    /// Where in the file the next bytes will lie.
    private var offset = 0
    /// Tables whose rows do not yet fill a row group.
    private var waiting: [Table] = []
    private var waitingRows = 0
    private(set) var peakRows = 0

    /// Waiting tables are made one when there are as many: a table of one row takes much more memory than a row.
    private static let maximumWaiting = 256

    /// - Throws: `io` where there is no memory.
    init(_ schema: Schema, _ writer: ParquetWriter) throws(TableError) {
        self.schema = schema
        rowGroupRows = writer.rowGroupRows
        chunks = try ChunkEncoder(
            compression: writer.compression, usesDictionaries: writer.usesDictionaries,
            writesChecksums: writer.writesChecksums)
        footer.schema = SchemaElement.elements(for: schema)
        footer.keyValues = writer.metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        footer.createdBy = ParquetWriter.createdBy
    }

    mutating func begin(_ sink: Sink) throws(TableError) {
        try sink(Array(magic))
        offset = magic.count
    }

    mutating func append(_ table: Table, _ sink: Sink) throws(TableError) {
        var start = 0
        while start < table.rowCount {
            let rows = start ..< min(start + rowGroupRows - waitingRows, table.rowCount)
            if rows.count == rowGroupRows {
                // Needs no copy.
                try write(table, rows, sink)
            } else {
                waiting.append(table.slice(rows))
                waitingRows += rows.count
                peakRows = max(peakRows, waitingRows)
                if waitingRows == rowGroupRows { try writeWaiting(sink) }
                if waiting.count == Self.maximumWaiting { waiting = [try Table(schema, concatenating: waiting)] }
            }
            start = rows.upperBound
        }
    }

    mutating func finish(_ sink: Sink) throws(TableError) {
        if waitingRows > 0 { try writeWaiting(sink) }
        var tail = footer.encoded()
        tail.append(littleEndian: UInt32(tail.count))
        tail.append(contentsOf: magic)
        try sink(tail)
    }

    private mutating func writeWaiting(_ sink: Sink) throws(TableError) {
        let table = waiting.count == 1 ? waiting[0] : try Table(schema, concatenating: waiting)
        waiting = []
        waitingRows = 0
        try write(table, 0 ..< table.rowCount, sink)
    }

    private mutating func write(_ table: Table, _ rows: Range<Int>, _ sink: Sink) throws(TableError) {
        var group = RowGroup()
        group.rowCount = rows.count
        group.fileOffset = offset
        for (field, column) in zip(schema.fields, table.columns) {
            let (bytes, chunk) = try chunks.encode(column, rows, field, at: offset)
            try sink(bytes)
            offset += bytes.count
            group.totalBytes += chunk.uncompressedBytes
            group.compressedBytes += chunk.compressedBytes
            group.columns.append(chunk)
        }
        footer.rowCount += rows.count
        footer.rowGroups.append(group)
    }
}
