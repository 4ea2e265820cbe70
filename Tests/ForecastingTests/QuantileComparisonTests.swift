import Calendar
import Rules
import Tables
import Testing

@testable import AirportRules
@testable import Forecasting

/// Our quantiles beside scikit-learn's, trained on the same rows.
@Suite(
    .enabled(
        if: ScikitLearn.found != nil,
        "no python3 with sklearn: make one with Scripts/forecasting-python and name it in DBUILD_FORECASTING_PYTHON"))
struct QuantileComparisonTests {
    private let directory: TemporaryDirectory
    private let scikitLearn: ScikitLearn

    init() throws {
        directory = try TemporaryDirectory()
        scikitLearn = try #require(ScikitLearn.found)
    }

    @Test("Where the truth is known our losses are within 2 percent of scikit-learn's, and as it computes them")
    func known() throws {
        let (rows, fresh) = (SkewedExamples(days: 300, seed: 1), SkewedExamples(days: 300, seed: 2))
        let model = try QuantileTrainer(settings: QuantileSettings(), threads: 1).train(
            rows.examples(), target: "delay", baselines: Examples.baselines)
        let predictions = try fresh.predictions(of: model)
        let scores = try scikitLearn.scores(
            training: rows.table().selecting(["hour", "wind", "delay"]),
            fresh: fresh.table().selecting(["hour", "wind", "delay"]).adding(quantiles(predictions)),
            target: "delay", in: directory)
        let own = fresh.score(predictions)
        for (ours, computed) in zip(try #require(own.pinballLosses), scores.ours.losses) {
            #expect(abs(ours - computed) < 1e-9)
        }
        #expect(try abs(#require(own.coverage) - scores.ours.coverage) < 1e-12)
        for (ours, theirs) in zip(scores.ours.losses, scores.theirs.losses) { #expect(ours < theirs * 1.02) }
        #expect(abs(scores.ours.coverage - 0.8) < 0.025)
    }

    @Test(
        "Of flights on held-out weeks our losses are within 2 percent of scikit-learn's, and 4 of 5 are covered",
        .enabled(if: RealData.flights != nil, "DBUILD_TEST_DATA names no folder with flights.csv"))
    func flights() throws {
        let routes = ["JFK-LAX", "LGA-ATL", "EWR-ORD", "LGA-CLT", "JFK-BOS", "EWR-SAV"]
        let features = try self.features(of: routes)
        var (ours, theirs) = (Sums(), Sums())
        for route in routes {
            let table = try TableFile(artifact: Artifact(features[route] ?? "")).read()
            let weeks = try table.date("date").storage.map { $0.week(of: 5) }
            let known = try table.selecting(rows: weeks.indices.filter { weeks[$0] != 2 })
            let fresh = try table.selecting(rows: weeks.indices.filter { weeks[$0] == 2 })
            let levels = BaselineSettings(levels: [["weekday_group", "hour"], ["hour"], []])
            let model = try QuantileTrainer(settings: QuantileSettings(), threads: 1).train(
                QuantileTrainer.Examples(known, target: "delay_minutes", day: "date", keys: levels.keys, parts: 4),
                target: "delay_minutes", baselines: levels)
            let predictions = try model.predict(
                FeatureMatrix(fresh, target: "delay_minutes"), keys: BaselineKeys(levels.keys, of: fresh), threads: 1)
            let columns = FeatureMatrix(table).names.filter { $0 != "is_holiday" }
            let scores = try scikitLearn.scores(
                training: known.selecting(columns), fresh: fresh.selecting(columns).adding(quantiles(predictions)),
                target: "delay_minutes", in: directory)
            ours.add(scores.ours, rows: fresh.rowCount)
            theirs.add(scores.theirs, rows: fresh.rowCount)
        }
        print("quantiles of \(ours.rows) flights: ours \(ours.summary), scikit-learn \(theirs.summary)")
        #expect(ours.loss < theirs.loss * 1.02)
        // 73 days, whose flights share their weather: the share of them that is covered is itself uncertain by 0.02.
        #expect(abs(ours.coverage - 0.8) < 0.04)
    }

    /// The paths of the routes' features, from all flights of the year.
    private func features(of routes: [String]) throws -> [String: String] {
        let flights = try #require(RealData.flights)
        let (observations, schedule) = (Tree(try directory.directory("o")), Tree(try directory.directory("s")))
        let calendar = TableFile(artifact: Artifact(directory.file("calendar")))
        try Observations(flights: flights, late: nil, through: "2013-12-31", parts: observations).run(Step())
        try Schedule(flights: flights, parts: schedule).run(Step())
        try CalendarOfDays(years: ClosedYears(first: 2013, last: 2013), table: calendar).run(Step())
        var paths: [String: String] = [:]
        for route in routes {
            let path = directory.file("features-\(route)")
            try Features(
                observations: observations["\(route).parquet"], schedule: schedule["\(route).parquet"],
                calendar: calendar, table: TableFile(artifact: Artifact(path)),
                upcoming: TableFile(artifact: Artifact(directory.file("upcoming")))
            ).run(Step())
            paths[route] = path
        }
        return paths
    }

    private func quantiles(_ predictions: [[Double]]) throws -> Table {
        try Table(
            Schema(["p10", "p50", "p90"].map { Field($0, .double) }),
            (0 ..< 3).map { index in .double(Values(predictions.map { $0[index] })) })
    }
}

/// Scores of several routes, each flight counted once.
private struct Sums {
    private(set) var rows = 0
    private var losses = 0.0
    private var covered = 0.0

    mutating func add(_ score: ScikitLearn.Score, rows: Int) {
        self.rows += rows
        losses += score.losses.reduce(0, +) * Double(rows)
        covered += score.coverage * Double(rows)
    }

    var loss: Double { losses / Double(rows) }
    var coverage: Double { covered / Double(rows) }
    var summary: String { "loss \(loss), coverage \(coverage)" }
}
