package import Tables

/// The features of a table, row by row, as a model takes them.
///
/// Every bool, int32, int64 and double column is a feature, but for the target; date, timestamp and string columns
/// say which row it is and are no features. A table made for training and one made for forecasting thus have the
/// same features where they have the same such columns.
package struct FeatureMatrix: Sendable {
    package let names: [String]
    package let rowCount: Int
    /// `rowCount` x `names.count`, row-major; NaN where there is no value.
    package let values: [Float]

    package init(names: [String], rowCount: Int, values: [Float]) {
        precondition(values.count == names.count * rowCount)
        self.names = names
        self.rowCount = rowCount
        self.values = values
    }

    /// - Parameter target: the column to be learned, which need not be there.
    package init(_ table: Table, target: String? = nil) {
        var names: [String] = []
        var columns: [[Float]] = []
        for (field, column) in zip(table.schema.fields, table.columns) where field.name != target {
            guard let numbers = column.numbers else { continue }
            names.append(field.name)
            columns.append(numbers)
        }
        var values: [Float] = []
        values.reserveCapacity(names.count * table.rowCount)
        for row in 0 ..< table.rowCount {
            for column in columns { values.append(column[row]) }
        }
        self.init(names: names, rowCount: table.rowCount, values: values)
    }

    /// Some of the rows, in the order given.
    package func selecting(_ rows: [Int]) -> FeatureMatrix {
        var chosen: [Float] = []
        chosen.reserveCapacity(rows.count * names.count)
        for row in rows { chosen += values[row * names.count ..< (row + 1) * names.count] }
        return FeatureMatrix(names: names, rowCount: rows.count, values: chosen)
    }
}

extension Column {
    /// The values as a model takes them, NaN for a null; nil for a type that is no number.
    fileprivate var numbers: [Float]? {
        switch self {
        case .bool(let values): values.map { $0.map { $0 ? 1 : 0 } ?? .nan }
        case .int32(let values): values.map { $0.map(Float.init) ?? .nan }
        case .int64(let values): values.map { $0.map(Float.init) ?? .nan }
        case .double(let values): values.map { $0.map(Float.init) ?? .nan }
        case .string, .date, .timestamp: nil
        }
    }
}
