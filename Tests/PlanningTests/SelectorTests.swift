import Artifact
import Planning
import Testing

/// What a person names, and what it stands for.
@Suite struct SelectorTests {
    @Test func `a word is a group before a rule before a path`() throws {
        var sketch = Sketch()
        try sketch.action("one", [("to", .output("x"))])
        try sketch.action("x", [("to", .output("two"))])
        try sketch.action("three", [("to", .output("y"))])
        #expect(try sketch.plan().names(["x"]) == ["x"])
        #expect(try sketch.plan().names(["./x"]) == ["one"])
        #expect(try sketch.plan().names(["y"]) == ["three"])
        sketch.group("x", [.artifact("y")])
        #expect(try sketch.plan().names(["x"]) == ["three"])
        #expect(try sketch.plan().names(["./x"]) == ["one"])
    }

    @Test func `a path stands for the action that makes it, or the tree that it is in, or for itself`() throws {
        let plan = try planOfEverything()
        #expect(try plan.names(["models/1/meta.json"]) == ["train[route=EWR-BWI]"])
        #expect(try plan.names(["parts"]) == ["split"])
        #expect(try plan.names(["parts/1.csv"]) == ["split"])
        let selection = try plan.select(["late.csv"])
        #expect(selection.actions == [])
        #expect(selection.sources.map { plan.path(of: $0) } == ["late.csv"])
        #expect(selection.request(plan).targets.map { plan.path(of: $0) } == ["late.csv"])
    }

    @Test func `a path may be written as messages show it`() throws {
        var sketch = Sketch()
        let odd: [Path] = ["red\u{1B}[31m", Path([0x61, 0xFF]), "back\\slash", "\\x41"]
        for (number, path) in odd.enumerated() { try sketch.action("a\(number)", [("to", .output(path))]) }
        try sketch.action("plain", [("to", .output("A"))])
        let plan = try sketch.plan()
        for (number, path) in odd.enumerated() {
            #expect(try plan.names(["./" + path.description]) == ["a\(number)"], "\(path)")
            let artifact = try #require(plan.artifact(at: path))
            #expect(plan.select(artifact).actions.map { plan.name(of: $0) } == ["a\(number)"])
        }
        // What is there by its own bytes counts more than what it could be an escape of.
        #expect(try plan.names(["./\\x41"]) == ["a3"])
    }

    @Test func `a rule with values of its axes`() throws {
        let plan = try planOfEverything()
        #expect(
            try plan.names(["forecast[route=JFK-LAX,day=2013-12-01]"]) == ["forecast[route=JFK-LAX,day=2013-12-01]"])
        #expect(try plan.names(["forecast[day=2013-12-01,route=JFK-LAX]"])?.count == 1)
        #expect(try plan.names(["forecast[day=2013-12-*]"])?.count == 6)
        #expect(try plan.names(["forecast[route=???-*]"])?.count == 4)
        #expect(try plan.names(["forecast[day=2013-12-01]"])?.count == 3)
        #expect(try plan.names(["forecast"])?.count == 6)
        for action in plan.actions { #expect(try plan.select([plan.name(of: action)]).actions == [action]) }
    }

    @Test func `a value that looks like a pattern can be named`() throws {
        var sketch = Sketch()
        // The last two are equal Strings.
        let values = ["a*b", "axb", "[x]", "a,b", "a=b", "?", "e\u{301}", "\u{E9}"]
        let axis = sketch.axis("name", values)
        let rule = try sketch.rule("each", axes: [axis])
        for cell in values.indices { try sketch.action(of: rule, cell: [cell], [("to", .output(Path("out/\(cell)")))]) }
        let plan = try sketch.plan()
        for action in plan.actions {
            #expect(try plan.select([plan.name(of: action)]).actions == [action], "\(plan.name(of: action))")
        }
        #expect(try plan.names(["each[name=a?b]"])?.count == 4)
    }

    @Test func `a pattern stands for all paths that it fits`() throws {
        let plan = try planOfEverything()
        #expect(try plan.names(["models/*/model.ubj"])?.count == 3)
        #expect(try plan.names(["models/*"]) == nil)
        #expect(try plan.names(["models/**"])?.count == 3)
        #expect(try plan.names(["./models/[01]/*"])?.count == 2)
        #expect(try plan.names(["forecasts/?/0.parquet"])?.count == 3)
        #expect(try plan.select(["*.csv"]).sources.map { plan.path(of: $0) } == ["late.csv"])
    }

