import Calendar
import Rules
import Tables
import Testing

@testable import Forecasting

@Suite struct QuantileRecipesTests {
    private let directory: TemporaryDirectory
    private let columns = QuantileColumns(slot: "hour", entity: "route", count: "flights")

    init() throws { directory = try TemporaryDirectory() }

    private func table(_ name: String) -> TableFile { TableFile(artifact: Artifact(directory.file(name))) }
    private var model: QuantilesFile { QuantilesFile(artifact: Artifact(directory.file("model.json"))) }

    /// Trains, and writes what a forecast reads.
    private func prepare(days: Int) throws {
        let rows = try SkewedExamples(days: days, seed: 1).table()
        try table("features").write(rows)
        try table("upcoming").write(rows.selecting(["date", "hour", "wind"]))
        try TrainQuantiles(features: table("features"), target: "delay", baselines: Examples.baselines, model: model)
            .run(Step())
    }

    private func forecast(from first: Day, through last: Day, of features: String = "upcoming") throws -> Table {
        try ForecastQuantiles(
            model: model, features: table(features), entity: "JFK-LAX", from: first, through: last, columns: columns,
            curve: table("curve")
        ).run(Step())
        return try table("curve").read()
    }

    @Test("There is a row per day and slot, with quantiles in order", arguments: [10, 100])
    func curve(trainingDays: Int) throws {
        try prepare(days: trainingDays)
        let curve = try forecast(from: "2013-01-02", through: "2013-01-04")
        #expect(
            curve.schema.fields.map(\.name) == ["route", "date", "hour", "flights", "p10", "p50", "p90"])
        #expect(try curve.int32("hour").storage == Array(repeating: Array(Int32(6) ..< 18), count: 3).flatMap(\.self))
        #expect(try Set(curve.date("date").storage) == ["2013-01-02", "2013-01-03", "2013-01-04"])
        let (low, middle, high) = (try curve.double("p10"), try curve.double("p50"), try curve.double("p90"))
        for row in 0 ..< curve.rowCount {
            #expect(low.storage[row] <= middle.storage[row] && middle.storage[row] <= high.storage[row])
        }
        #expect(try middle.storage != Array(curve.double("p90").storage))
    }

    @Test("A slot's quantiles are the means over what is in it")
    func means() throws {
        try prepare(days: 100)
        let rows = try table("upcoming").read()
        let alone = try (0 ..< 3).map { row in
            try table("one").write(rows.selecting(rows: [row]).replacing(hour: 6))
            return try forecast(from: "2013-01-01", through: "2013-01-01", of: "one").double("p90").storage[0]
        }
        try table("three").write(rows.selecting(rows: [0, 1, 2]).replacing(hour: 6))
        let curve = try forecast(from: "2013-01-01", through: "2013-01-01", of: "three")
        #expect(try Array(curve.int32("flights")) == [3])
        #expect(try abs(curve.double("p90").storage[0] - (alone[0] + alone[1] + alone[2]) / 3) < 1e-9)
    }

    @Test("Days with nothing to be predicted give an empty table with the schema")
    func emptyDays() throws {
        try prepare(days: 100)
        let schema = try forecast(from: "2013-01-02", through: "2013-01-02").schema
        let empty = try forecast(from: "2014-06-01", through: "2014-06-02")
        #expect(empty.rowCount == 0)
        #expect(empty.schema == schema)
    }

    @Test("Table and model with other features fail, naming both lists, also on empty days", arguments: [3, 900])
    func otherFeatures(day: Int) throws {
        try prepare(days: 100)
        try table("few").write(try table("upcoming").read().selecting(["date", "hour"]))
        #expect(throws: ForecastingError.featuresDiffer(table: ["hour"], model: ["hour", "wind"])) {
            try forecast(from: Examples.firstDay + day, through: Examples.firstDay + day, of: "few")
        }
    }

    @Test("A model is read as it was written", arguments: [10, 100])
    func roundTrip(trainingDays: Int) throws {
        try prepare(days: trainingDays)
        let read = try model.read()
        #expect(try read.json() == bytes(of: model.path))
        #expect(read.rows == trainingDays * 12)
        #expect(read.target == "delay")
        try model.write(read)
        #expect(try model.read() == read)
    }

    @Test("A model that was cut short or changed is an error with its path before XGBoost sees it")
    func damaged() throws {
        try prepare(days: 100)
        let whole = try bytes(of: model.path)
        let trees = try #require(whole.firstRange(of: Array("\"trees\" : \"".utf8))).upperBound + 100
        var changed = whole
        changed[trees] = changed[trees] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        for bytes in [[], Array(whole.prefix(whole.count / 2)), changed, Array("{}".utf8)] {
            try writeFile(bytes, to: model.path)
            let error = #expect(throws: ForecastingError.self) {
                try forecast(from: "2013-01-02", through: "2013-01-02")
            }
            guard case .badQuantiles(let path, _) = error else { throw try #require(error) }
            #expect(path == model.path)
        }
    }
}

extension Table {
    fileprivate func replacing(hour: Int32) throws -> Table {
        let kept = try selecting(["date", "wind"])
        return try Table(
            Schema([Field("date", .date), Field("hour", .int32), Field("wind", .double)]),
            [kept.columns[0], .int32(Values((0 ..< rowCount).map { _ in hour })), kept.columns[1]])
    }
}
