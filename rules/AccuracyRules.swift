import Forecasting
import Rules

/// How accurate the forecasts were: the job as of several days, each against what happened then.
enum AccuracyRules {
    /// - Parameter job: the daily job's recipes, in a folder for the origin.
    static func add(
        to build: Build, _ raw: RawData, _ late: CSVFile, _ everything: Everything, origins: Days,
        horizon: Int, job: @escaping (_ origin: Day) -> Job
    ) -> MeasuredAccuracy {
        let origins = Axis("origin", origins.days)
        let routes = everything.routes
        func isForecast(_ route: String, _ origin: Day) -> Bool { everything.isEstablished(route, before: origin + 1) }

        func happened(_ origin: Day) -> [TableFile] {
            routes.filter { isForecast($0, origin) }.map { everything.observations["\($0).parquet"] }
        }

        let observations = build.rule("origin-observations", origins) { origin in
            job(origin).observations(of: raw.flights, late: late, through: origin)
        }
        let features = build.rule("origin-features", origins, routes) { origin, route in
            isForecast(route, origin) ? job(origin).features(route, observations[origin].parts) : nil
        }
        let baselines = build.rule("origin-baselines", origins, routes) { origin, route in
            isForecast(route, origin) ? job(origin).baselines(route, features[origin, route]) : nil
        }
        let models = build.rule("origin-train", origins, routes) { origin, route in
            isForecast(route, origin) ? job(origin).train(route, features[origin, route]) : nil
        }
        .needs(cpus: 1)
        let means = build.rule("origin-recency-means", origins, routes) { origin, route in
            isForecast(route, origin)
                ? job(origin).recencyMeans(route, features[origin, route], asOf: origin) : nil
        }
        let forecasts = build.rule("origin-forecasts", origins, routes) { origin, route in
            guard isForecast(route, origin) else { return HorizonForecasts?.none }
            let model = models[origin, route]
            return HorizonForecasts(
                model: model.model, metadata: model.metadata, medians: baselines[origin, route].table,
                means: means[origin, route].table, features: features[origin, route].table,
                upcoming: features[origin, route].upcoming, route: route,
                days: ClosedDays(first: origin + 1, last: origin + horizon),
                table: "\(job(origin).folder)/forecasts/\(route).parquet")
        }

        // Told the weather: nobody could have known it.
        let told = build.rule("origin-weather-features", origins, routes) { origin, route in
            isForecast(route, origin)
                ? job(origin).weatherFeatures(
                    route, features[origin, route], weather: everything.weather, cuts: [origin + 1]) : nil
        }
        let toldModels = build.rule("origin-with_weather", origins, routes) { origin, route in
            isForecast(route, origin) ? job(origin).withWeather(route, origin + 1, told[origin, route]) : nil
        }
        .needs(cpus: 1)
        let weatherKnown = build.rule("origin-weather-known", origins, routes) { origin, route in
            guard isForecast(route, origin) else { return Backfill?.none }
            let model = toldModels[origin, route]
            return Backfill(
                models: [origin + 1: model.model], metadata: [origin + 1: model.metadata],
                scheduled: told[origin, route].scheduled, route: route,
                table: "\(job(origin).folder)/weather-known/\(route).parquet")
        }

        let scores = build.rule("score", origins) { origin in
            Score(
                forecasts: forecasts[.only(origin), .all].table,
                weatherKnown: weatherKnown[.only(origin), .all].table,
                happened: happened(origin),
                origin: origin, horizon: horizon, days: "\(job(origin).folder)/score/days.parquet",
                sources: "\(job(origin).folder)/score/sources.parquet")
        }
        let quantiles = build.rule("origin-train-quantiles", origins, routes) { origin, route in
            isForecast(route, origin) ? job(origin).trainQuantiles(route, features[origin, route]) : nil
        }
        .needs(cpus: 1)
        let intervals = build.rule("origin-intervals", origins, routes) { origin, route in
            isForecast(route, origin)
                ? job(origin).intervals(route, asOf: origin, quantiles[origin, route], features[origin, route]) : nil
        }
        let covered = build.rule("coverage", origins) { origin in
            Coverage(
                intervals: intervals[.only(origin), .all].curve, happened: happened(origin), origin: origin,
                horizon: horizon, days: "\(job(origin).folder)/score/coverage.parquet")
        }
        let coverage = build.action(
            "coverage-table",
            CoverageTable(days: covered.all.days, table: "out/coverage.parquet", csv: "out/coverage.csv"))
        let table = build.action(
            "accuracy-table",
            Accuracy(scores: scores.all.days, table: "out/accuracy.parquet", csv: "out/accuracy.csv"))
        let text = build.action(
            "accuracy-text",
            AccuracyText(
                accuracy: table.table, sources: scores.all.sources, coverage: coverage.table, text: "out/accuracy.md"))
        build.group("accuracy", table, coverage, text)
        return MeasuredAccuracy(
            table: table.table, csv: table.csv, coverage: coverage.table, coverageCSV: coverage.csv,
            sources: scores.all.sources)
    }
}

/// What is known of the accuracy, for whoever reports it.
struct MeasuredAccuracy {
    let table: TableFile
    let csv: CSVFile
    let coverage: TableFile
    let coverageCSV: CSVFile
    /// Of each origin, how many routes chose what.
    let sources: [TableFile]
}
