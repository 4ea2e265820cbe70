public import Rules
public import Tables

/// A Parquet file.
public struct TableFile: TypedArtifact {
    public let artifact: Artifact
    public init(artifact: Artifact) { self.artifact = artifact }

    /// - Parameters:
    ///   - columns: names, in the order wanted; nil for all.
    ///   - predicates: tests that rows must pass.
    public func read(columns: [String]? = nil, where predicates: [Predicate] = []) throws(TableError) -> Table {
        try ParquetFile(path).read(columns: columns, where: predicates)
    }

    /// - Parameter rowGroupRows: rows that are read or skipped as one.
    public func write(_ table: Table, rowGroupRows: Int = 65_536) throws(TableError) {
        try ParquetWriter(rowGroupRows: rowGroupRows).write(table, to: path)
    }
}

/// A CSV file.
public struct CSVFile: TypedArtifact {
    public let artifact: Artifact
    public init(artifact: Artifact) { self.artifact = artifact }
}

/// A file of text, UTF-8.
public struct TextFile: TypedArtifact {
    public let artifact: Artifact
    public init(artifact: Artifact) { self.artifact = artifact }

    /// The text as it lies in the file.
    public func bytes() throws(ForecastingError) -> [UInt8] { try readFile(path) }

    public func write(_ text: String) throws(ForecastingError) { try writeFile(Array(text.utf8), to: path) }
}

/// A model as XGBoost's universal binary JSON.
public struct ModelFile: TypedArtifact {
    public let artifact: Artifact
    public init(artifact: Artifact) { self.artifact = artifact }
}

/// What is known of a model, as JSON: a `ModelMetadata`.
public struct MetadataFile: TypedArtifact {
    public let artifact: Artifact
    public init(artifact: Artifact) { self.artifact = artifact }

    public func read() throws(ForecastingError) -> ModelMetadata {
        try ModelMetadata(json: try readFile(path), path: path)
    }

    public func write(_ metadata: ModelMetadata) throws { try writeFile(metadata.json(), to: path) }
}
