import Tables

extension Table {
    /// The rows in which a column has a value.
    func having(_ name: String) throws(TableError) -> Table {
        guard let isPresent = try column(name).validity.isPresent else { return self }
        return try filtered(by: isPresent)
    }

    /// The numbers of a column of whatever number type.
    ///
    /// - Throws: `wrongType`, `noColumn`; `unexpectedNull` with column and row.
    func numbers(_ name: String) throws(TableError) -> [Double] {
        try requireNoNulls(in: [name])
        switch try column(name) {
        case .int32(let values): return values.storage.map(Double.init)
        case .int64(let values): return values.storage.map(Double.init)
        case .double(let values): return values.storage
        case let other: throw TableError(.wrongType(expected: .double, found: other.type), column: name)
        }
    }
}
