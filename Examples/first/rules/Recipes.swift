import Rules

/// One file for each entity, with its rows.
struct Split: Recipe {
    @Input var rows: Artifact
    @Output var parts: Tree

    func run(_ step: Step) throws {
        var found: [String: String] = [:]
        for line in try Text.read(rows.path).split(separator: "\n").dropFirst() {
            found[String(line.prefix { $0 != "," }), default: ""] += line + "\n"
        }
        for (entity, text) in found.sorted(by: { $0.key < $1.key }) {
            try Text.write(text, to: parts.path + "/" + entity + ".csv")
        }
    }
}

/// The entities that there are: it reads names only, so new rows of an old entity do not concern it.
struct Entities: Recipe {
    @Input var parts: Listing
    @Output var table: Artifact

    func run(_ step: Step) throws {
        let names = try parts.members().map { $0.dropLast(".csv".count) + "\n" }
        try Text.write("entity\n" + names.joined(), to: table.path)
    }
}

struct Train: Recipe {
    @Input var rows: Artifact
    var rounds: Int
    @Output var model: Artifact

    func run(_ step: Step) throws {
        let values = try Text.read(rows.path).split(separator: "\n").compactMap {
            Int($0.split(separator: ",").last ?? "")
        }
        try Text.write("\(values.reduce(0, +) * rounds)\n", to: model.path)
    }
}

struct Total: Recipe {
    @Input var models: [Artifact]
    var through: Day
    @Output var table: Artifact

    func run(_ step: Step) throws {
        let values = try models.compactMap { Int(try Text.read($0.path).dropLast()) }
        try Text.write("\(values.reduce(0, +)) through \(through)\n", to: table.path)
    }
}
