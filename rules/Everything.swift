import Forecasting
import Rules

/// All that is known by now, whatever day the job is run for: to see what happened, and from when on a route had
/// enough observations. No forecast is made from it.
struct Everything {
    /// Which the data are of.
    let years: ClosedYears
    /// Of all days, as the weather.
    let observations: Tree
    let weather: Tree
    /// The routes that have enough observations as of the last of all days.
    let routes: Axis<String>
    /// By route, the first day as of which there were enough; empty until that is known.
    let since: [String: Day]

    init(_ build: Build, _ raw: RawData, _ late: CSVFile, minimumObservations: Int, of years: ClosedYears) throws {
        self.years = years
        let last = Day(year: years.last, month: 12, day: 31) ?? Self.latest
        let happened = build.action(
            "happened",
            Observations(flights: raw.flights, late: late, through: last, parts: "out/everything/observations"))
        observations = happened.parts
        weather =
            build.action(
                "happened-weather", Weather(weather: raw.weather, through: last, parts: "out/everything/weather")
            ).parts
        let established = build.action(
            "established",
            EstablishedRoutes(
                observations: happened.parts, minimumObservations: minimumObservations,
                table: "out/everything/routes.parquet"))
        let table = build.table(established.table.artifact)
        routes = table.axis("route", of: String.self)
        var since: [String: Day] = [:]
        try build.section {
            for (route, day) in zip(try table.column("route"), try table.column("since")) { since[route] = Day(day) }
        }
        self.since = since
    }

    /// Whether a route had enough observations before a day.
    func isEstablished(_ route: String, before day: Day) -> Bool { since[route].map { $0 < day } ?? false }

    private static let latest: Day = "9999-12-31"
}
