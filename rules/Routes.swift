import Forecasting
import Rules
import Tables

/// The routes with enough observations, each with their number and the newest.
///
/// - Output: a row per route, sorted: `route`, `observations`, `newest_observation`.
struct Routes: Recipe {
    @Input var observations: Tree
    var minimumObservations: Int
    @Output var table: TableFile

    func run(_ step: Step) throws {
        var rows: [(route: String, count: Int, newest: Timestamp)] = []
        for member in try observations.members() {
            let file = try ParquetFile(observations[member].path)
            guard file.rowCount >= minimumObservations else { continue }
            guard let newest = try file.read(columns: ["observed_at"]).timestamp("observed_at").storage.max() else {
                continue
            }
            rows.append((String(member.prefix { $0 != "." }), file.rowCount, newest))
        }
        try table.write(
            Table(
                Schema([
                    Field("route", .string), Field("observations", .int64), Field("newest_observation", .timestamp),
                ]),
                [
                    .string(Strings(rows.map(\.route))), .int64(Values(rows.map { Int64($0.count) })),
                    .timestamp(Values(rows.map(\.newest))),
                ]))
    }
}
