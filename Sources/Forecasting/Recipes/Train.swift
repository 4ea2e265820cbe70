public import Rules
import Tables

/// Trains a boosted-tree model of one column of a table from its others.
///
/// - Input: one row per example, with the target (of a number type, without nulls), the day of each row in a date
///   column, the baselines' keys, and the features, as `FeatureMatrix` says.
/// - Output: the model, and metadata that say how it compares with the median; the same bytes for the same table,
///   settings, `step.seed` and `step.cpus`.
/// - Throws: `ForecastingError`, `TableError`.
public struct Train: Recipe {
    @Input public var features: TableFile
    /// The column to be learned.
    public var target: String
    /// The column of each row's day, by which rows are put into folds.
    public var day: String
    public var split: DaySplit
    public var baselines: BaselineSettings
    public var settings: TrainingSettings
    @Output public var model: ModelFile
    @Output public var metadata: MetadataFile

    public init(
        features: TableFile, target: String, day: String = "date", split: DaySplit = .weeks,
        baselines: BaselineSettings, settings: TrainingSettings = TrainingSettings(), model: ModelFile,
        metadata: MetadataFile
    ) {
        self.features = features
        self.target = target
        self.day = day
        self.split = split
        self.baselines = baselines
        self.settings = settings
        self.model = model
        self.metadata = metadata
    }

    public func run(_ step: Step) throws {
        let table = try features.read()
        let trainer = Trainer(settings: settings, seed: step.seed, threads: step.cpus)
        let trained = try trainer.train(
            Trainer.Examples(table, target: target, day: day, split: split, keys: baselines.keys), target: target,
            baselines: baselines)
        try writeFile(trained.model, to: model.path)
        try metadata.write(trained.metadata)
    }
}

extension Trainer.Examples {
    /// - Throws: `TableError`; `ForecastingError.notFinite`.
    init(_ table: Table, target: String, day: String, split: DaySplit = .weeks, keys: [String]) throws {
        try table.requireNoNulls(in: [target, day])
        features = FeatureMatrix(table, target: target)
        labels = FeatureMatrix(try Table(table.schema.selecting([target]), [table.column(target)])).values
        guard labels.count == table.rowCount else {
            let type = try table.column(target).type
            throw TableError(.wrongType(expected: .double, found: type), column: target)
        }
        if let row = labels.firstIndex(where: { !$0.isFinite }) {
            throw ForecastingError.notFinite(column: target, row: row)
        }
        folds = split.folds(of: try table.date(day).storage)
        self.keys = try BaselineKeys(keys, of: table)
    }
}

extension Table {
    /// - Throws: `unexpectedNull` with column and row.
    func requireNoNulls(in names: [String]) throws(TableError) {
        for name in names {
            guard let row = try column(name).validity.isPresent?.firstIndex(of: false) else { continue }
            throw TableError(.unexpectedNull, column: name, place: .row(row))
        }
    }
}
