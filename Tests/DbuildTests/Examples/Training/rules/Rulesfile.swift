import Rules

/// Lists the entities that have rows.
struct Index: Recipe {
    @Input var rows: Artifact
    @Output var table: Artifact

    func run(_ step: Step) throws {
        try Files.witness("entities")
        let names = Set(try Row.read(rows.path).map(\.entity))
        try Files.write("entity\n" + names.sorted().map { $0 + "\n" }.joined(), to: table.path)
    }
}

/// One file for each entity.
struct Split: Recipe {
    @Input var rows: Artifact
    @Output var parts: Tree

    func run(_ step: Step) throws {
        try Files.witness("split")
        let rows = Dictionary(grouping: try Row.read(rows.path), by: \.entity)
        for (entity, rows) in rows.sorted(by: { $0.key < $1.key }) {
            try Files.write(rows.map { $0.value + "\n" }.joined(), to: "\(parts.path)/\(entity).csv")
        }
    }
}

/// Counts rows; a row may say how it shall fail.
struct Train: Recipe {
    @Input var part: Artifact
    @Input var late: Artifact?
    @Output var model: Artifact
    var entity: String
    var rounds: Int

    func run(_ step: Step) throws {
        try Files.witness("train[entity=\(entity)]")
        print("training with \(rounds) rounds")
        let values = try Files.read(part.path).split(separator: "\n").map(String.init)
        if values.contains("abort") { Death.byAbort() }
        if values.contains("kill") { Death.byKill() }
        if values.contains("fail") {
            for line in 1 ... 30 { print("log line \(line)") }
            throw TrainingFailure(entity: entity)
        }
        let count = values.count + (try late.map { try Row.read($0.path).count { $0.entity == entity } } ?? 0)
        try Files.write("\(entity): \(count) rows, \(rounds) rounds\n", to: model.path)
    }
}

struct TrainingFailure: Error, CustomStringConvertible {
    let entity: String
    var description: String { "no model of `\(entity)` can be had" }
}

/// All models in one file, and how many there are in another.
struct Total: Recipe {
    @Input var models: [Artifact]
    @Output var table: Artifact
    @Output var count: Artifact

    func run(_ step: Step) throws {
        try Files.witness("total")
        try Files.write(try models.map { try Files.read($0.path) }.joined(), to: table.path)
        let missing = step.missing.values.joined().sorted()
        try Files.write("\(models.count) models, missing: \(missing.joined(separator: " "))\n", to: count.path)
    }
}

/// Sources of which one may be missed.
struct Notes: Recipe {
    @Input var pages: [Artifact]
    @Output var book: Artifact

    func run(_ step: Step) throws {
        try Files.witness("notes")
        let missing = step.missing.sorted { $0.key < $1.key }.map { "missing \($0.key): \($0.value)\n" }
        try Files.write((try pages.map { try Files.read($0.path) } + missing).joined(), to: book.path)
    }
}

/// `entity,value`
struct Row {
    let entity: String
    let value: String

    static func read(_ path: String) throws -> [Row] {
        try Files.read(path).split(separator: "\n").dropFirst().map { line in
            let cells = line.split(separator: ",", maxSplits: 1).map(String.init)
            guard cells.count == 2 else { throw FileError(path: path) }
            return Row(entity: cells[0], value: cells[1])
        }
    }
}

@main struct Training: Rulesfile {
    @Parameter("Boosting rounds", in: 1 ... 1000) var boostRounds = 10

    func rules(_ build: Build) throws {
        let rows = build.source("data/rows.csv")
        let late = build.source("data/late.csv", mayBeAbsent: true)
        let script = build.source("scripts/report.sh")
        let pages = ["1", "2"].map { build.source("data/notes/\($0).txt") }

        let index = build.action("entities", Index(rows: rows, table: "out/entities.csv"))
        let entities = build.table(index.table).axis("entity", of: String.self)
        let split = build.action("split", Split(rows: rows, parts: "out/parts"))
        let models = build.rule("train", entities) { entity in
            Train(
                part: split.parts["\(entity).csv"], late: late, model: "out/models/\(entity).txt", entity: entity,
                rounds: boostRounds)
        }
        let total = build.action(
            "total", Total(models: models.all.model, table: "out/total.txt", count: "out/count.txt")
        )
        .accepts(.atLeast(0.5), of: \.models)
        build.action("notes", Notes(pages: pages, book: "out/notes.txt")).accepts(.atLeast(0.5), of: \.pages)
        build.action("report", Command("sh", .input(script), .input(total.table), .output("out/report.txt")))
        build.group("models", models)
    }
}
