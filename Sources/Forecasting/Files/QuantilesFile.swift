public import Rules

/// Models of some quantiles of one target, as JSON: a `QuantileModel`.
public struct QuantilesFile: TypedArtifact {
    public let artifact: Artifact
    public init(artifact: Artifact) { self.artifact = artifact }

    /// - Throws: `badQuantiles` where the file is damaged, `io`.
    public func read() throws(ForecastingError) -> QuantileModel {
        try QuantileModel(json: try readFile(path), path: path)
    }

    public func write(_ model: QuantileModel) throws { try writeFile(model.json(), to: path) }
}
