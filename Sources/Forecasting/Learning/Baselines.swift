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
    struct Cell: Hashable, Sendable {
        var median: Double
        var rows: Int
    }

    let keys: [String]
    /// The names by which each level is keyed.
    let levels: [[String]]
    /// Of each level, the medians that rest on enough rows.
    private(set) var cells: [[[Int32]: Cell]]

    /// - Throws: `noRows`; `noKey` where a level names a key that the rows do not have.
    public init(
        of values: [Double], by keys: BaselineKeys, _ settings: BaselineSettings
    ) throws(ForecastingError) {
        guard !values.isEmpty else { throw .noRows }
        self.keys = settings.keys
        levels = settings.levels
        cells = []
        for (position, level) in levels.enumerated() {
            var groups: [[Int32]: [Double]] = [:]
            for row in values.indices { groups[try keys.values(of: level, row: row), default: []].append(values[row]) }
            let isLast = position == levels.count - 1
            cells.append(
                groups.compactMapValues { group in
                    guard isLast || group.count >= settings.minimumRows else { return nil }
                    return median(group).map { Cell(median: $0, rows: group.count) }
                })
        }
    }

    /// The median for one row, and the level it is from, 0 for the finest.
    ///
    /// - Throws: `noBaseline` where no level has one.
    public func median(for keys: BaselineKeys, row: Int) throws(ForecastingError) -> (value: Double, level: Int) {
        for (level, names) in levels.enumerated() {
            if let cell = cells[level][try keys.values(of: names, row: row)] { return (cell.median, level) }
        }
        throw .noBaseline(keys: try self.keys.map { (name) throws(ForecastingError) in
            "\(name) \(try keys.values(of: [name], row: row)[0])"
        })
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
        for (level, names) in levels.enumerated() {
            for (values, cell) in cells[level].sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                let shown = keys.map { key in names.firstIndex(of: key).map { Value.int32(values[$0]) } ?? .null }
                try builder.append(
                    [.int32(Int32(level))] + shown + [.double(cell.median), .int64(Int64(cell.rows))])
            }
        }
        return try builder.finish()
    }

    /// What `table()` gave.
    ///
    /// A level that had no median with enough rows has no rows there: it is not known again, nor needed.
    public init(_ table: Table) throws(TableError) {
        let fixed = ["level", "median", "rows"]
        keys = table.schema.fields.map(\.name).filter { !fixed.contains($0) }
        let (level, medians, rows) = (try table.int32("level"), try table.double("median"), try table.int64("rows"))
        var columns: [Values<Int32>] = []
        for key in keys { columns.append(try table.int32(key)) }
        var levels: [[String]] = []
        var cells: [[[Int32]: Cell]] = []
        for row in 0 ..< table.rowCount {
            let position = Int(level.storage[row])
            guard position >= 0, position <= table.rowCount else {
                throw TableError(.badValue("\(position)", .int32), column: "level", place: .row(row))
            }
            while cells.count <= position { (levels, cells) = (levels + [[]], cells + [[:]]) }
            let used = keys.indices.filter { columns[$0].validity[row] }
            levels[position] = used.map { keys[$0] }
            cells[position][used.map { columns[$0].storage[row] }] = Cell(
                median: medians.storage[row], rows: Int(rows.storage[row]))
        }
        (self.levels, self.cells) = (levels, cells)
    }
}
