import FoundationEssentials
import Hashing

extension QuantileModel {
    /// Keys in sorted order, so that equal models are equal bytes; trees in base 64, which is a third longer than they
    /// are, but leaves one file that cannot be half of another training.
    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(WrittenQuantiles(self))) + "\n".utf8
    }

    /// - Parameter path: where the bytes are from, for the error.
    package init(json bytes: [UInt8], path: String) throws(ForecastingError) {
        do {
            self = try JSONDecoder().decode(WrittenQuantiles.self, from: Data(bytes)).model()
        } catch {
            throw .badQuantiles(path: path, reason: "\(error)")
        }
    }
}

/// A model as it is written.
struct WrittenQuantiles: Codable {
    var features: [String]
    var target: String
    var rows: Int
    var quantiles: [Quantile]

    struct Quantile: Codable {
        var probability: Double
        var source: QuantileModel.Source
        var losses: QuantileModel.Losses
        var rounds: Int
        var shift: Double
        var trees: Data?
        /// The XXH3-128 of the trees.
        var fingerprint: String?
        var groups: [Level]?
        /// What the rows of the groups are told apart by.
        var keys: [String]?
    }

    struct Level: Codable {
        var number: Int32
        var keys: [String]
        var groups: [Group]
    }

    /// The quantile of the rows with these keys.
    struct Group: Codable {
        var keys: [Int32]
        var value: Double
        var rows: Int
    }

    enum Damage: Error {
        case noModel(probability: Double)
        /// XGBoost may take minutes and all memory over a model that was cut short.
        case otherTrees(probability: Double)
        case oddGroup(keys: [String], values: [Int32])
    }
}

extension WrittenQuantiles {
    init(_ model: QuantileModel) {
        features = model.features
        target = model.target
        rows = model.rows
        quantiles = model.quantiles.map { Quantile($0) }
    }

    func model() throws(Damage) -> QuantileModel {
        var read: [QuantileModel.Quantile] = []
        for quantile in quantiles { read.append(try quantile.quantile()) }
        return QuantileModel(features: features, target: target, rows: rows, quantiles: read)
    }
}

extension WrittenQuantiles.Quantile {
    init(_ quantile: QuantileModel.Quantile) {
        probability = quantile.probability
        source = quantile.source
        losses = quantile.losses
        rounds = quantile.rounds
        shift = quantile.shift
        switch quantile.model {
        case .trees(let bytes):
            trees = Data(bytes)
            fingerprint = XXH3.digest(bytes).description
        case .groups(let baselines):
            keys = baselines.keys
            groups = baselines.levels.map { WrittenQuantiles.Level($0) }
        }
    }

    func quantile() throws(WrittenQuantiles.Damage) -> QuantileModel.Quantile {
        QuantileModel.Quantile(
            probability: probability, source: source, losses: losses, rounds: rounds, shift: shift, model: try model())
    }

    private func model() throws(WrittenQuantiles.Damage) -> QuantileModel.Model {
        switch source {
        case .trees:
            guard let trees else { throw .noModel(probability: probability) }
            let bytes = [UInt8](trees)
            guard XXH3.digest(bytes).description == fingerprint else { throw .otherTrees(probability: probability) }
            return .trees(bytes)
        case .groups:
            guard let keys, let groups else { throw .noModel(probability: probability) }
            var levels: [Baselines.Level] = []
            for group in groups { levels.append(try group.level()) }
            return .groups(Baselines(.quantile, keys: keys, levels: levels))
        }
    }
}

extension WrittenQuantiles.Level {
    init(_ level: Baselines.Level) {
        number = level.number
        keys = level.keys
        groups = level.entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
            WrittenQuantiles.Group(keys: $0.key, value: $0.value.value, rows: $0.value.rows)
        }
    }

    func level() throws(WrittenQuantiles.Damage) -> Baselines.Level {
        var values: [[Int32]: Baselines.Entry] = [:]
        for group in groups {
            guard group.keys.count == keys.count else { throw .oddGroup(keys: keys, values: group.keys) }
            values[group.keys] = Baselines.Entry(value: group.value, rows: group.rows)
        }
        return Baselines.Level(number: number, keys: keys, entries: values)
    }
}
