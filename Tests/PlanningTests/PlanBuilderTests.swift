import Artifact
import Planning
import Testing

/// Plans that cannot be are refused, with the places that a person must look at.
@Suite struct PlanBuilderTests {
    @Test func `two actions with one output`() {
        #expect(throws: PlanError.twoMakers("out", mention("a", 1), mention("b", 2))) {
            try plan { sketch throws(PlanError) in
                try sketch.action("a", [("to", .output("out"))])
                try sketch.action("b", [("to", .output("out"))])
            }
        }
        #expect(throws: PlanError.twoMakers("out", mention("a", 1), mention("a", 1))) {
            try plan { sketch throws(PlanError) in
                try sketch.action("a", [("to", .output("out")), ("too", .output("out"))])
            }
        }
    }

    @Test func `a source that an action makes, or in whose tree it lies`() {
        #expect(throws: PlanError.madeAndSource("in", mention("a", 2), source: place(1))) {
            try plan { sketch throws(PlanError) in
                try sketch.source("in")
                try sketch.action("a", [("to", .output("in"))])
            }
        }
        #expect(throws: PlanError.madeAndSource("tree/in", mention("a", 1), source: place(2))) {
            try plan { sketch throws(PlanError) in
                try sketch.action("a", [("to", .outputTree("tree"))])
                try sketch.source("tree/in")
            }
        }
    }

    @Test func `an output below a source`() {
        for output in ["data/made/out", "data/out"] as [Path] {
            #expect(throws: PlanError.insideSource(output, mention("a", 2), source: "data", place(1))) {
                try plan { sketch throws(PlanError) in
                    try sketch.source("data")
                    try sketch.action("a", [("to", .output(output))])
                }
            }
        }
    }

    @Test func `an input that nobody makes`() throws {
        #expect(throws: PlanError.noMaker("in", wantedBy: mention("a", 1))) {
            try plan { sketch throws(PlanError) in
                try sketch.action("a", [("from", .input("in")), ("to", .output("out"))])
            }
        }
        // A source counts wherever it is declared.
        _ = try plan { sketch throws(PlanError) in
            try sketch.action("a", [("from", .input("in")), ("to", .output("out"))])
            try sketch.source("in")
        }
        // While a family cannot be listed its outputs are not known.
        _ = try plan { sketch throws(PlanError) in
            try sketch.action("list", [("to", .output("list"))])
            try sketch.rule("each") { $0.awaits = "list" }
            try sketch.action("a", [("from", .input("in")), ("to", .output("out"))])
        }
    }

    @Test(arguments: [
        ("", Path.Flaw.empty), ("/etc/passwd", .absolute), ("../out", .outside), ("a/../../b", .outside),
        ("a//b", .emptyComponent), ("./a", .emptyComponent), ("a/", .emptyComponent), ("a\0b", .nul),
        (".dbuild/state.db", .reserved), (String(repeating: "x", count: 256), .tooLong),
        (String(repeating: "x/", count: 1_901) + "x", .tooLong),
    ])
    func `a path that is not one in the workspace`(text: String, flaw: Path.Flaw) {
        let path = Path(text)
        #expect(throws: PlanError.unfit(path, flaw, mention("a", 1))) {
            try plan { sketch throws(PlanError) in try sketch.action("a", [("to", .output(path))]) }
        }
        #expect(throws: PlanError.unfit(path, flaw, mention("a", 1))) {
            try plan { sketch throws(PlanError) in
                try sketch.action("a", [("from", .input(path)), ("to", .output("out"))])
            }
        }
        #expect(throws: PlanError.unfit(path, flaw, mention("source", 1))) {
            try plan { sketch throws(PlanError) in try sketch.source(path) }
        }
    }

    @Test func `an output among the rules, or a tree around them`() {
        for output in ["rules", "rules/Rulesfile.swift", "rules/deep/More.swift"] as [Path] {
            #expect(throws: PlanError.amongRules(output, mention("a", 1), rules: "rules")) {
                try plan { sketch throws(PlanError) in
                    sketch.builder.rulesDirectory = "rules"
                    try sketch.action("a", [("to", .output(output))])
                }
            }
        }
        #expect(throws: PlanError.amongRules("lib", mention("a", 1), rules: "lib/rules")) {
            try plan { sketch throws(PlanError) in
                sketch.builder.rulesDirectory = "lib/rules"
                try sketch.action("a", [("to", .outputTree("lib"))])
            }
        }
        #expect(throws: Never.self) {
            try plan { sketch throws(PlanError) in
                sketch.builder.rulesDirectory = "rules"
                try sketch.action("a", [("to", .output("rules.md"))])
            }
        }
    }

    @Test func `an output in the tree of another action, or in its own`() {
        #expect(throws: PlanError.insideTree("tree/sub/out", mention("b", 2), tree: "tree", mention("a", 1))) {
            try plan { sketch throws(PlanError) in
                try sketch.action("a", [("to", .outputTree("tree"))])
                try sketch.action("b", [("to", .output("tree/sub/out"))])
            }
        }
        #expect(throws: PlanError.insideTree("tree/sub", mention("a", 1), tree: "tree", mention("a", 1))) {
            try plan { sketch throws(PlanError) in
                try sketch.action("a", [("to", .outputTree("tree")), ("too", .outputTree("tree/sub"))])
            }
        }
    }

    @Test func `something below a file`() {
        #expect(throws: PlanError.belowFile("file/out", mention("b", 2), file: "file")) {
            try plan { sketch throws(PlanError) in
                try sketch.action("a", [("to", .output("file"))])
                try sketch.action("b", [("to", .output("file/out"))])
            }
        }
        #expect(throws: PlanError.belowFile("file/in", mention("a", 1), file: "file")) {
            try plan { sketch throws(PlanError) in
                try sketch.action("a", [("to", .output("file"))])
                try sketch.action("b", [("from", .input("file/in")), ("to", .output("out"))])
            }
        }
    }

    @Test func `actions that wait for one another`() {
        #expect(throws: PlanError.cycle([mention("a", 1), mention("a", 1)])) {
            try plan { sketch throws(PlanError) in
                try sketch.action("a", [("from", .input("x")), ("to", .output("x"))])
            }
        }
        #expect(throws: PlanError.cycle([mention("b", 3), mention("c", 4), mention("b", 3)])) {
            try plan { sketch throws(PlanError) in
                try sketch.source("in")
                try sketch.action("a", [("from", .input("b")), ("to", .output("a"))])
                try sketch.action("b", [("from", .input("c")), ("more", .input("in")), ("to", .output("b"))])
                try sketch.action("c", [("from", .input("b")), ("to", .output("c"))])
            }
        }
        // By way of a tree's member, and of what an action waits for.
        #expect(throws: PlanError.cycle([mention("a", 1), mention("b", 2), mention("a", 1)])) {
            try plan { sketch throws(PlanError) in
                try sketch.action("a", awaits: "b", [("to", .outputTree("tree"))])
                try sketch.action("b", [("from", .input("tree/x")), ("to", .output("b"))])
            }
        }
    }

    @Test func `a loss accepted of a property that there is not`() throws {
        func sketch(_ property: String) throws(PlanError) -> Sketch {
            var sketch = Sketch()
            try sketch.source("in")
            let axis = sketch.axis("day", ["1", "2"])
            let rule = try sketch.rule("gather", axes: [axis]) {
                $0.accepts = [.init(property: Array(property.utf8), leastShare: 0)]
            }
            for (cell, paths) in ([[], ["in"]] as [[Path]]).enumerated() {
                try sketch.action(
                    of: rule, cell: [cell],
                    [
                        ("with", .input("in")), ("parts", .inputs(paths)), ("to", .output(Path("out/\(cell)"))),
                    ])
            }
            return sketch
        }
        // Where a cell gathers nothing the property is there all the same.
        _ = try sketch("parts").plan()
        let wrong = Mention(name: "gather[day=1]", place: place(2))
        #expect(throws: PlanError.noSuchProperty("part", wrong)) { try sketch("part").plan() }
    }

    @Test(arguments: [0, -1, Int.min])
    func `an action without cpus`(count: Int) {
        #expect(throws: PlanError.cpus(count, mention("a", 1))) {
            try plan { sketch throws(PlanError) in
                try sketch.action("a", rule: { $0.cpus = count }, [("to", .output("o"))])
            }
        }
    }

    @Test func `two rules of one name`() {
        #expect(throws: PlanError.duplicateRule("a", place(1), place(2))) {
            try plan { sketch throws(PlanError) in
                try sketch.rule("a")
                try sketch.rule("a")
            }
        }
    }

    @Test func `an action without outputs`() {
        #expect(throws: PlanError.noOutput(mention("a", 1))) {
            try plan { sketch throws(PlanError) in try sketch.action("a", []) }
        }
    }

    @Test func `a source said twice is as absent as the stricter word says`() throws {
        for order in [[true, false], [false, true]] {
            var sketch = Sketch()
            for mayBeAbsent in order { try sketch.source("in", mayBeAbsent: mayBeAbsent) }
            let plan = try sketch.plan()
            #expect(!plan.mayBeAbsent(try #require(plan.artifact(at: "in"))))
        }
    }

    @Test func `actions come behind what they read, and else as the rules say them`() throws {
        let plan = try plan { sketch throws(PlanError) in
            try sketch.action("d", [("from", .input("c")), ("to", .output("d"))])
            try sketch.action("b", [("to", .output("b"))])
            try sketch.action("c", [("from", .input("b")), ("to", .output("c"))])
            try sketch.action("a", [("to", .output("a"))])
        }
        #expect(plan.inTopologicalOrder.map { plan.name(of: $0) } == ["b", "a", "c", "d"])
    }

    @Test func `what a policy observes is a table, by its name`() throws {
        func observing(isCommand: Bool = false, _ pieces: [(String, Sketch.Piece)]) throws(PlanError) {
            var sketch = Sketch()
            for path in ["rows.csv", "rows.csv.gz", "rows.parquet", "rows.csv.txt", "parts"] as [Path] {
                try sketch.source(path)
            }
            try sketch.action(
                "train",
                rule: { rule in
                    rule.isCommand = isCommand
                    rule.policy.settle = .init(
                        nanoseconds: 1, observation: .init(property: Array("from".utf8), column: Array("at".utf8)))
                }, pieces + [("to", .output("out"))])
            _ = try sketch.plan()
        }
        let other = PlanError.noColumns("rows.csv.txt", column: "at", mention("train", 6))
        try observing([
            ("from", .inputs(["rows.csv", "rows.csv.gz", "rows.parquet"])), ("also", .input("rows.csv.txt")),
        ])
        #expect(throws: other) { try observing([("from", .inputs(["rows.csv", "rows.csv.txt"]))]) }
        #expect(throws: PlanError.noColumns("parts", column: "at", mention("train", 6))) {
            try observing([("from", .tree("parts"))])
        }
        // A command's scripts are inputs of the same property.
        try observing(isCommand: true, [("from", .inputs(["rows.csv.txt", "rows.csv"]))])
        #expect(throws: other) { try observing(isCommand: true, [("from", .inputs(["rows.csv.txt"]))]) }
        // Where a cell has no such input nothing is observed.
        try observing([("also", .input("rows.csv.txt"))])
    }

    @Test func `artifacts are found by their paths, sorted by directory and name`() throws {
        let paths: [Path] = ["b", "a/z", "a/b/c", "a-b/c", "a", "é/ü", Path([0xFF]), "a.b/c", "a/y"]
        var sketch = Sketch()
        for path in paths where path != "a" { try sketch.source(path) }
        let plan = try sketch.plan()
        for path in paths { #expect(plan.artifact(at: path).map { plan.path(of: $0) } == (path == "a" ? nil : path)) }
        for path in ["", "a/", "c", "a/b", "zz"] as [Path] { #expect(plan.artifact(at: path) == nil) }
        let directories = plan.artifacts.map { plan.directory(of: $0) }
        #expect(directories == directories.sorted())
    }
}

private func plan(_ say: (inout Sketch) throws(PlanError) -> Void) throws(PlanError) -> Plan {
    var sketch = Sketch()
    try say(&sketch)
    return try sketch.plan()
}

private func place(_ line: Int) -> Place { Place(file: Array("rules/Rulesfile.swift".utf8), line: line) }
private func mention(_ name: String, _ line: Int) -> Mention { Mention(name: name, place: place(line)) }
