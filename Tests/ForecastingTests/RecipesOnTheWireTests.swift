import Forecasting
import Testing

@testable import AirportRules
@testable import Rules

/// Recipes leave the rules as values and run in another process.
@Suite struct RecipesOnTheWireTests {
    private func arrivesAsItLeft<R: Recipe>(_ recipe: R) throws -> Bool {
        let sent = try encoded(recipe)
        return try encoded(R(from: RecipeDecoder(sent))) == sent
    }

    private func encoded(_ recipe: some Recipe) throws -> Rules.Value {
        let wire = WireWriter()
        try RecipeEncoder(wire).encodeWhole(recipe)
        return try Rules.Value(wire.bytes)
    }

    private let medians = BaselineSettings(levels: [["weekday_group", "hour"], ["hour"], []])

    @Test("Every recipe of Forecasting arrives as it left")
    func general() throws {
        #expect(
            try arrivesAsItLeft(
                Train(
                    features: "f", target: "delay", baselines: medians,
                    settings: TrainingSettings(eta: 0.25, rounds: 7, huberSlope: 1e-3), model: "m", metadata: "j")))
        #expect(
            try arrivesAsItLeft(
                Forecast(
                    model: "m", metadata: "j", baselines: "b", features: "f", entity: "JFK-LAX", day: "2013-12-01",
                    columns: ForecastColumns(slot: "hour", entity: "route", count: "n", prediction: "p"), curve: "c")))
        #expect(try arrivesAsItLeft(ConcatenateCSV(tables: ["a", "b"], file: "c")))
        #expect(
            try arrivesAsItLeft(
                TrainQuantiles(
                    features: "f", target: "delay", baselines: medians,
                    settings: QuantileSettings(probabilities: [0.05, 0.95], rounds: 7), model: "m")))
        #expect(
            try arrivesAsItLeft(
                ForecastQuantiles(
                    model: "m", features: "f", entity: "JFK-LAX", from: "2013-12-01", through: "2013-12-14",
                    columns: QuantileColumns(slot: "hour", entity: "route", count: "n"), curve: "c")))
    }

    @Test("Every recipe of the pipeline arrives as it left")
    func pipeline() throws {
        #expect(try arrivesAsItLeft(Observations(flights: "f", late: "l", through: "2013-11-30", parts: "o")))
        #expect(try arrivesAsItLeft(Observations(flights: "f", late: nil, through: "2013-11-30", parts: "o")))
        #expect(try arrivesAsItLeft(Schedule(flights: "f", parts: "s")))
        #expect(try arrivesAsItLeft(Routes(observations: "o", minimumObservations: 500, table: "t")))
        #expect(try arrivesAsItLeft(CalendarOfDays(years: ClosedYears(first: 2013, last: 2013), table: "t")))
        #expect(try arrivesAsItLeft(RouteBaselines(observations: "o", settings: medians, table: "t")))
        #expect(
            try arrivesAsItLeft(
                Features(observations: "o", schedule: "s", calendar: "c", table: "t", upcoming: "u")))
        #expect(try arrivesAsItLeft(Index(curves: ["a", "b"], day: "2013-12-01", table: "t")))
    }
}
