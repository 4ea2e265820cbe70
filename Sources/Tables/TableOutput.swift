/// A file to which tables are appended, made by `ParquetWriter.open` or `CSVWriter.open`.
///
///     let output = try ParquetWriter().open(schema, at: "flights.parquet")
///     while let flights = try chunks.next() {
///         try output.append(flights.filtered(where: [.equals("dest", "LAX")]))
///     }
///     try output.close()
///
/// The file has its name when it is closed, whole; an output that is not closed leaves nothing.
/// Equal rows give equal bytes, however they are cut into tables.
public final class TableOutput {
    public let schema: Schema
    /// Rows appended so far.
    public private(set) var rowCount = 0

    private let path: String
    private let file: OutputFile
    private var encoder: any TableEncoder
    private var state = State.open

    private enum State { case open, closed, failed }

    init(_ encoder: some TableEncoder, _ schema: Schema, at path: String) throws(TableError) {
        self.schema = schema
        self.path = path
        self.encoder = encoder
        do throws(TableError) {
            file = try OutputFile(path)
            try self.encoder.begin { [file] (bytes) throws(TableError) in try file.append(bytes) }
        } catch {
            throw error.adding(file: path)
        }
    }

    /// Appends the table's rows.
    ///
    /// - Parameter table: with the columns of the schema, in its order.
    /// - Throws: `columnCount`, `wrongColumn`, `wrongType`, `unexpectedNull`; `io`, `longString`. After an error,
    ///   nothing more can be appended, and the file cannot be closed: it would lack rows.
    public func append(_ table: Table) throws(TableError) {
        try attempt { () throws(TableError) in
            let table = try table.conforming(to: schema)
            try encoder.append(table) { [file] (bytes) throws(TableError) in try file.append(bytes) }
            rowCount += table.rowCount
        }
    }

    /// Writes what is left and gives the file its name.
    ///
    /// - Throws: `io`, `longString`; `notOpen` where it has been closed, or has failed.
    public func close() throws(TableError) {
        try attempt { () throws(TableError) in
            try encoder.finish { [file] (bytes) throws(TableError) in try file.append(bytes) }
            try file.close()
        }
        state = .closed
    }

    /// The most rows that were waiting to be written.
    package var peakRows: Int { encoder.peakRows }

    private func attempt(_ body: () throws(TableError) -> Void) throws(TableError) {
        guard state == .open else { throw TableError(.notOpen, file: path) }
        do throws(TableError) {
            try body()
        } catch {
            state = .failed
            throw error.adding(file: path)
        }
    }
}

/// Turns tables into the bytes of a file, part by part.
protocol TableEncoder {
    typealias Sink = ([UInt8]) throws(TableError) -> Void

    mutating func begin(_ sink: Sink) throws(TableError)
    /// - Parameter table: has the schema's columns.
    mutating func append(_ table: Table, _ sink: Sink) throws(TableError)
    mutating func finish(_ sink: Sink) throws(TableError)
    /// The most rows that were held back.
    var peakRows: Int { get }
}

extension TableEncoder {
    /// The bytes of the file of one table.
    mutating func encode(_ table: Table) throws(TableError) -> [UInt8] {
        var bytes: [UInt8] = []
        try begin { (part) throws(TableError) in bytes.append(contentsOf: part) }
        try append(table) { (part) throws(TableError) in bytes.append(contentsOf: part) }
        try finish { (part) throws(TableError) in bytes.append(contentsOf: part) }
        return bytes
    }
}
