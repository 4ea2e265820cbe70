public import Tables

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

    /// What is taken of rows that have weights.
    public enum Average: String, Codable, Hashable, Sendable {
        case median, mean
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

    /// Weighted means or medians.
    ///
    /// - Parameter weights: one per value, positive.
    /// - Throws: `noRows`; `noKey` where a level names a key that the rows do not have.
    public init(
        _ average: Average, of values: [Double], weights: [Double], by keys: BaselineKeys, _ settings: BaselineSettings
    ) throws(ForecastingError) {
        switch average {
        case .mean: try self.init(meansOf: values, weights: weights, by: keys, settings)
        case .median:
            precondition(weights.count == values.count)
            try self.init(.median, values.count, by: keys, settings) { rows in
                weightedMedian(rows.map { (value: values[$0], weight: weights[$0]) })
            }
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
