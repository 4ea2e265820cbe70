import FoundationEssentials

extension ModelMetadata {
    /// Keys in sorted order, so that equal metadata are equal bytes.
    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self)) + "\n".utf8
    }

    /// - Parameter path: where the bytes are from, for the error.
    package init(json bytes: [UInt8], path: String) throws(ForecastingError) {
        do {
            self = try JSONDecoder().decode(ModelMetadata.self, from: Data(bytes))
        } catch {
            throw .badMetadata(path: path, reason: "\(error)")
        }
    }
}
