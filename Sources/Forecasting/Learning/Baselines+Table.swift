public import Tables

extension Baselines {
    /// One row per entry, finest level first: `level`, the keys (null where the level does not use one), the statistic
    /// under its name, `rows`.
    public func table() throws(TableError) -> Table {
        let fields =
            [Field("level", .int32)] + keys.map { Field($0, .int32, nullable: true) }
            + [Field(statistic.rawValue, .double), Field("rows", .int64)]
        var builder = TableBuilder(try Schema(fields))
        for level in levels {
            for (values, entry) in level.entries.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                let shown = keys.map { key in level.keys.firstIndex(of: key).map { Value.int32(values[$0]) } ?? .null }
                try builder.append(
                    [.int32(level.number)] + shown + [.double(entry.value), .int64(Int64(entry.rows))])
            }
        }
        return try builder.finish()
    }

    /// What `table()` gave.
    public init(_ table: Table) throws(TableError) {
        let names = table.schema.fields.map(\.name)
        let statistic = Statistic.allCases.first { names.contains($0.rawValue) } ?? .median
        let fixed = ["level", statistic.rawValue, "rows"]
        let keys = names.filter { !fixed.contains($0) }
        let (numbers, found, rows) = (
            try table.int32("level"), try table.double(statistic.rawValue), try table.int64("rows")
        )
        var columns: [Values<Int32>] = []
        for key in keys { columns.append(try table.int32(key)) }
        var levels: [Int32: Level] = [:]
        for row in 0 ..< table.rowCount {
            let used = keys.indices.filter { columns[$0].validity[row] }
            let number = numbers.storage[row]
            levels[number, default: Level(number: number, keys: used.map { keys[$0] }, entries: [:])]
                .entries[used.map { columns[$0].storage[row] }] = Entry(
                    value: found.storage[row], rows: Int(rows.storage[row]))
        }
        self.init(statistic, keys: keys, levels: levels.values.sorted { $0.number < $1.number })
    }
}
