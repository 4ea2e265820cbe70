import Artifact
import Planning
import Testing

/// What options on the command line say against policies.
@Suite struct PolicyOptionsTests {
    /// data -> split -> features -> train[a, b, c] -> report; `train` settles, `report` is kept, `features` is plain.
    private func plan(isWhole: Bool = true) throws -> Plan {
        var sketch = Sketch()
        let entity = sketch.axis("entity", ["a", "b", "c"])
        try sketch.source("data.csv")
        try sketch.action("features", [("from", .input("data.csv")), ("to", .output("features.csv"))])
        let train = try sketch.rule("train", axes: [entity]) {
            $0.policy.settle = .init(
                nanoseconds: hours(24), observation: .init(property: Array("from".utf8), column: Array("at".utf8)))
        }
        for (index, name) in ["a", "b", "c"].enumerated() {
            try sketch.action(
                of: train, cell: [index], [("from", .input("features.csv")), ("to", .output(Path("models/\(name)")))])
        }
        try sketch.action(
            "report", rule: { $0.policy.existence = .keepExisting(adoptsForeign: false) },
            [("models", .inputs(["models/a", "models/b", "models/c"])), ("to", .output("report"))])
        try sketch.action("aside", [("from", .input("data.csv")), ("to", .output("aside"))])
        if !isWhole {
            sketch.builder.questions = [
                .init(path: "list.csv", column: Array("x".utf8), answer: nil, actionsBefore: 0)
            ]
        }
        return try sketch.plan(isWhole: isWhole)
    }

    private func hours(_ count: Int64) -> Int64 { count * 3_600_000_000_000 }

    private func apply(
        _ targets: [String] = [], isWhole: Bool = true, _ change: (inout PolicyOptions) -> Void
    ) throws -> (plan: Plan, circumstances: Circumstances) {
        var options = PolicyOptions()
        change(&options)
        let plan = try plan(isWhole: isWhole)
        let selection = try plan.select(targets)
        try options.check(plan, selection)
        return (plan, options.circumstances(plan, selection, nowNanoseconds: 7))
    }

    private func policy(_ rule: String, _ applied: (plan: Plan, circumstances: Circumstances)) throws -> Policy {
        let index = try #require(applied.plan.rules.firstIndex { $0.name == Array(rule.utf8) })
        return applied.circumstances.policies[index]
    }

    private func skipped(_ applied: (plan: Plan, circumstances: Circumstances)) -> [String] {
        applied.circumstances.skipped.map { applied.plan.name(of: $0) }.sorted()
    }

    @Test func `without options everything is as the rules say`() throws {
        let applied = try apply { _ in }
        #expect(applied.circumstances.policies == applied.plan.rules.map(\.policy))
        #expect(applied.circumstances.nowNanoseconds == 7)
        #expect(applied.circumstances.forced.isEmpty && applied.circumstances.skipped.isEmpty)
        #expect(!applied.circumstances.keepsEdited && applied.circumstances.unjudged == 0)
    }

    @Test func `a least age replaces the hours and nothing else of the rules that settle`() throws {
        let applied = try apply { $0.minAge = [.init(hours(6))] }
        #expect(try policy("train", applied).settle?.nanoseconds == hours(6))
        #expect(try policy("train", applied).settle?.observation?.column == Array("at".utf8))
        #expect(try policy("features", applied).settle == nil)
    }

    @Test func `what is said for a rule counts more than what is said for all, in whatever order`() throws {
        for overrides in [[("6", []), ("0", ["train"])], [("0", ["train"]), ("6", [])]] as [[(String, [String])]] {
            let applied = try apply { options in
                options.minAge = overrides.map { .init(hours(Int64($0.0) ?? -1), rules: $0.1) }
            }
            #expect(try policy("train", applied).settle?.nanoseconds == 0)
        }
    }

