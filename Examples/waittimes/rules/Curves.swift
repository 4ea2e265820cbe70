import Forecasting
import Rules

/// The curves of days to come and of days that are over, and the index of both.
struct Curves {
    let forecast: Rule<Curve, String, Day>
    let backfill: Rule<Backfill, String, Day>
    let index: Action<ConcatenateCSV>

    init(
        _ build: Build, _ known: Known, _ learned: Learned, _ expected: Expected, _ settings: Settings, past: [Day],
        coming: [Day]
    ) {
        let (attractions, entities) = (known.attractions, known.entities)
        let parks = Axis("park", entities.parks)
        let slots = build.rule("slots", parks) { park in
            Slots(calendar: known.calendar[park.member], table: "out/slots/\(park.text).parquet")
        }
        let forecasts = build.rule("forecast", attractions, Axis("day", coming)) { code, day in
            entities[code].map { entity in
                Forecast(
                    model: learned.withoutPosted[code].model, metadata: learned.withoutPosted[code].metadata,
                    baselines: learned.medians[code].table, features: slots[entity.park].table, entity: code, day: day,
                    columns: settings.columns, curve: "out/forecasts/\(code)/\(day).parquet")
            }
        }
        let curves = build.rule("curve", attractions, Axis("day", coming)) { code, day in
            entities[code].map { entity in
                Curve(
                    forecast: forecasts[code, day].curve, aggregates: expected.aggregates[code].table,
                    slots: slots[entity.park].table, day: day, curve: "out/curves/forecast/\(code)_\(day).csv")
            }
        }
        let filled = build.rule("backfill", attractions, Axis("day", past)) { code, day in
            entities[code].map { entity in
                Backfill(
                    model: learned.withPosted[code].model, metadata: learned.withPosted[code].metadata,
                    medians: learned.medians[code].table, observations: known.observations[code].table,
                    slots: slots[entity.park].table, entity: code, day: day,
                    curve: "out/curves/backfill/\(code)_\(day).csv")
            }
        }
        let indices = build.rule("index", parks, Axis("day", past + coming)) { park, day in
            let codes = entities.codes(in: park)
            let isPast = past.contains(day)
            return Index(
                curves: isPast
                    ? filled[.in(codes), .only(day)].curve : curves[.in(codes), .only(day)].curve,
                column: isPast ? "actual" : "actual_predicted", park: park, day: day,
                table: "out/index/\(park.text)_\(day).parquet")
        }
        // Attractions fail one by one; an index of half of them is still one, and says how many they are.
        .accepts(.atLeast(0.5), of: \.curves)
        index = build.action("index-csv", ConcatenateCSV(tables: indices.all.table, file: "out/index.csv"))
        build.rule("intervals", attractions) { code in
            guard let entity = entities[code], let first = coming.first, let last = coming.last else {
                return ForecastQuantiles?.none
            }
            return ForecastQuantiles(
                model: learned.quantiles[code].model, features: slots[entity.park].table, entity: code, from: first,
                through: last, columns: settings.quantileColumns, curve: "out/intervals/\(code).parquet")
        }
        forecast = curves
        backfill = filled
    }
}
