import Calendar
import Forecasting
import Rules
import Tables
import Testing

@testable import AirportRules

/// Forecasts against what happened.
@Suite struct AccuracyTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func table(_ name: String) -> TableFile { TableFile(artifact: Artifact(directory.file(name))) }

    /// A route with one flight a day at 8, forecast for two days; what is told the weather says 3.
    ///
    /// - Parameter delays: of the two days, and perhaps of the third.
    private func score(_ delays: [Int32], expecting expected: [Predictor: Double]) throws -> (
        days: Table, sources: Table
    ) {
        let days = [1, 2].map { ("2013-12-31" as Day) + $0 }
        let fields = Predictor.forecasting.map { Field($0.rawValue, .double) }
        try table("forecasts").write(
            Table(
                Schema(
                    [
                        Field("route", .string), Field("date", .date), Field("hour", .int32), Field("flights", .int32),
                        Field("source", .string),
                    ] + fields),
                [
                    .string(["JFK-LAX", "JFK-LAX"]), .date(Values(days)), .int32([8, 8]), .int32([1, 1]),
                    .string(["model", "model"]),
                ] + Predictor.forecasting.map { .double(Values([expected[$0] ?? 0, expected[$0] ?? 0])) }))
        try table("told").write(
            Table(
                Schema([
                    Field("date", .date), Field("hour", .int32),
                    Field("expected_delay_minutes", .double, nullable: true),
                ]),
                [.date(Values(days)), .int32([8, 8]), .double([3, 3])]))
        let seen = delays.indices.map { ("2013-12-31" as Day) + $0 + 1 }
        try table("happened").write(
            Table(
                Schema([Field("date", .date), Field("hour", .int32), Field("delay_minutes", .int32)]),
                [.date(Values(seen)), .int32(Values(seen.map { _ in 8 })), .int32(Values(delays))]))
        try Score(
            forecasts: [table("forecasts")], weatherKnown: [table("told")], happened: [table("happened")],
            origin: "2013-12-31", horizon: 2, days: table("days"), sources: table("sources")
        ).run(Step())
        return (try table("days").read(), try table("sources").read())
    }

    @Test("Each way to forecast is compared with the flights that departed, day by day")
    func errors() throws {
        let (days, sources) = try score([10, -2, 99], expecting: [.forecast: 4, .median: 1])
        func rows(_ predictor: Predictor) throws -> [[Double?]] {
            try (0 ..< days.rowCount).filter { try days.string("predictor")[$0] == predictor.rawValue }.map { row in
                [try days.double("absolute_error_minutes")[row], try days.double("error_minutes")[row]]
            }
        }
        #expect(try rows(.forecast) == [[6, -6], [6, 6]])
        #expect(try rows(.median) == [[9, -9], [3, 3]])
        #expect(try rows(.weatherKnown) == [[7, -7], [5, 5]])
        // The third day is behind the horizon.
        #expect(try Set(days.int32("horizon_day").storage) == [1, 2])
        #expect(try Array(sources.string("source")) == ["model", "median"])
        #expect(try Array(sources.int64("routes")) == [1, 0])
    }

    @Test("A table of the accuracy says errors, biases and differences to the median; one day has no interval")
    func accuracy() throws {
        _ = try score([10, -2], expecting: [.forecast: 4, .median: 1])
        let csv = CSVFile(artifact: Artifact(directory.file("accuracy.csv")))
        try Accuracy(scores: [table("days")], table: table("accuracy"), csv: csv).run(Step(seed: 7))
        let accuracy = try table("accuracy").read()
        // Everything, one origin, two days, and the origin's two days; for each of seven ways.
        #expect(accuracy.rowCount == 6 * 7)
        #expect(try accuracy.double("mean_absolute_error")[0] == 6)
        #expect(try accuracy.double("bias")[0] == 0)
        #expect(try accuracy.double("minus_median")[0] == 0)
        #expect(try accuracy.double("minus_median_low")[0] == -3)
        #expect(try accuracy.double("minus_median_high")[0] == 3)
        #expect(try accuracy.int64("flights")[0] == 2)
        let firstDay = 2 * 7
        #expect(try accuracy.int32("horizon_day")[firstDay] == 1)
        #expect(try accuracy.double("minus_median")[firstDay] == -3)
        #expect(try accuracy.double("minus_median_low")[firstDay] == nil)
        let titles = try (0 ..< 7).map { try accuracy.string("title")[$0] ?? "" }
        #expect(titles.count { $0.hasPrefix("NOT A FORECAST") } == 1)
        #expect(titles[6].hasPrefix("NOT A FORECAST"))

        let text = TextFile(artifact: Artifact(directory.file("accuracy.md")))
        try AccuracyText(
            accuracy: table("accuracy"), sources: [table("sources")], coverage: coverage(), text: text
        ).run(Step())
        let lines = String(decoding: try bytes(of: text.path), as: UTF8.self).split(separator: "\n")
        #expect(lines.contains("1 of 1 routes chose the model, 0 the median."))
        #expect(lines.contains { $0.hasPrefix("| all | 0.33 [0.00, 0.50] | 0.00 [0.00, 0.00] | 0.67") })
        #expect(lines.contains("| 1 | 6.00 | 9.00 | -3.00 | -6.00 | 1 | 1 |"))
    }

    /// Of two days, the second with two flights; of the three one is within 0 and 10.
    private func coverage() throws -> TableFile {
        try table("intervals").write(
            Table(
                Schema([
                    Field("date", .date), Field("hour", .int32), Field("p10", .double), Field("p50", .double),
                    Field("p90", .double),
                ]),
                [
                    .date(["2014-01-01", "2014-01-02"]), .int32([8, 8]), .double([0, 0]), .double([4, 4]),
                    .double([10, 10]),
                ]))
        try table("seen").write(
            Table(
                Schema([Field("date", .date), Field("hour", .int32), Field("delay_minutes", .int32)]),
                [.date(["2014-01-01", "2014-01-02", "2014-01-02"]), .int32([8, 8, 8]), .int32([11, 10, 50])]))
        try Coverage(
            intervals: [table("intervals")], happened: [table("seen")], origin: "2013-12-31", horizon: 2,
            days: table("covered")
        ).run(Step())
        let csv = CSVFile(artifact: Artifact(directory.file("coverage.csv")))
        try CoverageTable(days: [table("covered")], table: table("coverage"), csv: csv).run(Step(seed: 7))
        return table("coverage")
    }

    @Test("Intervals cover what lies on or between their ends, for each origin and for all")
    func covered() throws {
        let rows = try coverage().read()
        #expect(try Array(rows.date("origin")) == [nil, "2013-12-31"])
        #expect(try Array(rows.int64("flights")) == [3, 3])
        #expect(try rows.double("coverage")[0] == 1.0 / 3)
        #expect(try rows.double("above_p90")[1] == 2.0 / 3)
        // 0.5 * (7 + 6 + 46) / 3.
        #expect(abs(try #require(try rows.double("loss_p50")[0]) - 59.0 / 6) < 1e-9)
    }

    @Test("A flight without an expectation in its weather is an error, not a smaller sample")
    func noWeather() throws {
        _ = try score([1], expecting: [:])
        let told = try table("told").read()
        try table("told").write(told.selecting(rows: [0]))
        #expect(throws: ScoreError.noWeather("2014-01-02", 8)) {
            try Score(
                forecasts: [table("forecasts")], weatherKnown: [table("told")], happened: [table("happened")],
                origin: "2013-12-31", horizon: 2, days: table("days"), sources: table("sources")
            ).run(Step())
        }
        #expect(throws: ScoreError.routesDiffer([1, 0, 1])) {
            try Score(
                forecasts: [table("forecasts")], weatherKnown: [], happened: [table("happened")],
                origin: "2013-12-31", horizon: 2, days: table("days"), sources: table("sources")
            ).run(Step())
        }
    }

    @Test("A recency-weighted mean counts a flight of a year ago half")
    func recency() throws {
        try table("observations").write(
            Table(
                Schema([Field("date", .date), Field("hour", .int32), Field("delay_minutes", .int32)]),
                [.date(["2013-12-02", "2012-12-02"]), .int32([8, 8]), .int32([0, 30])]))
        func mean(_ asOf: Day) throws -> Double? {
            try RecencyBaselines(
                rows: table("observations"), value: "delay_minutes", asOf: asOf, statistic: .mean,
                settings: BaselineSettings(levels: [[]]), table: table("means")
            ).run(Step())
            return try table("means").read().double("mean")[0]
        }
        #expect(try mean("2013-12-02") == 10)
        // Of 730 and 365 days ago: a third and a half.
        #expect(abs(try #require(try mean("2014-12-02")) - 12) < 1e-9)
    }

    @Test("A route is established on the day of its last observation that was wanting")
    func established() throws {
        let parts = Tree(try directory.directory("o"))
        func write(_ route: String, _ dates: [Day]) throws {
            try ParquetWriter().write(
                Table(Schema([Field("date", .date)]), [.date(Values(dates))]), to: parts["\(route).parquet"].path)
        }
        try write("JFK-LAX", ["2013-01-03", "2013-01-01", "2013-01-02"])
        try write("JFK-SFO", ["2013-01-01"])
        try EstablishedRoutes(observations: parts, minimumObservations: 2, table: table("routes")).run(Step())
        let routes = try table("routes").read()
        #expect(try Array(routes.string("route")) == ["JFK-LAX"])
        #expect(try Array(routes.date("since")) == ["2013-01-02"])
    }

    @Test("Days are written with commas; what is no day, or none, is refused")
    func days() {
        #expect(Days(text: "2013-10-31,2013-08-31")?.text == "2013-08-31,2013-10-31")
        for text in ["", "2013-08-31,", "2013-02-30", "2013-08-31 2013-09-30"] { #expect(Days(text: text) == nil) }
    }

    @Test("Numbers are shown with two decimals, also small and negative ones")
    func numbers() {
        #expect(
            [0, 1.006, -0.004, -1.5, 19.286, 100].map(fixed) == ["0.00", "1.01", "0.00", "-1.50", "19.29", "100.00"])
        #expect(fixed(.nan) == "nan")
    }
}