    @Test func `a rule that does not settle, or is not there, has no age to replace`() throws {
        #expect(throws: PolicyOptionError.settlesNot(rule: "features", Place(file: rulesFile, line: 2))) {
            try apply { $0.minAge = [.init(1, rules: ["features"])] }
        }
        #expect(
            throws: PolicyOptionError.noSuchRule(option: "--min-age-hours", rule: "trian", nearest: ["train"])
        ) { try apply { $0.minAge = [.init(1, rules: ["trian"])] } }
        #expect(throws: PolicyOptionError.nobodySettles) { try apply(["aside"]) { $0.minAge = [.init(1)] } }
        // Named, it may be any rule; upstream of a target it counts too.
        _ = try apply(["aside"]) { $0.minAge = [.init(1, rules: ["train"])] }
        _ = try apply(["report"]) { $0.minAge = [.init(1)] }
    }

    @Test func `while the rules wait for an answer, what they do not have may still come`() throws {
        _ = try apply(["aside"], isWhole: false) { options in
            options.minAge = [.init(1), .init(1, rules: ["later"])]
            options.rebuildsExisting = [.init(true, rules: ["later"])]
            options.skip = ["later"]
        }
        #expect(throws: PolicyOptionError.self) {
            try apply(isWhole: false) { $0.minAge = [.init(1, rules: ["features"])] }
        }
    }

    @Test func `what exists is rebuilt or kept by all rules that mind, or by those named`() throws {
        let rebuilt = try apply { $0.rebuildsExisting = [.init(true)] }
        #expect(try policy("report", rebuilt).existence == .always)
        #expect(try policy("train", rebuilt).existence == nil)
        let kept = try apply { $0.rebuildsExisting = [.init(false, rules: ["train", "report"])] }
        #expect(try policy("train", kept).existence == .keepExisting(adoptsForeign: true))
        // What the rule says of foreign files stays.
        #expect(try policy("report", kept).existence == .keepExisting(adoptsForeign: false))
        #expect(throws: PolicyOptionError.nobodyMinds) { try apply(["train"]) { $0.rebuildsExisting = [.init(true)] } }
    }

    @Test func `what is skipped is a selector of actions`() throws {
        let applied = try apply { $0.skip = ["train[entity=a]", "features"] }
        #expect(skipped(applied) == ["features", "train[entity=a]"])
        #expect(applied.circumstances.unjudged == 0)
        #expect(throws: PolicyOptionError.skipsSource(option: "--skip", "data.csv")) {
            try apply { $0.skip = ["data.csv"] }
        }
        #expect(throws: TargetError.self) { try apply { $0.skip = ["nothing-like-it"] } }
    }

    @Test func `nothing is skipped and forced`() throws {
        let forced = try apply(["train"]) { $0.force = true }
        #expect(forced.circumstances.forced.count == 3)
        #expect(throws: PolicyOptionError.skipAndForce(action: "train[entity=b]")) {
            try apply(["train"]) { options in
                options.force = true
                options.skip = ["train[entity=b]"]
            }
        }
        _ = try apply(["report"]) { options in
            options.force = true
            options.skip = ["train"]
        }
    }

    @Test func `only what is named is judged`() throws {
        let applied = try apply(["train[entity=a]", "report"]) { $0.only = true }
        #expect(skipped(applied) == ["features", "train[entity=b]", "train[entity=c]"])
        #expect(applied.circumstances.unjudged == 3)
        let forced = try apply(["report"]) { options in
            options.only = true
            options.force = true
        }
        #expect(forced.circumstances.forced.count == 1)
        #expect(forced.circumstances.unjudged == 4)
    }

    @Test func `what a rule depends on is taken as it is, and nothing else`() throws {
        let applied = try apply { $0.from = ["train"] }
        #expect(skipped(applied) == ["features"])
        #expect(applied.circumstances.unjudged == 1)
        // Of what was not asked for nothing is skipped either.
        #expect(skipped(try apply(["aside"]) { $0.from = ["train"] }) == [])
    }
}

private let rulesFile = Array("rules/Rulesfile.swift".utf8)
