import Forecasting
import Tables
import Testing

@Suite struct BaselinesTests {
    private let settings = BaselineSettings(levels: [["group", "hour"], ["hour"], []], minimumRows: 3)
    private let keys = BaselineKeys(
        ["group": [0, 0, 0, 0, 1, 1, 1], "hour": [6, 6, 6, 7, 7, 7, 9]], rowCount: 7)

    private func level(_ baselines: Baselines, group: Int32, hour: Int32) throws -> (Double, Int32) {
        let found = try baselines.value(
            for: BaselineKeys(["group": [group], "hour": [hour]], rowCount: 1), row: 0)
        return (found.value, try #require(found.level))
    }

    @Test("A median of too few rows gives way to the next level's, and the last level always has one")
    func levels() throws {
        let baselines = try Baselines(of: [1, 2, 9, 10, 20, 30, 100], by: keys, settings)
        #expect(try level(baselines, group: 0, hour: 6) == (2, 0))
        #expect(try level(baselines, group: 0, hour: 7) == (20, 1))
        #expect(try level(baselines, group: 1, hour: 6) == (2, 1))
        #expect(try level(baselines, group: 1, hour: 9) == (10, 2))
        #expect(try level(baselines, group: 5, hour: 23) == (10, 2))
    }

    @Test("The median of an even number of rows is the mean of the two in the middle")
    func evenCount() throws {
        let keys = BaselineKeys([:], rowCount: 4)
        let baselines = try Baselines(of: [4, 1, 3, 2], by: keys, BaselineSettings(levels: [[]]))
        #expect(try baselines.value(for: keys, row: 0).value == 2.5)
    }

    @Test("Read back from their table they are the same, also where a level has no median")
    func table() throws {
        let baselines = try Baselines(of: [1, 2, 9, 10, 20, 30, 100], by: keys, settings)
        #expect(try Baselines(baselines.table()) == baselines)
        let coarse = try Baselines(
            of: [1, 2, 9, 10, 20, 30, 100], by: keys, BaselineSettings(levels: settings.levels, minimumRows: 100))
        #expect(try Baselines(coarse.table()) == coarse)
        #expect(try level(Baselines(coarse.table()), group: 0, hour: 6) == (10, 2))
    }

    @Test("A mean is of the rows with their weights, and read back from its table is the same")
    func weightedMeans() throws {
        let baselines = try Baselines(
            meansOf: [1, 2, 9, 10, 20, 30, 100], weights: [1, 1, 2, 1, 1, 1, 1], by: keys, settings)
        #expect(try level(baselines, group: 0, hour: 6) == (5.25, 0))
        #expect(try level(baselines, group: 1, hour: 7) == (20, 1))
        #expect(try baselines.table().schema.fields.map(\.name) == ["level", "group", "hour", "mean", "rows"])
        #expect(try Baselines(baselines.table()) == baselines)
    }

    @Test("What is missing is an error: rows, a key, a median")
    func errors() throws {
        #expect(throws: ForecastingError.noRows) {
            try Baselines(of: [], by: BaselineKeys([:], rowCount: 0), settings)
        }
        #expect(throws: ForecastingError.noKey("hour", available: ["group"])) {
            try Baselines(of: [1], by: BaselineKeys(["group": [1]], rowCount: 1), settings)
        }
        let onlyHours = try Baselines(
            of: [1], by: BaselineKeys(["hour": [6]], rowCount: 1), BaselineSettings(levels: [["hour"]]))
        #expect(throws: ForecastingError.noBaseline(keys: ["hour"], values: [7])) {
            try onlyHours.value(for: BaselineKeys(["hour": [7]], rowCount: 1), row: 0)
        }
    }
}
