import Rules

struct Table: TypedArtifact { let artifact: Artifact }
struct Model: TypedArtifact { let artifact: Artifact }

struct Features: Recipe {
    @Input var flights: Artifact
    var entity: String
    @Output var table: Table
    func run(_ step: Step) {}
}

struct Train: Recipe {
    @Input var features: Table
    @Output var model: Model
    func run(_ step: Step) {}
}

func rules(_ build: Build) -> (features: Rule<Features, String>, models: Rule<Train, String>) {
    let features = build.rule("features", entities) { e in
        Features(flights: "flights.csv", entity: e, table: "features/\(e).csv")
    }
    let models = build.rule("train", entities) { e in
        Train(features: features[e].table, model: "models/\(e)/model.ubj")
    }
    return (features, models)
}

let entities = Axis("entity", ["JFK", "LAX"])
let days: Axis<Day> = Axis("day", ("2013-12-30" as Day) ... "2013-12-31")
