import Calendar
import Rules
import Tables
import Testing

@testable import Forecasting

@Suite struct ForecastTests {
    private let directory: TemporaryDirectory
    private let columns = ForecastColumns(slot: "hour", entity: "route", count: "flights", prediction: "delay")

    init() throws { directory = try TemporaryDirectory() }

    private func table(_ name: String) -> TableFile { TableFile(artifact: Artifact(directory.file(name))) }
    private var model: ModelFile { ModelFile(artifact: Artifact(directory.file("model"))) }
    private var metadata: MetadataFile { MetadataFile(artifact: Artifact(directory.file("model.json"))) }

    /// Trains, and writes what a forecast reads.
    private func prepare(days: Int, rounds: Int = 60) throws {
        let rows = try Examples.table(days: days)
        try table("features").write(rows)
        try table("upcoming").write(rows.selecting(["date", "hour", "wind"]))
        let keys = try BaselineKeys(["hour"], of: rows)
        let delays = try rows.int32("delay").storage.map(Double.init)
        try table("baselines").write(Baselines(of: delays, by: keys, Examples.baselines).table())
        try Train(
            features: table("features"), target: "delay", baselines: Examples.baselines,
            settings: TrainingSettings(rounds: rounds), model: model, metadata: metadata
        ).run(Step(seed: 1))
    }

    @Test("Split in order, 70, 15 and 15 of a hundred days are grown on, stopped by and tested on")
    func chronological() throws {
        try table("features").write(Examples.table(days: 100))
        try Train(
            features: table("features"), target: "delay", split: .chronological(), baselines: Examples.baselines,
            settings: TrainingSettings(rounds: 30), model: model, metadata: metadata
        ).run(Step(seed: 1))
        let rows = try metadata.read().rows
        #expect([rows.all, rows.train, rows.stop, rows.test] == [1200, 840, 180, 180])
    }

    private func forecast(_ day: Day, from features: String = "upcoming") throws -> Table {
        try Forecast(
            model: model, metadata: metadata, baselines: table("baselines"), features: table(features),
            entity: "JFK-LAX", day: day, columns: columns, curve: table("curve")
        ).run(Step())
        return try table("curve").read()
    }

    @Test("There is one row per slot of the day, by the model where that was better")
    func fromModel() throws {
        try prepare(days: 200)
        let curve = try forecast("2013-02-03")
        #expect(
            curve.schema.fields.map(\.name) == [
                "route", "date", "hour", "flights", "delay", "source", "fallback_level",
            ])
        #expect(try curve.int32("hour").storage == Array(6 ..< 18))
        #expect(try Set(curve.string("source")) == ["model"])
        #expect(try curve.int32("fallback_level").allSatisfy { $0 == nil })
        #expect(try curve.int32("flights").allSatisfy { $0 == 1 })
    }

    @Test("Where the median was better it is forecast, with the level it is from")
    func fromMedian() throws {
        try prepare(days: 7)
        let curve = try forecast("2013-01-03")
        #expect(try Set(curve.string("source")) == ["median"])
        #expect(try curve.int32("fallback_level").allSatisfy { $0 == 0 })
        #expect(try curve.double("delay")[0] == 12)
    }

    @Test("A slot's prediction is the mean over what is in it")
    func means() throws {
        try prepare(days: 7)
        let rows = try table("upcoming").read()
        let twice = try rows.selecting(rows: [0, 1, 1, 2, 2, 2])
        try table("twice").write(twice)
        let curve = try forecast(Examples.firstDay, from: "twice")
        #expect(try Array(curve.int32("flights")) == [1, 2, 3])
        #expect(try Array(curve.double("delay")) == [12, 14, 16])
    }

    @Test("A row without a slot is an error, not one of slot 0")
    func noSlot() throws {
        try prepare(days: 200)
        let rows = try table("upcoming").read().selecting(rows: [0, 1])
        try table("gap").write(
            Table(
                Schema([
                    Field("date", .date), Field("hour", .int32, nullable: true), Field("wind", .double, nullable: true),
                ]),
                [rows.columns[0], .int32(Values([6, nil])), rows.columns[2]]))
        let error = #expect(throws: TableError.self) { try forecast(Examples.firstDay, from: "gap") }
        #expect(error?.problem == .unexpectedNull)
    }

    @Test("What is no number cannot be learned", arguments: [Double.nan, .infinity, 1e300])
    func notFinite(value: Double) throws {
        for days in [7, 200] {
            let rows = try Examples.table(days: days)
            var delays = try rows.int32("delay").storage.map(Double.init)
            delays[3] = value
            try table("features").write(
                Table(
                    Schema(rows.schema.fields.dropLast() + [Field("delay", .double)]),
                    rows.columns.dropLast() + [.double(Values(delays))]))
            #expect(throws: ForecastingError.notFinite(column: "delay", row: 3)) {
                try Train(
                    features: table("features"), target: "delay", baselines: Examples.baselines, model: model,
                    metadata: metadata
                ).run(Step(seed: 1))
            }
            #expect(throws: ForecastingError.notFinite(column: "delay", row: 3)) {
                try TrainQuantiles(
                    features: table("features"), target: "delay", baselines: Examples.baselines,
                    model: QuantilesFile(artifact: Artifact(directory.file("quantiles")))
                ).run(Step())
            }
        }
    }

    @Test("A day with nothing to be predicted gives an empty table with the schema", arguments: [7, 200])
    func emptyDay(trainingDays: Int) throws {
        try prepare(days: trainingDays)
        let full = try forecast("2013-01-02")
        let empty = try forecast("2014-06-01")
        #expect(empty.rowCount == 0)
        #expect(empty.schema == full.schema)
    }

    @Test("Table and model with other features fail, naming both lists, also on an empty day", arguments: [3, 900])
    func otherFeatures(day: Int) throws {
        try prepare(days: 7)
        try table("few").write(try table("upcoming").read().selecting(["date", "hour"]))
        let error = #expect(throws: ForecastingError.self) { try forecast(Examples.firstDay + day, from: "few") }
        #expect(error == .featuresDiffer(table: ["hour"], model: ["hour", "wind"]))
        #expect("\(try #require(error))".contains("`hour`, `wind`"))
    }

    @Test("A model that was cut short or replaced is an error before XGBoost sees it")
    func otherModel() throws {
        try prepare(days: 200)
        let whole = try bytes(of: model.path)
        for part in [[], Array(whole.dropLast()), whole + [0]] {
            try writeFile(part, to: model.path)
            #expect(throws: ForecastingError.otherModel(path: model.path, metadata: metadata.path)) {
                try forecast("2013-02-03")
            }
        }
    }

    @Test("Trained and forecast again, every byte is the same")
    func reproducible() throws {
        try prepare(days: 200)
        _ = try forecast("2013-02-03")
        let names = ["model", "model.json", "curve"]
        let first = try names.map { try bytes(of: directory.file($0)) }
        try prepare(days: 200)
        _ = try forecast("2013-02-03")
        #expect(try names.map { try bytes(of: directory.file($0)) } == first)
    }
}
