import Hashing
import Rules
public import Tables

/// A model to be asked, with what is known of it.
public struct TrainedModel: Sendable {
    private let model: ModelFile
    private let metadata: MetadataFile
    private let known: ModelMetadata
    private let threads: Int

    /// - Parameter threads: of a prediction.
    public init(_ model: ModelFile, _ metadata: MetadataFile, threads: Int) throws {
        self.model = model
        self.metadata = metadata
        self.threads = threads
        known = try metadata.read()
    }

    /// Whose forecasts are to be taken: the model's or the medians', whichever were better on the test weeks.
    public var better: ModelMetadata.Choice { known.better }

    /// What the model expects of each row, whether it is the better one or not.
    ///
    /// - Throws: `ForecastingError.featuresDiffer` with both lists where table and model disagree, `otherModel` where
    ///   the model is not the one that the metadata are about.
    public func predictions(for table: Table) throws -> [Double] {
        let matrix = try matrix(of: table)
        guard matrix.rowCount > 0 else { return [] }
        let bytes = try readFile(model.path)
        // XGBoost may take minutes and all memory over a model that was cut short.
        guard XXH3.digest(bytes).description == known.fingerprint else {
            throw ForecastingError.otherModel(path: model.path, metadata: metadata.path)
        }
        return try Booster(model: bytes, threads: threads).predict(DataMatrix(matrix)).map(Double.init)
    }

    /// What is forecast for each row: by the better one of model and medians.
    ///
    /// - Parameter table: with the model's features and the medians' keys, whichever is better.
    public func forecasts(for table: Table, medians: Baselines) throws -> [Prediction] {
        switch better {
        case .model: return try predictions(for: table).map { Prediction(value: $0, level: nil) }
        case .median:
            _ = try matrix(of: table)
            return try medians.predictions(for: table)
        }
    }

    private func matrix(of table: Table) throws -> FeatureMatrix {
        let matrix = FeatureMatrix(table)
        guard matrix.names == known.features else {
            throw ForecastingError.featuresDiffer(table: matrix.names, model: known.features)
        }
        return matrix
    }
}

/// What is expected of one row.
public struct Prediction: Hashable, Sendable {
    public var value: Double
    /// The level that a median or mean is from, 0 for the finest; nil for a model's.
    public var level: Int32?
}
