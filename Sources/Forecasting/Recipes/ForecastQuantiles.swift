public import Calendar
public import Rules
import Tables

/// Forecasts the quantiles of an entity's target on some days, per slot of the day, as by hour.
///
/// - Input: models of quantiles, and the features of the days to come, a row for each thing to be predicted.
/// - Output: a row for each day and slot that has something to be predicted, in their order: entity, `date`, slot,
///   count, and a column for each quantile, `p10` for 0.1, each no less than the one before it. A slot's quantile is
///   the mean of the quantiles of what is in it: it is about one of these things, not about their mean, which
///   varies less.
/// - Throws: `ForecastingError.featuresDiffer` with both lists where table and model disagree, `badQuantiles`.
/// - Source: Ratcliff, Group reaction time distributions, 1979, for means of quantiles.
public struct ForecastQuantiles: Recipe {
    @Input public var model: QuantilesFile
    @Input public var features: TableFile
    public var entity: String
    /// The first and the last day.
    public var first: Day
    public var last: Day
    public var columns: QuantileColumns
    @Output public var curve: TableFile

    public init(
        model: QuantilesFile, features: TableFile, entity: String, from first: Day, through last: Day,
        columns: QuantileColumns, curve: TableFile
    ) {
        self.model = model
        self.features = features
        self.entity = entity
        self.first = first
        self.last = last
        self.columns = columns
        self.curve = curve
    }

    public func run(_ step: Step) throws {
        let known = try model.read()
        let table = try features.read(where: [.between(columns.day, .date(first), .date(last))])
        let keys = try BaselineKeys(known.keys, of: table)
        let quantiles = try known.predict(FeatureMatrix(table), keys: keys, threads: step.cpus)
        let slots = try Slots(of: table, day: columns.day, slot: columns.slot, quantiles)
        let means = known.quantiles.enumerated().map { index, quantile in
            (
                field: Field(quantileName(quantile.probability), .double),
                column: { (rows: [[[Double]]]) -> Column in
                    .double(Values(rows.map { slot in slot.map { $0[index] }.mean() ?? .nan }))
                }
            )
        }
        try curve.write(slots.table(of: entity, (columns.entity, columns.slot, columns.count), means))
    }
}

/// The names of the columns of forecast quantiles that are not the same for everybody.
public struct QuantileColumns: Codable, Hashable, Sendable {
    /// Of the features: the date column.
    public var day: String
    /// Of features and forecast: the int32 column that divides the day.
    public var slot: String
    /// Of the forecast: what it is for.
    public var entity: String
    /// Of the forecast: how many things are in a slot.
    public var count: String

    public init(day: String = "date", slot: String, entity: String, count: String) {
        self.day = day
        self.slot = slot
        self.entity = entity
        self.count = count
    }
}

/// The column of a quantile: `p10` for 0.1, `p2.5` for 0.025.
public func quantileName(_ probability: Double) -> String {
    // To a millionth of a percent, as 100 times 0.07 is not 7.
    let percent = (probability * 1e8).rounded() / 1e6
    return Int(exactly: percent).map { "p\($0)" } ?? "p\(percent)"
}
