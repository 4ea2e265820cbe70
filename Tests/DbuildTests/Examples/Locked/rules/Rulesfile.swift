import Rules

/// The values of one column, each times a factor.
struct Scale: Recipe {
    @Input var rows: Artifact
    @Output var table: Artifact
    var factor: Int

    func run(_ step: Step) throws {
        try Files.witness("scale")
        let lines = try Files.read(rows.path).split(separator: "\n").dropFirst()
        let scaled = lines.map { line in
            let cells = line.split(separator: ",")
            return "\(cells[0]),\((Int(cells[1]) ?? 0) * factor)\n"
        }
        try Files.write("key,value\n" + scaled.joined(), to: table.path)
    }
}

/// How many lines a table has.
struct Count: Recipe {
    @Input var table: Artifact
    @Output var count: Artifact

    func run(_ step: Step) throws {
        try Files.witness("count")
        try Files.write("\(try Files.read(table.path).split(separator: "\n").count)\n", to: count.path)
    }
}

/// Many small files.
struct Scatter: Recipe {
    @Input var count: Artifact
    @Output var parts: Tree
    var files: Int

    func run(_ step: Step) throws {
        try Files.witness("scatter")
        let text = try Files.read(count.path)
        for number in 1 ... files { try Files.write("\(number): \(text)", to: "\(parts.path)/\(number).txt") }
    }
}

/// One of many.
struct Pick: Recipe {
    @Input var part: Artifact
    @Output var copy: Artifact

    func run(_ step: Step) throws {
        try Files.witness("pick")
        try Files.write(try Files.read(part.path), to: copy.path)
    }
}

/// Whether something has come that may be absent.
struct Late: Recipe {
    @Input var late: Artifact?
    @Input var rows: Artifact
    @Output var text: Artifact

    func run(_ step: Step) throws {
        try Files.witness("late")
        try Files.write(try late.map { try Files.read($0.path) } ?? "nothing\n", to: text.path)
    }
}

/// What another file names, which nobody declares.
struct Follow: Recipe {
    @Input var name: Artifact
    @Output var text: Artifact

    func run(_ step: Step) throws {
        try Files.witness("follow")
        let path = String(try Files.read(name.path).prefix { $0 != "\n" })
        try Files.write(try Files.read(try step.read(path)), to: text.path)
    }
}

@main struct Locked: Rulesfile {
    @Parameter("What every value is multiplied by") var factor = 2

    func rules(_ build: Build) throws {
        let rows = build.source("data/rows.csv")
        let late = build.source("data/late.csv", mayBeAbsent: true)
        let scaled = build.action("scale", Scale(rows: rows, table: "out/scaled.csv", factor: factor))
        let count = build.action("count", Count(table: scaled.table, count: "out/count.txt"))
        let parts = build.action("scatter", Scatter(count: count.count, parts: "out/parts", files: 1001))
        build.action("pick", Pick(part: parts.parts["7.txt"], copy: "out/seven.txt"))
        build.action(
            "stamp",
            Command("sh", .input(build.source("scripts/stamp.sh")), .input(count.count), .output("out/stamp.txt")))
        build.action("follow", Follow(name: build.source("data/name.txt"), text: "out/followed.txt"))
        build.action("late", Late(late: late, rows: rows, text: "out/late.txt"))
        build.action("apart", Scale(rows: rows, table: "out/apart.csv", factor: 1))
        build.group("quick", scaled, count)
    }
}
