import Forecasting
import Rules

/// Forecasts waits in Walt Disney World's parks, attraction by attraction: curves of 5 minutes, and their index.
@main struct WaitTimes: Rulesfile {
    @Parameter("Folder of the data, in the workspace; a link to it will do") var data = "data"
    @Parameter("Last day whose observations may be used", zone: "America/New_York") var asOf: Day = "2019-11-30"
    @Parameter("Days ahead", in: 1 ... 731) var horizonDays = 14
    @Parameter("Past days that are filled", in: 1 ... 366) var backfillDays = 7
    @Parameter("Actual waits to grow on without which a model is their mean", in: 1 ... 1_000_000)
    var minObservations = 500
    @Parameter("Codes of attractions, as AK18,EP02, or all") var attractions: EntityCodes = "all"

    func rules(_ build: Build) throws {
        let entities = try Entities(build, listed: build.source("\(data)/entities.csv"), wanted: attractions)
        let settings = Settings(minObservations: minObservations)
        let days = build.action(
            "calendar",
            ParkCalendar(calendar: CSVFile(artifact: build.source("\(data)/calendar.csv.gz")), parks: "out/calendar"))
        func calendar(_ entity: Entity) -> TableFile { days.parks[entity.park.member] }

        // Of what is forecast from, only the cut, the weights and the axes of days know what day it is.
        let listed = Axis("attraction", entities.codes)
        let observations = build.rule("observations", listed) { code in
            entities[code].map { entity in
                Observations(
                    facts: CSVFile(artifact: build.source("\(data)/facts/\(entity.facts).csv.gz")),
                    calendar: calendar(entity), through: asOf, table: "out/observations/\(code).parquet",
                    dirt: "out/dirt/\(code).parquet")
            }
        }
        let counts = observations.all.keyed(by: listed, \.dirt)
        let dirt = build.action("dirt", GatherCSV(tables: counts, entity: "entity_code", file: "out/dirt.csv"))
        let observed = build.action("observed", Observed(dirt: counts, table: "out/observed.csv"))
        let attractions = build.table(observed.table).axis("attraction", column: "entity_code", of: String.self)

        let features = build.rule("features", attractions) { code in
            entities[code].map { entity in
                Features(
                    observations: observations[code].table, calendar: calendar(entity),
                    withPosted: "out/features/\(code)/with_posted.parquet",
                    withoutPosted: "out/features/\(code)/without_posted.parquet")
            }
        }
        func train(_ code: String, _ name: String, _ features: TableFile) -> Train {
            Train(
                features: features, target: "actual_minutes", day: "park_date", split: settings.split,
                baselines: settings.medians, settings: settings.training,
                model: "out/models/\(code)/\(name).ubj", metadata: "out/models/\(code)/\(name).json")
        }
        // Off; --min-age-hours says how long. An attraction that is observed every day is trained even so.
        let withPosted = build.rule("with_posted", attractions) { train($0, "with_posted", features[$0].withPosted) }
            .needs(cpus: 1)
            .policy(.settle(hours: 0, of: \.features, column: "observed_at", atLatestAfterDays: 3))
        let withoutPosted = build.rule("without_posted", attractions) {
            train($0, "without_posted", features[$0].withoutPosted)
        }
        .needs(cpus: 1)
        .policy(.settle(hours: 0, of: \.features, column: "observed_at", atLatestAfterDays: 3))
        let medians = build.rule("medians", attractions) { code in
            Medians(
                rows: features[code].withoutPosted, value: "actual_minutes", settings: settings.medians,
                table: "out/medians/\(code).parquet")
        }
        let aggregates = build.rule("aggregates", attractions) { code in
            RecencyBaselines(
                rows: observations[code].table, value: "posted_minutes", day: "park_date", asOf: asOf,
                statistic: .median, settings: settings.aggregates, table: "out/aggregates/\(code).parquet")
        }

        let allAggregates = build.action(
            "aggregates-csv",
            GatherCSV(
                tables: aggregates.all.keyed(by: attractions, \.table), entity: "entity_code",
                file: "out/aggregates.csv"))

        let parks = Axis("park", entities.parks)
        let coming = asOf.following(horizonDays)
        let past = (asOf + 1).previous(backfillDays)
        let slots = build.rule("slots", parks) { park in
            Slots(calendar: days.parks[park.member], table: "out/slots/\(park.text).parquet")
        }
        let forecasts = build.rule("forecast", attractions, Axis("day", coming)) { code, day in
            entities[code].map { entity in
                let trained = withoutPosted[code]
                return Forecast(
                    model: trained.model, metadata: trained.metadata, baselines: medians[code].table,
                    features: slots[entity.park].table, entity: code, day: day, columns: settings.columns,
                    curve: "out/forecasts/\(code)/\(day).parquet")
            }
        }
        let curves = build.rule("curve", attractions, Axis("day", coming)) { code, day in
            entities[code].map { entity in
                Curve(
                    forecast: forecasts[code, day].curve, aggregates: aggregates[code].table,
                    slots: slots[entity.park].table, day: day, curve: "out/curves/forecast/\(code)_\(day).csv")
            }
        }
        let backfill = build.rule("backfill", attractions, Axis("day", past)) { code, day in
            entities[code].map { entity in
                let trained = withPosted[code]
                return Backfill(
                    model: trained.model, metadata: trained.metadata, medians: medians[code].table,
                    observations: observations[code].table, slots: slots[entity.park].table, entity: code, day: day,
                    curve: "out/curves/backfill/\(code)_\(day).csv")
            }
        }
        let indices = build.rule("index", parks, Axis("day", past + coming)) { park, day in
            let codes = entities.codes(in: park)
            return day > asOf
                ? Index(
                    curves: curves[.in(codes), .only(day)].curve, column: "actual_predicted", park: park, day: day,
                    table: "out/index/\(park.text)_\(day).parquet")
                : Index(
                    curves: backfill[.in(codes), .only(day)].curve, column: "actual", park: park, day: day,
                    table: "out/index/\(park.text)_\(day).parquet")
        }
        .accepts(.atLeast(0.5), of: \.curves)
        let index = build.action("index-csv", ConcatenateCSV(tables: indices.all.table, file: "out/index.csv"))

        let accuracies = build.rule("accuracy", attractions) { code in
            Accuracy(
                withPosted: withPosted[code].metadata, withoutPosted: withoutPosted[code].metadata,
                features: features[code].withPosted, observations: observations[code].table,
                aggregates: settings.aggregates, split: settings.split, table: "out/accuracy/\(code).parquet")
        }
        let accuracy = build.action(
            "accuracy-csv",
            GatherCSV(
                tables: accuracies.all.keyed(by: attractions, \.table), entity: "entity_code",
                file: "out/accuracy.csv"))

        let quantiles = build.rule("train-quantiles", attractions) { code in
            TrainQuantiles(
                features: features[code].withoutPosted, target: "actual_minutes", day: "park_date",
                baselines: settings.medians, model: "out/quantiles/\(code).json")
        }
        .needs(cpus: 1)
        build.rule("intervals", attractions) { code in
            entities[code].map { entity in
                ForecastQuantiles(
                    model: quantiles[code].model, features: slots[entity.park].table, entity: code, from: asOf + 1,
                    through: asOf + horizonDays, columns: settings.quantileColumns,
                    curve: "out/intervals/\(code).parquet")
            }
        }
        build.defaults(curves, backfill, indices, index, allAggregates, dirt, accuracy)
    }
}
