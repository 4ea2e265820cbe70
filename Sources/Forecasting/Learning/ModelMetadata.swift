/// What is known of a trained model: facts of its training, none of the clock or the machine.
public struct ModelMetadata: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Sendable {
        /// Boosted trees.
        case trees
        /// There were too few rows: the model is their mean.
        case mean
    }

    public enum Choice: String, Codable, Sendable {
        case model, median
    }

    /// How many rows there were, and how many of them in which weeks.
    public struct Rows: Codable, Hashable, Sendable {
        public var all: Int
        public var train: Int
        public var stop: Int
        public var test: Int
    }

    /// On the test weeks, in the target's unit; nil where there are none.
    public struct Errors: Codable, Hashable, Sendable {
        public var model: Double?
        public var median: Double?
    }

    /// The model's features, in its order.
    public var features: [String]
    public var target: String
    public var kind: Kind
    /// Trees in the model.
    public var rounds: Int
    public var rows: Rows
    public var meanAbsoluteError: Errors
    /// The XXH3-128 of the model's bytes: which model this is about.
    public var fingerprint: String
    /// The one with the smaller error on the test weeks; the median where they are equal or there are none.
    public var better: Choice
}
