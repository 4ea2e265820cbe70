import Rules
import Tables
import Testing

@testable import Forecasting

@Suite struct RecencyBaselinesTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func table(_ name: String) -> TableFile { TableFile(artifact: Artifact(directory.file(name))) }

    @Test("A weighted median is where half of the weight lies")
    func medians() {
        #expect(weightedMedian([]) == nil)
        #expect(weightedMedian([(3, 1)]) == 3)
        #expect(weightedMedian([(9, 1), (1, 1), (5, 1)]) == 5)
        #expect(weightedMedian([(4, 1), (1, 1), (2, 1), (8, 1)]) == 3)
        #expect(weightedMedian([(1, 1), (2, 1), (9, 3)]) == 9)
        #expect(weightedMedian([(1, 2), (2, 1), (9, 1)]) == 1.5)
        // The sum of ten such weights is not ten of them.
        for count in 1 ... 60 {
            let values = (0 ..< 2 * count).map { (value: Double($0), weight: 1 / 1.1) }
            #expect(weightedMedian(values) == Double(count) - 0.5)
        }
    }

    @Test("Rows without a value do not count")
    func nulls() throws {
        try table("rows").write(
            Table(
                Schema([Field("date", .date), Field("hour", .int32), Field("wait", .int32, nullable: true)]),
                [.date(["2019-01-01", "2019-01-01", "2019-01-01"]), .int32([8, 8, 9]), .int32([10, nil, nil])]))
        let settings = BaselineSettings(levels: [["hour"], []], minimumRows: 1)
        try RecencyBaselines(
            rows: table("rows"), value: "wait", asOf: "2019-01-01", statistic: .median, settings: settings,
            table: table("recent")
        ).run(Step())
        try Medians(rows: table("rows"), value: "wait", settings: settings, table: table("medians")).run(Step())
        let recent = try table("recent").read()
        #expect(recent == (try table("medians").read()))
        #expect(try Array(recent.int32("hour")) == [8, nil])
        #expect(try Array(recent.double("median")) == [10, 10])
    }

    @Test("A row of a later day is refused: its weight would be more than one")
    func later() throws {
        try table("rows").write(
            Table(Schema([Field("date", .date), Field("wait", .double)]), [.date(["2019-01-02"]), .double([1])]))
        #expect(throws: ForecastingError.laterThan("2019-01-01", "2019-01-02")) {
            try RecencyBaselines(
                rows: table("rows"), value: "wait", asOf: "2019-01-01", statistic: .mean,
                settings: BaselineSettings(levels: [[]]), table: table("recent")
            ).run(Step())
        }
    }
}
