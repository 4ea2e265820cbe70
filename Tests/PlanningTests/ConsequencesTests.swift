import Artifact
import Planning
import Testing

/// What is said of a run that did not give everything.
@Suite struct ConsequencesTests {
    /// Two models; a table of both that does without some; a report of the first model and the table.
    private func plan(share: Double = 0.5) throws -> Plan {
        var sketch = Sketch()
        try sketch.source("in")
        for name in ["a", "b"] {
            try sketch.action(name, [("from", .input("in")), ("to", .output(Path("\(name).out")))])
        }
        try sketch.action(
            "table", rule: { $0.accepts = [.init(property: Array("models".utf8), leastShare: share)] },
            [("models", .inputs(["a.out", "b.out"])), ("to", .output("table.out"))])
        try sketch.action(
            "report", [("first", .input("a.out")), ("second", .input("table.out")), ("to", .output("report.out"))])
        try sketch.action("last", [("from", .input("report.out")), ("to", .output("last.out"))])
        return try sketch.plan()
    }

    private func action(_ plan: Plan, _ name: String) throws -> ActionID {
        try #require(plan.actions.first { plan.name(of: $0) == name })
    }

    private func whole(_ plan: Plan) -> Request { Request(plan, actions: Array(plan.actions)) }

    private func names(_ plan: Plan, _ actions: [ActionID]) -> [String] { actions.map { plan.name(of: $0) } }

    @Test func `what is blocked stands behind the failure that it begins with, each once`() throws {
        let plan = try plan()
        var assessment = Workbench(["in": "1"]).assess(plan)
        _ = assessment.failed(try action(plan, "a"))
        _ = assessment.failed(try action(plan, "b"))
        let behind = assessment.behindFailures(whole(plan))
        #expect(behind.count == 1)
        #expect(names(plan, try #require(behind[action(plan, "a")])) == ["table", "report", "last"])
        #expect(assessment.behindFailures(Request(plan, actions: [try action(plan, "b")])).isEmpty)
    }

    @Test func `what was not come to is what is open or ready and not what runs or is over`() throws {
        let plan = try plan()
        var assessment = Workbench(["in": "1"]).assess(plan)
        #expect(names(plan, assessment.unstarted(whole(plan))) == ["a", "b", "table", "report", "last"])
        assessment.began(try action(plan, "a"))
        _ = assessment.failed(try action(plan, "b"))
        #expect(names(plan, assessment.unstarted(whole(plan))) == ["table", "report", "last"])
        _ = assessment.failed(try action(plan, "a"))
        #expect(assessment.unstarted(whole(plan)).isEmpty)
        let open = plan.artifacts.filter { assessment.isOpen($0) }
        #expect(open.isEmpty)
    }

    @Test func `a result says by input what it is without, in its run and as long as it holds`() throws {
        let plan = try plan()
        var bench = Workbench(["in": "1"])
        try bench.build(plan)
        var assessment = bench.assess(plan)
        #expect(assessment.degradations(whole(plan)).isEmpty)

        bench = Workbench(["in": "1"])
        assessment = bench.assess(plan)
        _ = assessment.failed(try action(plan, "b"))
        assessment.began(try action(plan, "a"))
        #expect(assessment.degradations(whole(plan)).isEmpty, "nothing is there yet")
        let output = Trace.Output(path: "a.out", content: Workbench.fileContent([1]))
        _ = assessment.finished(try action(plan, "a"), outputs: [output])
        assessment.began(try action(plan, "table"))
        let table = Trace.Output(path: "table.out", content: Workbench.fileContent([2]))
        _ = assessment.finished(try action(plan, "table"), outputs: [table])
        let all = assessment.degradations(whole(plan))
        let found = try #require(all.first)
        #expect(all.count == 1)
        #expect(plan.name(of: found.action) == "table" && found.property == Array("models".utf8))
        #expect(found.have == 1 && found.all == 2 && found.missing.map { plan.path(of: $0) } == ["b.out"])
    }

    @Test func `of what failed a selection keeps what it needs, and without targets everything`() throws {
        let plan = try plan()
        let failed = Set(try ["a", "table", "last"].map { plan.identity(of: try action(plan, $0)) })
        func selected(_ targets: String...) throws -> [String] {
            names(plan, try plan.select(targets).failed(failed, in: plan).actions)
        }
        #expect(try selected("report") == ["a", "table"])
        #expect(try selected("b") == [])
        #expect(try selected("last") == ["a", "table", "last"])
        #expect(names(plan, Selection.failed(failed, in: plan).actions) == ["a", "table", "last"])
        #expect(Selection.failed([], in: plan).actions.isEmpty)
    }
}
