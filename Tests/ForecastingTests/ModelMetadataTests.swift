import Testing

@testable import Forecasting

@Suite struct ModelMetadataTests {
    private let metadata = ModelMetadata(
        features: ["hour", "wind"], target: "delay", kind: .trees, rounds: 12,
        rows: .init(all: 40, train: 28, stop: 6, test: 6), meanAbsoluteError: .init(model: 1.5, median: nil),
        fingerprint: "0123abcd", better: .median)

    @Test("As JSON it has sorted keys and no clock, path or machine")
    func json() throws {
        let text = String(decoding: try metadata.json(), as: UTF8.self)
        #expect(
            text == """
                {
                  "better" : "median",
                  "features" : [
                    "hour",
                    "wind"
                  ],
                  "fingerprint" : "0123abcd",
                  "kind" : "trees",
                  "meanAbsoluteError" : {
                    "model" : 1.5
                  },
                  "rounds" : 12,
                  "rows" : {
                    "all" : 40,
                    "stop" : 6,
                    "test" : 6,
                    "train" : 28
                  },
                  "target" : "delay"
                }

                """)
        #expect(try ModelMetadata(json: metadata.json(), path: "model.json") == metadata)
    }

    @Test("What is not such JSON is an error with its path", arguments: ["", "{}", "[1", #"{"better":"luck"}"#])
    func damaged(text: String) throws {
        let error = #expect(throws: ForecastingError.self) {
            try ModelMetadata(json: Array(text.utf8), path: "model.json")
        }
        guard case .badMetadata(let path, _) = error else { throw try #require(error) }
        #expect(path == "model.json")
    }
}
