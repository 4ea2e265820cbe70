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

    @Test("A split by days arrives as it left, and so does what is gathered by entity")
    func splits() throws {
        func train(_ split: DaySplit) -> Train {
            Train(
                features: "f", target: "wait", day: "park_date", split: split, baselines: medians, model: "m",
                metadata: "j")
        }
        #expect(try arrivesAsItLeft(train(.weeks)))
        #expect(try arrivesAsItLeft(train(.chronological(train: 0.6, stop: 0.2))))
        #expect(try arrivesAsItLeft(GatherCSV(tables: ["AK18": "a", "EP02": "e"], entity: "code", file: "f")))
    }

    @Test("Every recipe of the pipeline arrives as it left")
    func pipeline() throws {
        #expect(try arrivesAsItLeft(Observations(flights: "f", late: "l", through: "2013-11-30", parts: "o")))
        #expect(try arrivesAsItLeft(Observations(flights: "f", late: nil, through: "2013-11-30", parts: "o")))
        #expect(try arrivesAsItLeft(Schedule(flights: "f", parts: "s")))
        #expect(try arrivesAsItLeft(Routes(observations: "o", minimumObservations: 500, table: "t")))
        #expect(try arrivesAsItLeft(CalendarOfDays(years: ClosedYears(first: 2013, last: 2013), table: "t")))
        #expect(try arrivesAsItLeft(Medians(rows: "f", value: "delay_minutes", settings: medians, table: "t")))
        #expect(
            try arrivesAsItLeft(
                Features(observations: "o", schedule: "s", calendar: "c", table: "t", upcoming: "u")))
        #expect(try arrivesAsItLeft(Index(curves: ["a", "b"], day: "2013-12-01", table: "t")))
    }

    @Test("Every recipe of weather and accuracy arrives as it left")
    func accuracy() throws {
        #expect(try arrivesAsItLeft(Weather(weather: "w", through: "2013-11-30", parts: "p")))
        #expect(
            try arrivesAsItLeft(
                WeatherFeatures(
                    features: "f", upcoming: "u", weather: "w", cuts: ["2013-02-01", "2013-03-01"], known: "k",
                    scheduled: "s")))
        #expect(
            try arrivesAsItLeft(
                Backfill(
                    models: ["2013-02-01": "m", "2013-03-01": "n"], metadata: ["2013-02-01": "j"], scheduled: "s",
                    route: "JFK-LAX", table: "t")))
        #expect(
            try arrivesAsItLeft(
                RecencyBaselines(
                    rows: "f", value: "delay_minutes", asOf: "2013-11-30", statistic: .median, settings: medians,
                    table: "t")))
        #expect(try arrivesAsItLeft(EstablishedRoutes(observations: "o", minimumObservations: 5, table: "t")))
        #expect(
            try arrivesAsItLeft(
                HorizonForecasts(
                    model: "m", metadata: "j", medians: "b", means: "r", features: "f", upcoming: "u",
                    route: "JFK-LAX", days: ClosedDays(first: "2013-12-01", last: "2013-12-14"), table: "t")))
        #expect(
            try arrivesAsItLeft(
                Score(
                    forecasts: ["a"], weatherKnown: ["b"], happened: ["c"], origin: "2013-11-30", horizon: 14,
                    days: "d", sources: "s")))
        #expect(try arrivesAsItLeft(Accuracy(scores: ["a", "b"], table: "t", csv: "c")))
        #expect(try arrivesAsItLeft(AccuracyText(accuracy: "a", sources: ["s"], coverage: "c", text: "t")))
        #expect(
            try arrivesAsItLeft(
                Coverage(intervals: ["a"], happened: ["c"], origin: "2013-11-30", horizon: 14, days: "d")))
        #expect(try arrivesAsItLeft(CoverageTable(days: ["a", "b"], table: "t", csv: "c")))
        #expect(
            try arrivesAsItLeft(
                RouteOutlook(
                    curves: ["c"], intervals: "i", happened: "h",
                    days: ClosedDays(first: "2013-12-01", last: "2013-12-14"), hours: "o", flights: "f")))
        #expect(
            try arrivesAsItLeft(
                IndexReview(
                    indices: ["i"], happened: ["h"], days: ClosedDays(first: "2013-12-01", last: "2013-12-14"),
                    byDay: "d", byHour: "o")))
        #expect(
            try arrivesAsItLeft(
                HeldData(flights: "f", late: "l", weather: Tree("w"), table: "t", csv: "c")))
        #expect(
            try arrivesAsItLeft(
                Report(
                    accuracy: "a", coverage: "b", sources: ["s"], held: "h", accuracyFigure: "1", horizonFigure: "2",
                    coverageFigure: "3", indexByDay: "4", indexByHour: "5", heldFigure: "6",
                    outlooks: ["JFK-LAX": "7"], shown: ["JFK-LAX"], asOf: "2013-11-30",
                    days: ClosedDays(first: "2013-12-01", last: "2013-12-14"), markdown: "m", page: "p")))
    }
}
