public import Rules
import Tables

/// Trains models of some quantiles of one column of a table, given its others.
///
/// - Input: as of `Train`: one row per example, with the target (of a number type, without nulls), the day of each row
///   in a date column, the baselines' keys, and the features, as `FeatureMatrix` says.
/// - Output: for each quantile boosted trees, or the quantiles by the baselines' keys where those lost less on weeks
///   that were held out; the same bytes for the same table and settings, whatever the seed and `step.cpus`.
/// - Throws: `ForecastingError`, `TableError`.
public struct TrainQuantiles: Recipe {
    @Input public var features: TableFile
    /// The column to be learned.
    public var target: String
    /// The column of each row's day, by whose weeks rows are held out.
    public var day: String
    public var baselines: BaselineSettings
    public var settings: QuantileSettings
    @Output public var model: QuantilesFile

    public init(
        features: TableFile, target: String, day: String = "date", baselines: BaselineSettings,
        settings: QuantileSettings = QuantileSettings(), model: QuantilesFile
    ) {
        self.features = features
        self.target = target
        self.day = day
        self.baselines = baselines
        self.settings = settings
        self.model = model
    }

    public func run(_ step: Step) throws {
        let examples = try QuantileTrainer.Examples(
            features.read(), target: target, day: day, keys: baselines.keys, parts: settings.parts)
        let trainer = QuantileTrainer(settings: settings, threads: step.cpus)
        try model.write(trainer.train(examples, target: target, baselines: baselines))
    }
}

extension QuantileTrainer.Examples {
    /// - Parameter parts: how many; the weeks go round.
    init(_ table: Table, target: String, day: String, keys: [String], parts: Int) throws {
        rows = try Trainer.Examples(table, target: target, day: day, keys: keys)
        self.parts = try table.date(day).storage.map { $0.week(of: max(1, parts)) }
    }
}
