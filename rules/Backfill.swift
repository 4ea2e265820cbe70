import Forecasting
import Rules
import Tables

/// What was to be expected of past flights in the weather that they had, cancelled ones included.
///
/// Each flight is asked of the newest model that had not seen its day: that of the latest cut up to it.
///
/// - Output: a row per scheduled flight of the hours whose weather is known: `route`, `date`, `hour`, `minute`,
///   `expected_delay_minutes`, and `trained_before`, the cut of the model; both null before the first cut.
struct Backfill: Recipe {
    @Input var models: [Day: ModelFile]
    @Input var metadata: [Day: MetadataFile]
    @Input var scheduled: TableFile
    var route: String
    @Output var table: TableFile

    func run(_ step: Step) throws {
        let flights = try scheduled.read()
        let dates = try flights.date("date").storage
        let cuts = models.keys.sorted()
        let rowsByCut = Dictionary(grouping: dates.indices) { row in cuts.last { $0 <= dates[row] } }
        var expected = [Double?](repeating: nil, count: flights.rowCount)
        var trained = [Day?](repeating: nil, count: flights.rowCount)
        for (cut, rows) in rowsByCut {
            guard let cut, let model = models[cut], let known = metadata[cut] else { continue }
            let asked = try TrainedModel(model, known, threads: step.cpus)
                .predictions(for: flights.selecting(rows: rows))
            for (row, value) in zip(rows, asked) { (expected[row], trained[row]) = (value, cut) }
        }
        try table.write(
            Table(
                Schema([
                    Field("route", .string), Field("date", .date), Field("hour", .int32), Field("minute", .int32),
                    Field("expected_delay_minutes", .double, nullable: true),
                    Field("trained_before", .date, nullable: true),
                ]),
                [
                    .string(Strings(dates.map { _ in route })), .date(Values(dates)),
                    .int32(flights.int32("hour")), .int32(flights.int32("minute")),
                    .double(Values(expected)), .date(Values(trained)),
                ]))
    }
}
