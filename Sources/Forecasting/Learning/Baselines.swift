public import Tables

/// By which keys medians or means are taken, and how many rows one must rest on.
public struct BaselineSettings: Codable, Hashable, Sendable {
    /// The keys of each level, names of int32 columns: the finest level first, each next one a fallback.
    public var levels: [[String]]
    /// What rests on fewer rows gives way to the next level's; the last level takes any number.
    public var minimumRows: Int

    public init(levels: [[String]], minimumRows: Int = 10) {
        self.levels = levels
        self.minimumRows = minimumRows
    }

    /// Every key of every level, once, in order of appearance.
    public var keys: [String] {
        var keys: [String] = []
        for key in levels.joined() where !keys.contains(key) { keys.append(key) }
        return keys
    }
}

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

/// Medians or means by keys, with coarser levels to fall back to.
public struct Baselines: Hashable, Sendable {
    /// What is taken of the rows of the same keys; also the name of its column in `table()`.
    public enum Statistic: String, CaseIterable, Hashable, Sendable {
        case median
        /// The arithmetic mean, by the rows' weights.
        case mean
        /// One quantile; whoever has taken it knows of which probability.
        case quantile
    }

    struct Level: Hashable, Sendable {
        /// 0 for the finest.
        var number: Int32
        var keys: [String]
        /// By the keys' values.
        var entries: [[Int32]: Entry]
    }

    struct Entry: Hashable, Sendable {
        var value: Double
        var rows: Int
    }

    public let statistic: Statistic
    let keys: [String]
    /// Finest first; without the levels on which nothing rests on enough rows.
    let levels: [Level]

    init(_ statistic: Statistic, keys: [String], levels: [Level]) {
        self.statistic = statistic
        self.keys = keys
        self.levels = levels
    }

    /// Medians.
    ///
    /// - Throws: `noRows`; `noKey` where a level names a key that the rows do not have.
    public init(
        of values: [Double], by keys: BaselineKeys, _ settings: BaselineSettings
    ) throws(ForecastingError) {
        try self.init(.median, values.count, by: keys, settings) { rows in rows.map { values[$0] }.median() }
    }

    /// Weighted means.
    ///
    /// - Parameter weights: one per value, positive.
    /// - Throws: `noRows`; `noKey` where a level names a key that the rows do not have.
    public init(
        meansOf values: [Double], weights: [Double], by keys: BaselineKeys, _ settings: BaselineSettings
    ) throws(ForecastingError) {
        precondition(weights.count == values.count)
        try self.init(.mean, values.count, by: keys, settings) { rows in
            let weight = rows.reduce(0.0) { $0 + weights[$1] }
            return weight > 0 ? rows.reduce(0.0) { $0 + weights[$1] * values[$1] } / weight : nil
        }
    }

    /// Quantiles.
    ///
    /// - Parameter quantile: takes one of a group's values, which are never none.
    init(
        quantilesOf values: [Double], by keys: BaselineKeys, _ settings: BaselineSettings,
        _ quantile: ([Double]) -> Double?
    ) throws(ForecastingError) {
        try self.init(.quantile, values.count, by: keys, settings) { rows in quantile(rows.map { values[$0] }) }
    }

    private init(
        _ statistic: Statistic, _ count: Int, by keys: BaselineKeys, _ settings: BaselineSettings,
        of take: (_ rows: [Int]) -> Double?
    ) throws(ForecastingError) {
        guard count > 0 else { throw .noRows }
        var levels: [Level] = []
        for (number, names) in settings.levels.enumerated() {
            var groups: [[Int32]: [Int]] = [:]
            for row in 0 ..< count { groups[try keys.values(of: names, row: row), default: []].append(row) }
            let isLast = number == settings.levels.count - 1
            let entries = groups.compactMapValues { rows in
                isLast || rows.count >= settings.minimumRows
                    ? take(rows).map { Entry(value: $0, rows: rows.count) } : nil
            }
            if !entries.isEmpty {
                levels.append(Level(number: Int32(clamping: number), keys: names, entries: entries))
            }
        }
        self.init(statistic, keys: settings.keys, levels: levels)
    }

    /// What is expected of one row.
    ///
    /// - Throws: `noBaseline` where no level has anything.
    public func value(for keys: BaselineKeys, row: Int) throws(ForecastingError) -> Prediction {
        for level in levels {
            if let entry = level.entries[try keys.values(of: level.keys, row: row)] {
                return Prediction(value: entry.value, level: level.number)
            }
        }
        throw .noBaseline(keys: self.keys, values: try keys.values(of: self.keys, row: row))
    }

    /// What is expected of each row.
    public func values(for keys: BaselineKeys) throws(ForecastingError) -> [Prediction] {
        var values: [Prediction] = []
        values.reserveCapacity(keys.rowCount)
        for row in 0 ..< keys.rowCount { values.append(try value(for: keys, row: row)) }
        return values
    }

    /// What is expected of each row of a table that has the keys.
    ///
    /// - Throws: `TableError` where a key is no int32 column, or null; `noBaseline`.
    public func predictions(for table: Table) throws -> [Prediction] {
        try values(for: BaselineKeys(keys, of: table))
    }
}

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
