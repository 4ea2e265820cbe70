import Forecasting
import Rules
import Tables

/// The median delays of a route by weekday group and hour.
struct RouteBaselines: Recipe {
    @Input var observations: TableFile
    var settings: BaselineSettings
    @Output var table: TableFile

    func run(_ step: Step) throws {
        let rows = try observations.read(columns: ["date", "hour", "delay_minutes"])
        let delays = try rows.int32("delay_minutes").storage.map(Double.init)
        try table.write(Baselines(of: delays, by: BaselineKeys(ofFlights: rows), settings).table())
    }
}
