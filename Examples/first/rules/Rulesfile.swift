import Rules

/// A model for each entity of a table, their total, and a report by a script.
@main struct First: Rulesfile {
    @Parameter("Last day whose data may be used") var asOf: Day = "2013-11-30"
    @Parameter("Boosting rounds", in: 1 ... 1000) var rounds = 10

    func rules(_ build: Build) throws {
        let split = build.action("split", Split(rows: build.source("data/rows.csv"), parts: "out/parts"))
        let index = build.action("entities", Entities(parts: split.parts.listing, table: "out/entities.csv"))
        let entities = build.table(index.table).axis("entity")
        let models = build.rule("train", entities) { e in
            Train(rows: split.parts["\(e).csv"], rounds: rounds, model: "out/models/\(e).txt")
        }
        let total = build.action("total", Total(models: models.all.model, through: asOf, table: "out/total.txt"))
        build.action(
            "report",
            Command("python3", .input(build.source("scripts/report.py")), .input(total.table), .output("out/report.md"))
        )
    }
}
