public import Calendar
public import Rules
import Tables

/// Forecasts one entity's day: a mean per slot of the day, as by hour.
///
/// - Input: a model with its metadata, baselines, and the features of the days to come, a row for each thing to be
///   predicted; of them those of `day` are taken.
/// - Output: a row for each slot that has something to be predicted, in the slots' order: entity, `date`, slot,
///   count, prediction, `source` (`model` or `median`, whichever was better on the test weeks) and
///   `fallback_level` (the coarsest level a median is from, 0 the finest; null where the model was asked). A day
///   with nothing to be predicted gives no rows.
/// - Throws: `ForecastingError.featuresDiffer` with both lists where table and model disagree, `otherModel` where
///   the model is not the one that the metadata are about.
public struct Forecast: Recipe {
    @Input public var model: ModelFile
    @Input public var metadata: MetadataFile
    @Input public var baselines: TableFile
    @Input public var features: TableFile
    public var entity: String
    public var day: Day
    public var columns: ForecastColumns
    @Output public var curve: TableFile

    public init(
        model: ModelFile, metadata: MetadataFile, baselines: TableFile, features: TableFile, entity: String, day: Day,
        columns: ForecastColumns, curve: TableFile
    ) {
        self.model = model
        self.metadata = metadata
        self.baselines = baselines
        self.features = features
        self.entity = entity
        self.day = day
        self.columns = columns
        self.curve = curve
    }

    public func run(_ step: Step) throws {
        let table = try features.read(where: [.equals(columns.day, .date(day))])
        let known = try TrainedModel(model, metadata, threads: step.cpus)
        let predictions = try known.forecasts(for: table, medians: Baselines(baselines.read()))
        let slots = try Slots(of: table, day: columns.day, slot: columns.slot, predictions)
        let source = known.better.rawValue
        try curve.write(
            slots.table(
                of: entity, (columns.entity, columns.slot, columns.count),
                [
                    (
                        Field(columns.prediction, .double),
                        { rows in .double(Values(rows.map { $0.map(\.value).mean() ?? .nan })) }
                    ),
                    (Field("source", .string), { rows in .string(Strings(rows.map { _ in source })) }),
                    (
                        Field("fallback_level", .int32, nullable: true),
                        { rows in .int32(Values(rows.map { $0.compactMap(\.level).max() })) }
                    ),
                ]))
    }
}

/// The names of a forecast's columns that are not the same for everybody.
public struct ForecastColumns: Codable, Hashable, Sendable {
    /// Of the features: the date column.
    public var day: String
    /// Of features and forecast: the int32 column that divides the day.
    public var slot: String
    /// Of the forecast: what it is for.
    public var entity: String
    /// Of the forecast: how many things a slot's prediction is the mean over.
    public var count: String
    /// Of the forecast: the predicted target, with its unit.
    public var prediction: String

    public init(day: String = "date", slot: String, entity: String, count: String, prediction: String) {
        self.day = day
        self.slot = slot
        self.entity = entity
        self.count = count
        self.prediction = prediction
    }
}
