import Forecasting
import Rules
import Tables

/// From when on each route has had enough observations to be forecast.
///
/// - Input: the observations of all days.
/// - Output: a row per route, sorted: `route`, `since`, the first day as of which there were enough. What it says of a
///   day depends on nothing later.
struct EstablishedRoutes: Recipe {
    @Input var observations: Tree
    var minimumObservations: Int
    @Output var table: TableFile

    func run(_ step: Step) throws {
        var rows: [(route: String, since: Day)] = []
        for member in try observations.members() {
            let file = try ParquetFile(observations[member].path)
            guard file.rowCount >= minimumObservations else { continue }
            let dates = try file.read(columns: ["date"]).date("date").storage.sorted()
            rows.append((String(member.prefix { $0 != "." }), dates[minimumObservations - 1]))
        }
        try table.write(
            Table(
                Schema([Field("route", .string), Field("since", .date)]),
                [.string(Strings(rows.map(\.route))), .date(Values(rows.map(\.since)))]))
    }
}
