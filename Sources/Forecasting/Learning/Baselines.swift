public import Tables

/// By which keys medians are taken, and how many rows one must rest on.
public struct BaselineSettings: Codable, Hashable, Sendable {
    /// The keys of each level, names of int32 columns: the finest level first, each next one a fallback.
    public var levels: [[String]]
    /// A median of fewer rows gives way to the next level's; the last level takes any number.
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

/// Medians by keys, with coarser levels to fall back to.
public struct Baselines: Hashable, Sendable {
    struct Level: Hashable, Sendable {
        /// 0 for the finest.
        var number: Int32
        var keys: [String]
        /// By the keys' values.
        var medians: [[Int32]: Median]
    }

    struct Median: Hashable, Sendable {
        var value: Double
        var rows: Int
    }

    let keys: [String]
    /// Finest first; without the levels on which no median rests on enough rows.
    let levels: [Level]

    init(keys: [String], levels: [Level]) {
        self.keys = keys
        self.levels = levels
    }

    /// - Throws: `noRows`; `noKey` where a level names a key that the rows do not have.
    public init(
        of values: [Double], by keys: BaselineKeys, _ settings: BaselineSettings
    ) throws(ForecastingError) {
        try self.init(of: values, by: keys, settings) { $0.median() }
    }

    /// - Parameter statistic: what stands for the values of a group, which are never none, in place of their median.
    init(
        of values: [Double], by keys: BaselineKeys, _ settings: BaselineSettings, statistic: ([Double]) -> Double?
    ) throws(ForecastingError) {
        guard !values.isEmpty else { throw .noRows }
        var levels: [Level] = []
        for (number, names) in settings.levels.enumerated() {
            var groups: [[Int32]: [Double]] = [:]
            for row in values.indices { groups[try keys.values(of: names, row: row), default: []].append(values[row]) }
            let isLast = number == settings.levels.count - 1
            let medians = groups.compactMapValues { group in
                isLast || group.count >= settings.minimumRows
                    ? statistic(group).map { Median(value: $0, rows: group.count) } : nil
            }
            if !medians.isEmpty {
                levels.append(Level(number: Int32(clamping: number), keys: names, medians: medians))
            }
        }
        self.keys = settings.keys
        self.levels = levels
    }

    /// The median for one row, and the level it is from, 0 for the finest.
    ///
    /// - Throws: `noBaseline` where no level has one.
    public func median(for keys: BaselineKeys, row: Int) throws(ForecastingError) -> (value: Double, level: Int32) {
        for level in levels {
            if let median = level.medians[try keys.values(of: level.keys, row: row)] {
                return (median.value, level.number)
            }
        }
        throw .noBaseline(keys: self.keys, values: try keys.values(of: self.keys, row: row))
    }
}

extension Baselines {
    /// One row per median, finest level first: `level`, the keys (null where the level does not use one), `median`,
    /// `rows`.
    public func table() throws(TableError) -> Table {
        let fields =
            [Field("level", .int32)] + keys.map { Field($0, .int32, nullable: true) }
            + [Field("median", .double), Field("rows", .int64)]
        var builder = TableBuilder(try Schema(fields))
        for level in levels {
            for (values, median) in level.medians.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                let shown = keys.map { key in level.keys.firstIndex(of: key).map { Value.int32(values[$0]) } ?? .null }
                try builder.append(
                    [.int32(level.number)] + shown + [.double(median.value), .int64(Int64(median.rows))])
            }
        }
        return try builder.finish()
    }

    /// What `table()` gave.
    public init(_ table: Table) throws(TableError) {
        let fixed = ["level", "median", "rows"]
        let keys = table.schema.fields.map(\.name).filter { !fixed.contains($0) }
        let (numbers, medians, rows) = (try table.int32("level"), try table.double("median"), try table.int64("rows"))
        var columns: [Values<Int32>] = []
        for key in keys { columns.append(try table.int32(key)) }
        var levels: [Int32: Level] = [:]
        for row in 0 ..< table.rowCount {
            let used = keys.indices.filter { columns[$0].validity[row] }
            let number = numbers.storage[row]
            levels[number, default: Level(number: number, keys: used.map { keys[$0] }, medians: [:])]
                .medians[used.map { columns[$0].storage[row] }] = Median(
                    value: medians.storage[row], rows: Int(rows.storage[row]))
        }
        self.keys = keys
        self.levels = levels.values.sorted { $0.number < $1.number }
    }
}
