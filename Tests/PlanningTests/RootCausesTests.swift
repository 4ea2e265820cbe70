import Artifact
import Planning
import Testing

/// What is not current, by what a person can do something about.
@Suite struct RootCausesTests {
    @Test func `a current workspace has no causes`() throws {
        var bench = Workbench()
        bench.files["in"] = Array("a".utf8)
        let plan = try ladder()
        try bench.build(plan)
        #expect(bench.causes(plan).groups.isEmpty)
    }

    @Test func `what was never built is one cause, with every action`() throws {
        var bench = Workbench()
        bench.files["in"] = Array("a".utf8)
        let plan = try ladder()
        let groups = bench.causes(plan).groups
        #expect(groups.map(\.cause) == [.neverBuilt])
        #expect(groups.first?.certain.count == plan.actionCount)
        #expect(groups.first?.undecidedCount == 0)
    }

    @Test func `a changed source carries what reads it for certain, and what is below at most`() throws {
        var bench = Workbench()
        bench.files["in"] = Array("a".utf8)
        let plan = try ladder()
        try bench.build(plan)
        bench.files["in"] = Array("b".utf8)
        let causes = bench.causes(plan)
        let group = try #require(causes.groups.first)
        #expect(causes.groups.count == 1)
        #expect(group.cause == .changed("in", isSource: true))
        #expect(group.cause.kind == .sources)
        #expect(group.certain.map { plan.name(of: $0) } == ["first"])
        #expect(
            group.reason
                == .inputChanged(
                    "in", from: Workbench.fileContent(Array("a".utf8)), to: Workbench.fileContent(Array("b".utf8))))
        // middle[0], middle[1] and last.
        #expect(group.undecidedByRule == [RuleID(1): 2, RuleID(2): 1])
        #expect(
            causes.families(of: group).map { $0.actions.map { plan.name(of: $0) } } == [
                ["first"], ["middle[n=0]", "middle[n=1]"], ["last"],
            ])
    }

    @Test func `a chain goes from the cause to an action by the shortest way`() throws {
        var bench = Workbench()
        bench.files["in"] = Array("a".utf8)
        let plan = try ladder(isShortCut: true)
        try bench.build(plan)
        bench.files["in"] = Array("b".utf8)
        let causes = bench.causes(plan)
        let last = try #require(plan.action("last"))
        let chain = causes.chain(to: last)
        #expect(chain.map { plan.name(of: $0.action) } == ["first", "last"])
        #expect(chain.first?.handsOn == plan.artifact(at: "first.out"))
        #expect(causes.causes(of: last) == [.changed("in", isSource: true)])
    }

    @Test func `an action with reasons of its own is certain, and not counted as what may follow`() throws {
        var bench = Workbench()
        bench.files["in"] = Array("a".utf8)
        try bench.build(try ladder())
        bench.files["in"] = Array("b".utf8)
        let plan = try ladder(level: 2)
        let causes = bench.causes(plan)
        let parameter = try #require(causes.groups.first { $0.cause.kind == .parameters })
        #expect(parameter.certain.map { plan.name(of: $0) } == ["middle[n=0]", "middle[n=1]"])
        #expect(parameter.undecidedByRule == [RuleID(2): 1])
        let source = try #require(causes.groups.first { $0.cause.kind == .sources })
        #expect(source.certain.map { plan.name(of: $0) } == ["first"])
        #expect(source.undecidedByRule == [:])
        let last = try #require(plan.action("last"))
        #expect(causes.causes(of: last) == [parameter.cause])
        #expect(causes.chain(to: last).count == 2)
    }

    @Test func `a deleted and an edited output are causes of their rules`() throws {
        var bench = Workbench()
        bench.files["in"] = Array("a".utf8)
        let plan = try ladder()
        try bench.build(plan)
        bench.files["middle/0"] = nil
        bench.files["middle/1"] = [1]
        let groups = bench.causes(plan).groups
        let rule = Array("middle".utf8)
        #expect(Set(groups.map(\.cause)) == [.outputsMissing(rule: rule), .outputsEdited(rule: rule)])
        #expect(groups.first { $0.cause == .outputsMissing(rule: rule) }?.paths == ["middle/0"])
        #expect(groups.allSatisfy { $0.undecidedByRule == [RuleID(2): 1] })
    }

    @Test func `after a build what followed is led back to where it began`() throws {
        var bench = Workbench()
        bench.files["in"] = Array("a".utf8)
        let plan = try ladder()
        try bench.build(plan)
        bench.files["in"] = Array("b".utf8)
        let outcome = try bench.build(plan)
        #expect(outcome.ran.count == 4)
        let causes = RootCauses(outcome.assessment, plan.everything)
        #expect(causes.groups.map(\.cause) == [.changed("in", isSource: true)])
        #expect(causes.groups.first?.certain.count == 1)
        #expect(causes.groups.first?.followed.count == 3)
        let last = try #require(plan.action("last"))
        #expect(causes.chain(to: last).count == 3)
    }

    @Test func `an earlier part of a run hands its causes on`() throws {
        var bench = Workbench()
        bench.files["in"] = Array("a".utf8)
        let plan = try ladder()
        try bench.build(plan)
        bench.files["in"] = Array("b".utf8)
        let first = try #require(plan.action("first"))
        let part = Request(plan, actions: [first])
        try bench.build(plan, part)
        let without = bench.causes(plan)
        #expect(without.groups.map(\.cause) == [.changed("first.out", isSource: false)])
        let source = RootCause.changed("in", isSource: true)
        let causes = RootCauses(
            bench.assess(plan), plan.everything, earlier: [plan.identity(of: first): [source]])
        #expect(causes.groups.map(\.cause) == [source])
        #expect(causes.groups.first?.followed.count == 2)
        #expect(causes.groups.first?.undecidedCount == 1)
    }

    @Test func `more causes than are followed are all there, the largest first`() throws {
        var sketch = Sketch()
        let count = 200
        for index in 0 ..< count {
            try sketch.source(Path("in/\(index)"))
            try sketch.action(
                "read\(index)", [("from", .input(Path("in/\(index)"))), ("to", .output(Path("out/\(index)")))])
        }
        try sketch.action("also", [("from", .input("in/150")), ("to", .output("also"))])
        let plan = try sketch.plan()
        var bench = Workbench()
        for index in 0 ..< count { bench.files[Path("in/\(index)")] = [1] }
        try bench.build(plan)
        for index in 0 ..< count { bench.files[Path("in/\(index)")] = [2] }
        let groups = bench.causes(plan).groups
        #expect(groups.count == count)
        #expect(groups.first?.cause == .changed("in/150", isSource: true))
        #expect(groups.first?.certain.count == 2)
        #expect(groups.count { $0.undecidedByRule != nil } == 64)
    }
}

/// in -> first -> middle[0], middle[1] -> last.
private func ladder(level: Int64 = 1, isShortCut: Bool = false) throws -> Plan {
    var sketch = Sketch()
    let axis = sketch.axis("n", ["0", "1"])
    try sketch.source("in")
    try sketch.action("first", [("from", .input("in")), ("to", .output("first.out"))])
    let middle = try sketch.rule("middle", axes: [axis])
    for cell in 0 ..< 2 {
        try sketch.action(
            of: middle, cell: [cell],
            [
                ("level", .value(.int(level))), ("from", .input("first.out")),
                ("to", .output(Path("middle/\(cell)"))),
            ])
    }
    let reads: [Path] = isShortCut ? ["middle/0", "middle/1", "first.out"] : ["middle/0", "middle/1"]
    try sketch.action("last", [("from", .inputs(reads)), ("to", .output("last.out"))])
    return try sketch.plan()
}

extension Workbench {
    fileprivate func causes(_ plan: Plan) -> RootCauses { RootCauses(assess(plan), plan.everything) }
}
