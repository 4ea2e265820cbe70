public import Tables

/// The keys of some rows, a column each.
public struct BaselineKeys: Sendable {
    public let rowCount: Int
    let columns: [String: [Int32]]

    /// - Parameter columns: of `rowCount` values each.
    public init(_ columns: [String: [Int32]], rowCount: Int) {
        precondition(columns.values.allSatisfy { $0.count == rowCount })
        self.columns = columns
        self.rowCount = rowCount
    }

    /// - Throws: `TableError` where a key is no int32 column, or has no value in some row.
    public init(_ names: [String], of table: Table) throws(TableError) {
        var columns: [String: [Int32]] = [:]
        for name in names {
            let column = try table.int32(name)
            if let row = column.validity.isPresent?.firstIndex(of: false) {
                throw TableError(.unexpectedNull, column: name, place: .row(row))
            }
            columns[name] = column.storage
        }
        self.init(columns, rowCount: table.rowCount)
    }

    func selecting(_ rows: [Int]) -> BaselineKeys {
        BaselineKeys(columns.mapValues { column in rows.map { column[$0] } }, rowCount: rows.count)
    }

    /// The values of `names` in one row.
    func values(of names: [String], row: Int) throws(ForecastingError) -> [Int32] {
        var values: [Int32] = []
        for name in names {
            guard let column = columns[name] else { throw .noKey(name, available: columns.keys.sorted()) }
            values.append(column[row])
        }
        return values
    }
}
