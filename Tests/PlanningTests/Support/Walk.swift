import Artifact
import Calendar
import Planning

extension Plan {
    /// Asks a plan everything that can be asked; two plans that say the same give the same text.
    func walked() -> String {
        var said: [String] = ["\(rules) \(axes) \(groups) \(String(describing: defaults)) \(questions) \(parameters)"]
        for artifact in artifacts {
            said.append("\(path(of: artifact)) \(directory(of: artifact)) \(leaf(of: artifact))")
            said.append("\(isTree(artifact)) \(isSource(artifact)) \(mayBeAbsent(artifact))")
            said.append("\(maker(of: artifact) as Any) \(tree(of: artifact) as Any) \(Array(consumers(of: artifact)))")
            said.append("\(self.artifact(at: path(of: artifact)) as Any)")
        }
        for action in actions {
            said.append("\(name(of: action)) \(ruleID(of: action)) \(identity(of: action))")
            said.append("\(awaits(action) as Any) \(emptyProperty(of: action) as Any) \(Array(members(of: action)))")
            for input in inputs(of: action) { said.append("\(input) \(text(input.property))") }
            for output in outputs(of: action) { said.append("\(output) \(text(output.property))") }
            said.append("\(cell(of: action)) \(seed(of: action)) \((try? recipe(of: action)) as Any)")
            let facts = (try? recipe(of: action)).map { Plan.commandFacts($0) }
            said.append("\(facts as Any)")
        }
        said.append("\(Array(inTopologicalOrder))")
        return said.joined(separator: "\n")
    }
}

/// A plan with something of everything.
func planOfEverything() throws -> Plan {
    var sketch = Sketch()
    sketch.parameter("seed", "7")
    sketch.parameter("as-of", "2013-11-30")
    let routes = sketch.axis("route", ["JFK-LAX", "EWR-BWI", "é"])
    let days = sketch.axis("day", ["2013-12-01", "2013-12-02"])
    try sketch.source("raw/flights.csv")
    try sketch.source("late.csv", mayBeAbsent: true)
    sketch.builder.questions = [
        .init(path: "routes.csv", column: Array("route".utf8), answer: [Array("JFK-LAX".utf8)], actionsBefore: 0),
        .init(path: "days.csv", column: Array("day".utf8), answer: nil, actionsBefore: 1),
    ]
    try sketch.action("split", [("rows", .input("raw/flights.csv")), ("parts", .outputTree("parts"))])
    try sketch.action(
        "fetch", rule: { $0.isCommand = true },
        [
            ("arguments", .value(.list([.string(Array("python3".utf8)), .int(0)]))),
            ("environment", .value(.list([.string(Array("KEY".utf8))]))), ("inputs", .inputs(["late.csv"])),
            ("outputs", .output("fetched/x")),
        ])
    let train = try sketch.rule("train", axes: [routes]) { rule in
        rule.cpus = 2
        rule.policy.settle = .init(
            nanoseconds: 86_400_000_000_000, observation: .init(property: Array("from".utf8), column: Array("at".utf8)))
        rule.policy.existence = .refresh(.calendar(.monthly(day: 31, minuteOfDay: 360), zone: "America/New_York"))
    }
    let forecast = try sketch.rule("forecast", axes: [routes, days]) { rule in
        rule.accepts = [.init(property: Array("models".utf8), leastShare: 0.98)]
    }
    for route in 0 ..< 3 {
        try sketch.action(
            of: train, cell: [route],
            [
                ("from", .input(Path("parts/\(route).csv"))), ("eta", .value(.double(bits: (0.1).bitPattern))),
                ("model", .output(Path("models/\(route)/model.ubj"))),
                ("meta", .output(Path("models/\(route)/meta.json"))),
            ])
        for day in 0 ..< 2 {
            try sketch.action(
                of: forecast, cell: [route, day],
                [
                    ("models", .keyed([("one", Path("models/\(route)/model.ubj"))])), ("names", .listing("parts")),
                    ("late", .input("late.csv")), ("to", .output(Path("forecasts/\(route)/\(day).parquet"))),
                    ("nested", .value(.object([.init(name: [1], value: .list([.bool(true), .uint(9), .absent]))]))),
                ])
        }
    }
    try sketch.action("gather", empty: "nothing", [("nothing", .inputs([])), ("to", .output("gathered"))])
    let each = try sketch.rule("each", axes: [routes]) { $0.awaits = "fetched/x" }
    try sketch.action("waiting", awaits: "fetched/x", [("from", .value(.awaited)), ("to", .output("waited"))])
    sketch.group("forecasts", [.rule(RuleID(3)), .artifact("gathered"), .artifact("late.csv")])
    sketch.group("later", [.rule(RuleID(each))])
    sketch.builder.defaults = sketch.builder.groups[0]
    return try sketch.plan()
}
