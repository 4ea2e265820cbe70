import Rules

/// Copies rows, and says beside them with which parameter; a row `fail` fails it.
struct Copy: Recipe {
    @Input var rows: Artifact
    @Output var table: Artifact
    @Output var note: Artifact
    var name: String
    var rounds: Int

    func run(_ step: Step) throws {
        try Files.witness(name)
        let text = try Files.read(rows.path)
        if text.contains("fail") { throw FileError(path: rows.path) }
        try Files.write(text, to: table.path)
        try Files.write("\(rounds) rounds\n", to: note.path)
    }
}

extension Copy {
    init(_ name: String, of rows: Artifact, rounds: Int = 0) {
        self.init(
            rows: rows, table: Artifact("out/\(name).csv"), note: Artifact("out/\(name).txt"), name: name,
            rounds: rounds)
    }
}

/// Lists the values of rows, as a table that the rules read.
struct Values: Recipe {
    @Input var rows: Artifact
    @Output var table: Artifact

    func run(_ step: Step) throws {
        try Files.witness("values")
        let values = try Files.read(rows.path).split(separator: "\n").dropFirst().compactMap { row in
            row.split(separator: ",").last.map(String.init)
        }
        try Files.write("value\n" + Set(values).sorted().map { $0 + "\n" }.joined(), to: table.path)
    }
}

/// A rule for every policy, each with somebody that reads what it makes.
@main struct Verdicts: Rulesfile {
    @Parameter("What `rounds` is") var rounds = 10
    @Parameter("What `rounds` is of what reads others' tables") var readerRounds = 0
    @Parameter("Further rules: an axis, or a mistake") var further = ""

    func rules(_ build: Build) throws {
        let rows = build.source("data/rows.csv")
        @discardableResult func copy(_ name: String) -> Action<Copy> {
            let action = build.action(name, Copy(name, of: rows, rounds: rounds))
            build.action("after-\(name)", Copy("after-\(name)", of: action.table, rounds: readerRounds))
            return action
        }

        copy("plain")
        copy("keep").policy(.keepExisting)
        copy("keep-unstored").policy(.keepExisting).store(.never)
        copy("keep-own").policy(.keepExisting(adopt: false))
        copy("always").policy(.always)
        copy("refresh").policy(.refresh(every: .days(7)))
        copy("monday").policy(.refresh(.weekly(.monday), in: "America/New_York"))
        copy("settle").policy(.settle(hours: 24, of: \.rows, column: "observed_at", atLatestAfterDays: 3))
        copy("settle-unstored").policy(.settle(hours: 24, of: \.rows, column: "observed_at")).store(.never)
        copy("settle-first").policy(.settle(hours: 24, of: \.rows, column: "observed_at", firstBuild: .waits))
        copy("settle-all").policy(.settle(hours: 24, of: \.rows, column: "observed_at", holds: .everything))
        copy("settle-off").policy(.settle(hours: 0, of: \.rows, column: "observed_at"))
        copy("interval").policy(.atMost(every: .hours(6)))
        copy("edited").policy(.keepEdited)
        copy("part").policy(.intermediate)
        copy("part-unstored").policy(.intermediate).store(.never)
        copy("fallback").onFailure(.useExisting(maxAge: .days(2)))

        switch further {
        case "": break
        case "values":
            // What the rules read is brought up to date for every target: it must not disturb the others.
            let values = build.action("values", Values(rows: rows, table: "out/values.csv")).policy(.always)
            let axis = build.table(values.table).axis("value", of: String.self)
            build.rule("each", axis) { value in Copy("each[value=\(value)]", of: values.table) }
        case "two": copy("twofold").policy(.keepExisting, .always)
        case "column": copy("nameless").policy(.settle(hours: 24, of: \.rows, column: ""))
        case "gather":
            // One more input for each round of the readers.
            let more = (0 ..< readerRounds).map { build.source("data/more-\($0).csv") }
            let script =
                "workspace=$(dirname \"$(dirname \"$(readlink -f \"$2\")\")\"); echo gathered >> "
                + "\"$workspace/witness\"; to=$1; shift; cat \"$@\" > \"$to\""
            build.action(
                "gathered",
                Command("sh", "-c", .text(script), "sh", .output("out/gathered.csv"), .input(rows), .inputs(more))
            ).policy(.atMost(every: .hours(6)))
        default: throw NothingFurther(name: further)
        }
    }
}

struct NothingFurther: Error { let name: String }
