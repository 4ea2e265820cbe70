import Forecasting
import Rules
import Tables

/// The mean delays of a route by weekday group and hour, what is recent counting more.
///
/// They carry the day as of which they are, and so change every day, also where nothing flew: no forecast is made from
/// them.
struct RecencyMeans: Recipe {
    @Input var observations: TableFile
    var asOf: Day
    var settings: BaselineSettings
    @Output var table: TableFile

    func run(_ step: Step) throws {
        let rows = try observations.read(columns: ["date", "hour", "delay_minutes"])
        let weights = try rows.date("date").storage.map { 1 / (1 + Double($0.distance(to: asOf)) / 365) }
        let delays = try rows.int32("delay_minutes").storage.map(Double.init)
        try table.write(
            Baselines(meansOf: delays, weights: weights, by: BaselineKeys(ofFlights: rows), settings).table())
    }
}

extension BaselineKeys {
    /// - Parameter flights: with `date` and `hour`.
    init(ofFlights flights: Table) throws {
        self.init(
            [
                "weekday_group": try flights.date("date").storage.map { WeekdayGroup($0).rawValue },
                "hour": try flights.int32("hour").storage,
            ],
            rowCount: flights.rowCount)
    }
}
