/// Tables made of rows and columns of other tables.
extension Table {
    /// The table with these columns only, in this order.
    ///
    /// - Throws: `noColumn`, with the names there are.
    public func selecting(_ names: [String]) throws(TableError) -> Table {
        let chosen = try schema.selecting(names)
        var columns: [Column] = []
        for name in names { columns.append(try column(name)) }
        return try Table(chosen, columns, rowCount: rowCount)
    }

    /// The rows of these numbers, counted from 0, in this order; a row may be named several times.
    ///
    /// - Throws: `noRow` for a number that no row has.
    public func selecting(rows: [Int]) throws(TableError) -> Table {
        for row in rows where row < 0 || row >= rowCount { throw TableError(.noRow(row, rowCount: rowCount)) }
        return try Table(schema, columns.map { $0.selecting(rows) }, rowCount: rows.count)
    }

    /// The rows whose flag is set.
    ///
    /// - Parameter keep: one flag per row.
    /// - Throws: `rowCount` for another number of flags.
    public func filtered(by keep: [Bool]) throws(TableError) -> Table {
        guard keep.count == rowCount else { throw TableError(.rowCount(expected: rowCount, found: keep.count)) }
        return try selecting(rows: keep.indices.filter { keep[$0] })
    }

    /// The rows that pass every predicate.
    ///
    /// - Throws: `noColumn`, or `wrongType` for a bound that is not of its column's type.
    public func filtered(where predicates: [Predicate]) throws(TableError) -> Table {
        var keep = [Bool](repeating: true, count: rowCount)
        for predicate in predicates {
            let tested = try column(predicate.column)
            try predicate.check(against: schema.fields[try schema.require(predicate.column)])
            predicate.apply(to: tested, &keep)
        }
        return try filtered(by: keep)
    }

    /// All rows of this table, then all of the other.
    ///
    /// - Throws: as `init(_:concatenating:)`.
    public func appending(_ other: Table) throws(TableError) -> Table {
        try Table(schema, concatenating: [self, other])
    }

    /// All rows of the tables, one table after another; none for no tables.
    ///
    /// - Parameter tables: with the columns of the schema, in its order.
    /// - Throws: `columnCount`, `wrongColumn` or `wrongType`; `unexpectedNull` where the schema allows none.
    public init(_ schema: Schema, concatenating tables: [Table]) throws(TableError) {
        for table in tables { try table.check(against: schema) }
        let columns = schema.fields.indices.map { index in
            Column(schema.fields[index].type, concatenating: tables.map { $0.columns[index] })
        }
        try self.init(schema, columns, rowCount: tables.reduce(0) { $0 + $1.rowCount })
    }

    /// The same rows under the schema, which has the same columns and may allow nulls elsewhere.
    ///
    /// - Throws: as `init(_:concatenating:)`.
    func conforming(to schema: Schema) throws(TableError) -> Table {
        if self.schema == schema { return self }
        try check(against: schema)
        return try Table(schema, columns, rowCount: rowCount)
    }

    private func check(against schema: Schema) throws(TableError) {
        guard columns.count == schema.fields.count else {
            throw TableError(.columnCount(expected: schema.fields.count, found: columns.count))
        }
        for (expected, found) in zip(schema.fields, self.schema.fields) {
            guard found.name == expected.name else {
                throw TableError(.wrongColumn(found: found.name), column: expected.name)
            }
            guard found.type == expected.type else {
                throw TableError(.wrongType(expected: expected.type, found: found.type), column: expected.name)
            }
        }
    }
}
