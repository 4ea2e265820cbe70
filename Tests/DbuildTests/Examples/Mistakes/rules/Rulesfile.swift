import Rules

struct Copy: Recipe {
    @Input var from: Artifact
    @Output var to: Artifact
    func run(_ step: Step) throws {}
}

struct CopyTree: Recipe {
    @Input var from: Artifact
    @Output var to: Tree
    func run(_ step: Step) throws {}
}

struct Gather: Recipe {
    @Input var from: [Artifact]
    @Output var to: Artifact
    func run(_ step: Step) throws {}
}

struct Silent: Recipe {
    @Input var from: Artifact
    func run(_ step: Step) throws {}
}

struct NotToday: Error, CustomStringConvertible {
    let description = "not on a Sunday"
}

/// Rules with one mistake, which a parameter chooses.
@main struct Mistakes: Rulesfile {
    @Parameter("Which mistake") var mistake = "none"
    @Parameter("How many", in: 1 ... 9) var howMany = 2

    func rules(_ build: Build) throws {
        let table = build.source("data/table.csv")
        build.action("fine", Copy(from: table, to: "out/fine.txt"))
        switch mistake {
        case "two-makers":
            build.action("left", Copy(from: table, to: "out/same.txt"))
            build.rule("right", Axis("n", 1 ... howMany)) { _ in Copy(from: table, to: "out/same.txt") }
        case "two-in-one-rule":
            build.rule("all", Axis("n", 1 ... howMany)) { _ in Copy(from: table, to: "out/same.txt") }
        case "made-and-source":
            build.action("maker", Copy(from: table, to: "data/made.csv"))
            build.action("reader", Copy(from: build.source("data/made.csv"), to: "out/read.txt"))
        case "no-maker":
            build.action("reader", Copy(from: "out/nobody.txt", to: "out/read.txt"))
        case "absolute": build.action("writer", Copy(from: table, to: "/tmp/out.txt"))
        case "outside": build.action("writer", Copy(from: table, to: "out/../../out.txt"))
        case "reserved": build.action("writer", Copy(from: table, to: ".dbuild/state.db"))
        case "empty-path": build.action("writer", Copy(from: table, to: ""))
        case "source-outside": build.action("reader", Copy(from: build.source("../data.csv"), to: "out/read.txt"))
        case "inside-tree":
            build.action("splitter", CopyTree(from: table, to: "out/parts"))
            build.action("writer", Copy(from: table, to: "out/parts/mine.txt"))
        case "below-file":
            build.action("writer", Copy(from: table, to: "out/file"))
            build.action("other", Copy(from: table, to: "out/file/below.txt"))
        case "cycle":
            build.action("hen", Copy(from: "out/egg", to: "out/hen"))
            build.action("egg", Copy(from: "out/hen", to: "out/egg"))
        case "itself": build.action("ouroboros", Copy(from: "out/tail", to: "out/tail"))
        case "same-rule":
            build.action("copy", Copy(from: table, to: "out/1.txt"))
            build.action("copy", Copy(from: table, to: "out/2.txt"))
        case "no-output": build.action("silent", Silent(from: table))
        case "command-without-output": build.action("command", Command("true", .input(table)))
        case "no-cpus": build.action("none", Copy(from: table, to: "out/none.txt")).needs(cpus: howMany - 2)
        case "repeated-value":
            build.rule("copies", Axis("name", ["one", "two", "one"])) { Copy(from: table, to: "out/\($0).txt") }
        case "no-cell":
            let copies = build.rule("copies", Axis("n", 1 ... howMany)) { Copy(from: table, to: "out/\($0).txt") }
            build.action("reader", Copy(from: copies[17].to, to: "out/read.txt"))
        case "share":
            build.action("gather", Gather(from: [table], to: "out/gathered.txt")).accepts(.atLeast(98), of: \.from)
        case "absent-for-required":
            let late = build.source("data/late.csv", mayBeAbsent: true)
            build.action("reader", Copy(from: late, to: "out/read.txt"))
        case "private":
            struct Hidden: Recipe {
                @Output var to: Artifact
                func run(_ step: Step) throws {}
            }
            build.action("hidden", Hidden(to: "out/hidden.txt"))
        case "thrown": throw NotToday()
        case "crash": precondition(howMany > 5, "more than five are needed")
        case "fatal-error": fatalError("nobody knows what to do")
        case "read-of-nobody": copies(over: "out/nobody.csv", build)
        case "read-of-text": copies(over: build.source("data/notes.txt").path, build)
        case "no-column":
            let axis = build.table(table).axis("colour", of: String.self)
            build.rule("copies", axis) { Copy(from: table, to: "out/\($0).txt") }
        case "not-a-number":
            let axis = build.table(table).axis("n", column: "name", of: Int.self)
            build.rule("copies", axis) { Copy(from: table, to: "out/\($0).txt") }
        case "read-of-itself":
            let axis = build.table("out/list.csv").axis("name", of: String.self)
            let copies = build.rule("copies", axis) { Copy(from: table, to: "out/\($0).txt") }
            build.action("list", Gather(from: copies.all.to, to: "out/list.csv"))
        default: policies(copying: table, build)
        }
    }

    private func policies(copying table: Artifact, _ build: Build) {
        let copy = build.action("copy", Copy(from: table, to: "out/copy.txt"))
        switch mistake {
        case "policy-hours": copy.policy(.settle(hours: -3, of: \.from, column: "at"))
        case "policy-twice": copy.policy(.keepExisting).policy(.always)
        case "policy-zone": copy.policy(.refresh(.weekly(.monday), in: "Mars/Phobos"))
        case "policy-day": copy.policy(.refresh(.monthly(day: 32)))
        case "policy-time": copy.policy(.refresh(.daily(at: "24:60")))
        case "policy-no-input": copy.policy(.settle(hours: 1, of: \.to, column: "at"))
        case "policy-no-table":
            build.action("notes", Copy(from: build.source("data/notes.txt"), to: "out/notes.txt"))
                .policy(.settle(hours: 1, of: \.from, column: "at"))
        default: names(copying: table, build)
        }
    }

    private func copies(over path: String, _ build: Build) {
        let axis = build.table(Artifact(path)).axis("name", of: String.self)
        build.rule("copies", axis) { Copy(from: "data/table.csv", to: "out/\($0).txt") }
    }

    private func names(copying table: Artifact, _ build: Build) {
        switch mistake {
        case "same-group":
            build.group("all", build.action("first", Copy(from: table, to: "out/1.txt")))
            build.group("all", build.action("second", Copy(from: table, to: "out/2.txt")))
        case "group-and-rule":
            build.group("second", table)
            build.action("second", Copy(from: table, to: "out/2.txt"))
        case "no-name": build.action("", Copy(from: table, to: "out/1.txt"))
        case "same-axis":
            let (left, right) = (Axis("n", 1 ... howMany), Axis("n", 3 ... 4))
            build.rule("pair", left, right) { Copy(from: table, to: "out/\($0)/\($1)") }
        default: break
        }
    }
}
