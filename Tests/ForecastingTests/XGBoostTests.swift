import Testing

@testable import Forecasting

@Suite struct XGBoostTests {
    private let features = FeatureMatrix(
        names: ["a", "b"], rowCount: 40, values: (0 ..< 80).map { Float($0 * 37 % 11) })
    private var labels: [Float] { (0 ..< 40).map { features.values[$0 * 2] * 3 } }

    private func booster(_ settings: [(name: String, value: String)] = [], rounds: Int) throws -> Booster {
        let matrix = try DataMatrix(features, labels: labels)
        let booster = try Booster(settings, threads: 1, training: matrix)
        for round in 0 ..< rounds { try booster.update(round: round, with: matrix) }
        return booster
    }

    @Test("A model read back predicts the same and knows its features")
    func roundTrip() throws {
        let model = try booster(rounds: 5)
        let copy = try Booster(model: model.encoded(), threads: 1)
        #expect(try copy.featureNames() == ["a", "b"])
        #expect(try copy.predict(DataMatrix(features)) == model.predict(DataMatrix(features)))
        #expect(try copy.encoded() == model.encoded())
    }

    @Test("A model of the first rounds predicts as one that was trained no further")
    func rounds() throws {
        let few = try booster(rounds: 3).predict(DataMatrix(features))
        #expect(try booster(rounds: 5).predict(DataMatrix(features), rounds: 3) == few)
        #expect(try booster(rounds: 5).predict(DataMatrix(features)) != few)
    }

    @Test("A model without trees predicts where it begins, and is read back with its features")
    func noTrees() throws {
        let bytes = try booster([("base_score", "12.625")], rounds: 0).encoded()
        let model = try Booster(model: bytes, threads: 1)
        #expect(try model.predict(DataMatrix(features)) == Array(repeating: 12.625, count: 40))
        #expect(try model.featureNames() == ["a", "b"])
    }

    @Test("What XGBoost refuses is an error with the call and the library's words")
    func refusals() throws {
        let refused = #expect(throws: ForecastingError.self) { try booster([("eta", "fast")], rounds: 1) }
        guard case .xgboost(let call, let message) = refused else { throw try #require(refused) }
        #expect(call == "XGBoosterUpdateOneIter")
        #expect(message.contains("could not be parsed"))

        let damaged = #expect(throws: ForecastingError.self) { try Booster(model: [123, 105, 0, 1, 2], threads: 1) }
        guard case .xgboost(let loading, _) = damaged else { throw try #require(damaged) }
        #expect(loading == "XGBoosterLoadModelFromBuffer")
    }

    @Test("Rows with other features are refused, naming both lists")
    func otherFeatures() throws {
        let other = try DataMatrix(FeatureMatrix(names: ["b", "a"], rowCount: 1, values: [1, 2]))
        #expect(throws: ForecastingError.featuresDiffer(table: ["b", "a"], model: ["a", "b"])) {
            try booster(rounds: 1).predict(other)
        }
    }

    @Test("No rows are an error")
    func noRows() {
        #expect(throws: ForecastingError.noRows) {
            try DataMatrix(FeatureMatrix(names: ["a"], rowCount: 0, values: []))
        }
    }
}
