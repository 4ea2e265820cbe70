import Forecasting
import Rules

/// The models of each attraction, and how far they were off.
struct Learned {
    let withPosted: Rule<Train, String>
    let withoutPosted: Rule<Train, String>
    /// Of actual waits: forecasts are theirs where they were better than the model.
    let medians: Rule<Medians, String>
    let quantiles: Rule<TrainQuantiles, String>
    let accuracy: Action<GatherCSV>

    init(_ build: Build, _ known: Known, _ settings: Settings) {
        let features = build.rule("features", known.attractions) { code in
            known.entities[code].map { entity in
                Features(
                    observations: known.observations[code].table, calendar: known.calendar[entity.park.member],
                    withPosted: "out/features/\(code)/with_posted.parquet",
                    withoutPosted: "out/features/\(code)/without_posted.parquet")
            }
        }
        func train(_ name: String, _ table: @escaping (Features) -> TableFile) -> Rule<Train, String> {
            build.rule(name, known.attractions) { code in
                Train(
                    features: table(features[code]), target: "actual_minutes", day: "park_date", split: settings.split,
                    baselines: settings.medians, settings: settings.training,
                    model: "out/models/\(code)/\(name).ubj", metadata: "out/models/\(code)/\(name).json")
            }
            .needs(cpus: 1)
            // Off; --min-age-hours says how long. An attraction that is observed every day is trained even so.
            .policy(.settle(hours: 0, of: \.features, column: "observed_at", atLatestAfterDays: 3))
        }
        let withPosted = train("with_posted") { $0.withPosted }
        let withoutPosted = train("without_posted") { $0.withoutPosted }
        medians = build.rule("medians", known.attractions) { code in
            Medians(
                rows: features[code].withoutPosted, value: "actual_minutes", settings: settings.medians,
                table: "out/medians/\(code).parquet")
        }
        quantiles = build.rule("train-quantiles", known.attractions) { code in
            TrainQuantiles(
                features: features[code].withoutPosted, target: "actual_minutes", day: "park_date",
                baselines: settings.medians, model: "out/quantiles/\(code).json")
        }
        .needs(cpus: 1)
        let errors = build.rule("accuracy", known.attractions) { code in
            Accuracy(
                withPosted: withPosted[code].metadata, withoutPosted: withoutPosted[code].metadata,
                features: features[code].withPosted, observations: known.observations[code].table,
                aggregates: settings.aggregates, split: settings.split, table: "out/accuracy/\(code).parquet")
        }
        accuracy = build.action(
            "accuracy-csv",
            GatherCSV(
                tables: errors.all.keyed(by: known.attractions, \.table), entity: "entity_code",
                file: "out/accuracy.csv"))
        self.withPosted = withPosted
        self.withoutPosted = withoutPosted
    }
}

/// What signs are expected to say, by date group and hour.
struct Expected {
    let aggregates: Rule<RecencyBaselines, String>
    let table: Action<GatherCSV>

    init(_ build: Build, _ known: Known, _ settings: Settings, asOf: Day) {
        aggregates = build.rule("aggregates", known.attractions) { code in
            RecencyBaselines(
                rows: known.observations[code].table, value: "posted_minutes", day: "park_date", asOf: asOf,
                statistic: .median, settings: settings.aggregates, table: "out/aggregates/\(code).parquet")
        }
        table = build.action(
            "aggregates-csv",
            GatherCSV(
                tables: aggregates.all.keyed(by: known.attractions, \.table), entity: "entity_code",
                file: "out/aggregates.csv"))
    }
}