    @Test func `patterns`() {
        let cases: [(pattern: String, fits: [String], not: [String])] = [
            ("", [""], ["a"]), ("*", ["", "abc"], ["a/b"]), ("**", ["", "a/b/c"], []),
            ("a*c", ["ac", "abc"], ["ab", "a/c"]),
            ("a**c", ["ac", "a/b/c"], ["ab"]), ("?", ["a"], ["", "/", "ab"]), ("[ab]c", ["ac", "bc"], ["cc", "c"]),
            ("[", ["["], ["a"]), ("[]", ["[]"], [""]), ("*/*", ["a/b"], ["a", "a/b/c"]),
            ("**/x", ["a/x", "a/b/x"], ["x"]),
            ("a*b*c*d", ["abcd", "aXbXcXd"], ["abc"]),
        ]
        for (pattern, fits, not) in cases {
            let glob = Glob(Array(pattern.utf8))
            for text in fits { #expect(glob.matches(Array(text.utf8)), "\(pattern) fits \(text)") }
            for text in not { #expect(!glob.matches(Array(text.utf8)), "\(pattern) does not fit \(text)") }
        }
        // Where a search that tries every way would not end.
        let many = Glob(Array(String(repeating: "*a", count: 30).utf8))
        #expect(!many.matches([UInt8](repeating: UInt8(ascii: "a"), count: 29) + [UInt8(ascii: "b")]))
    }

    @Test func `what is unknown is refused, with the nearest names`() throws {
        let plan = try planOfEverything()
        #expect(throws: TargetError.unknown("forcast", nearest: [("forecast", "rule"), ("forecasts", "group")])) {
            try plan.select(["forcast"])
        }
        #expect(throws: TargetError.unknown("late.cvs", nearest: [("late.csv", "path")])) {
            try plan.select(["late.cvs"])
        }
        #expect(throws: TargetError.unknown("nothing of the kind", nearest: [])) {
            try plan.select(["nothing of the kind"])
        }
        #expect(throws: TargetError.unknown("./forecast", nearest: [("forecast", "rule"), ("forecasts", "group")])) {
            try plan.select(["./forecast"])
        }
    }

    @Test func `a rule with an axis or a cell that it does not have is refused`() throws {
        let plan = try planOfEverything()
        #expect(throws: TargetError.noSuchAxis("date", rule: "forecast", axes: ["route", "day"])) {
            try plan.select(["forecast[date=1]"])
        }
        #expect(throws: TargetError.noCell("forecast[day=2014-*]")) { try plan.select(["forecast[day=2014-*]"]) }
        #expect(throws: TargetError.malformed("forecast[day]")) { try plan.select(["forecast[day]"]) }
    }

    @Test func `a target that is named twice counts once`() throws {
        let plan = try planOfEverything()
        #expect(try plan.names(["train", "train[route=é]", "models/0/*"])?.count == 3)
        #expect(try plan.select(["late.csv", "./late.csv"]).sources.count == 1)
    }

    @Test func `no target stands for the defaults, else for what nobody reads`() throws {
        let plan = try planOfEverything()
        #expect(try plan.names([])?.count == 7)
        #expect(try plan.select([]).sources.map { plan.path(of: $0) } == ["late.csv"])
        var sketch = Sketch()
        try sketch.source("in")
        try sketch.action("a", [("from", .input("in")), ("to", .output("a"))])
        try sketch.action("b", [("from", .input("a")), ("to", .output("b"))])
        try sketch.action("split", [("from", .input("in")), ("to", .outputTree("tree"))])
        try sketch.action("c", [("from", .input("tree/x")), ("to", .output("c"))])
        try sketch.action("d", [("from", .input("in")), ("to", .output("d"))])
        #expect(try sketch.plan().names([]) == ["b", "c", "d"])
    }

    @Test func `a family that nobody can list is named with what it waits for`() throws {
        let plan = try planOfEverything()
        #expect(try plan.select(["later"]).unlisted.map { $0.1 } == ["fetched/x"])
        #expect(try plan.select(["each"]).unlisted.map { $0.1 } == ["fetched/x"])
        #expect(try plan.select(["each[route=JFK-LAX]"]).unlisted.map { $0.1 } == ["fetched/x"])
        #expect(try plan.select(["train"]).unlisted.isEmpty)
    }

    @Test func `a request holds everything above what was asked for, and nothing else`() throws {
        let plan = try planOfEverything()
        let request = try plan.select(["train[route=é]"]).request(plan)
        #expect(request.actions.map { plan.name(of: $0) } == ["split", "train[route=é]"])
        let paths = request.artifacts.map { plan.path(of: $0) }
        #expect(paths.contains("raw/flights.csv"))
        #expect(!paths.contains("late.csv"))
    }
}

extension Plan {
    /// The names of the actions that targets stand for; nil where there is no such target.
    fileprivate func names(_ targets: [String]) throws -> [String]? {
        do throws(TargetError) { return try select(targets).actions.map { name(of: $0) } } catch {
            if case .unknown = error { return nil }
            throw error
        }
    }
}
