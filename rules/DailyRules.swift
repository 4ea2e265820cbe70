import Forecasting
import Rules

/// The daily job: forecasts of the days to come, and the means of what was.
struct DailyRules {
    let routes: Axis<String>
    let curves: Rule<Forecast, String, Day>
    let indices: Rule<Index, Day>
    let table: Action<ConcatenateCSV>
    let intervals: Rule<ForecastQuantiles, String>
    let means: Rule<RecencyBaselines, String>

    init(
        _ build: Build, _ raw: RawData, _ late: CSVFile, asOf: Day, minimumObservations: Int,
        _ everything: Everything, _ job: Job
    ) {
        // Of what is forecast from, only the cut and the axis of days know what day it is.
        let observations = build.action(
            "observations", job.observations(of: raw.flights, late: late, through: asOf))
        let days = Axis("day", asOf.following(job.settings.horizon))
        let established = build.action(
            "routes",
            Routes(
                observations: observations.parts, minimumObservations: minimumObservations, table: "out/routes.parquet")
        )
        routes = build.table(established.table.artifact).axis("route", of: String.self)

        let features = build.rule("features", routes) { job.features($0, observations.parts) }
        let baselines = build.rule("baselines", routes) { job.baselines($0, features[$0]) }
        let models = build.rule("train", routes) { job.train($0, features[$0]) }
            .needs(cpus: 1)
            // Off; --min-age-hours says how long. A route that flies every day is trained even so.
            .policy(.settle(hours: 0, of: \.features, column: "observed_at", atLatestAfterDays: 3))
        curves = build.rule("forecast", routes, days) { route, day in
            job.forecast(route, day, models[route], features[route], baselines[route])
        }
        let curves = curves
        indices = build.rule("index", days) { day in
            Index(curves: curves[.all, .only(day)].curve, day: day, table: "out/index/\(day).parquet")
        }
        .accepts(.atLeast(0.98), of: \.curves)
        table = build.action("index-csv", ConcatenateCSV(tables: indices.all.table, file: "out/index.csv"))
        build.group("forecasts", curves, indices, table)

        let quantiles = build.rule("train-quantiles", routes) { job.trainQuantiles($0, features[$0]) }.needs(cpus: 1)
        intervals = build.rule("intervals", routes) { job.intervals($0, asOf: asOf, quantiles[$0], features[$0]) }

        means = build.rule("recency-means", routes) { job.recencyMeans($0, features[$0], asOf: asOf) }
        backfill(build, raw, everything, asOf: asOf, routes, features, job)
    }

    /// What was to be expected of past flights, told their weather: by models that are trained anew each month.
    private func backfill(
        _ build: Build, _ raw: RawData, _ everything: Everything, asOf: Day, _ routes: Axis<String>,
        _ features: Rule<Features, String>, _ job: Job
    ) {
        let months = everything.years.days.filter { $0.calendar.day == 1 && $0 <= asOf }
        let cuts = Axis("cut", months)
        let weather = build.action("weather", job.weather(raw.weather, through: asOf))
        let told = build.rule("weather-features", routes) { route in
            job.weatherFeatures(route, features[route], weather: weather.parts, cuts: months)
        }
        let models = build.rule("with_weather", routes, cuts) { route, cut in
            everything.isEstablished(route, before: cut) ? job.withWeather(route, cut, told[route]) : nil
        }
        .needs(cpus: 1)
        build.rule("backfill", routes) { route in
            let models = models[.only(route), .all]
            return Backfill(
                models: models.keyed(by: cuts, \.model), metadata: models.keyed(by: cuts, \.metadata),
                scheduled: told[route].scheduled, route: route, table: "out/backfill/\(route).parquet")
        }
    }
}
