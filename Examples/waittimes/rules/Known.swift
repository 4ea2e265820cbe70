import Forecasting
import Rules

/// What is known by the end of a day: calendar and cleaned observations.
struct Known {
    let entities: Entities
    /// A file for each park.
    let calendar: Tree
    let observations: Rule<Observations, String>
    let dirt: Action<GatherCSV>
    /// Those that have been observed.
    let attractions: Axis<String>

    /// - Parameter folder: with `entities.csv`, `calendar.csv.gz` and `facts`.
    init(_ build: Build, folder: String, wanted: EntityCodes, asOf: Day) throws {
        let entities = try Entities(build, listed: build.source("\(folder)/entities.csv"), wanted: wanted)
        let raw = CSVFile(artifact: build.source("\(folder)/calendar.csv.gz"))
        let calendar = build.action("calendar", ParkCalendar(calendar: raw, parks: "out/calendar")).parks
        let listed = Axis("attraction", entities.codes)
        observations = build.rule("observations", listed) { code in
            entities[code].map { entity in
                Observations(
                    facts: CSVFile(artifact: build.source("\(folder)/facts/\(entity.facts).csv.gz")),
                    calendar: calendar[entity.park.member], through: asOf, table: "out/observations/\(code).parquet",
                    dirt: "out/dirt/\(code).parquet")
            }
        }
        let counts = observations.all.keyed(by: listed, \.dirt)
        dirt = build.action("dirt", GatherCSV(tables: counts, entity: "entity_code", file: "out/dirt.csv"))
        let observed = build.action("observed", Observed(dirt: counts, table: "out/observed.csv"))
        attractions = build.table(observed.table).axis("attraction", column: "entity_code")
        self.entities = entities
        self.calendar = calendar
    }
}
