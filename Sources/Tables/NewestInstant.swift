internal import Calendar

/// The newest instant in a column.
package enum NewestInstant: Hashable, Sendable {
    /// No row has a value.
    case nothing
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    case at(Int64)
    /// Some value does not say in which zone it is.
    case withoutZone
    /// Neither timestamps nor text that is one.
    case noInstants

    /// Reads one column of a table file, and nothing else of it.
    ///
    /// Timestamps count if the file says that they are UTC, texts if each carries an offset; nulls and empty texts do
    /// not count. Text is never compared: the latest instant need not be the last text.
    ///
    /// - Parameters:
    ///   - path: of a Parquet file if it ends in `.parquet`, else of CSV text, gzip if it ends in `.gz`.
    /// - Throws: `TableError`, as `noColumn`.
    package init(ofColumn name: String, in path: String) throws(TableError) {
        let column: Column
        if path.hasSuffix(".parquet") {
            let file = try ParquetFile(path)
            column = try file.read(columns: [name]).column(name)
            if case .timestamp = column, file.localTimeColumns.contains(name) {
                self = .withoutZone
                return
            }
        } else {
            column = try CSVReader(try Schema([Field(name, .string, nullable: true)])).read(path).column(name)
        }
        switch column {
        case .timestamp(let values): self.init(values)
        case .string(let values): self.init(values)
        case .bool, .int32, .int64, .double, .date: self = .noInstants
        }
    }

    private init(_ values: Values<Timestamp>) {
        guard let newest = values.lazy.compactMap({ $0 }).max() else {
            self = .nothing
            return
        }
        let (nanoseconds, isTooFar) = newest.microsecondsSinceEpoch.multipliedReportingOverflow(by: 1000)
        self = isTooFar ? .noInstants : .at(nanoseconds)
    }

    private init(_ texts: Strings) {
        var newest: Int64?
        for row in texts.indices where !texts.bytes(of: row).isEmpty {
            switch WrittenInstant(texts.utf8[texts.bytes(of: row)]) {
            case .nanoseconds(let instant)?: newest = max(newest ?? instant, instant)
            case .withoutOffset?:
                self = .withoutZone
                return
            case nil:
                self = .noInstants
                return
            }
        }
        self = newest.map { .at($0) } ?? .nothing
    }
}
