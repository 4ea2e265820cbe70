import Artifact
import Planning
import Testing

/// Scenarios: an edit, and exactly what comes of it.
@Suite struct VerdictTests {
    @Test func `what never was built is built, and says so`() throws {
        var bench = Workbench(["in": "1"])
        let plan = try chain()
        #expect(bench.reasons(plan, "first") == [.neverBuilt])
        bench.files["first.out"] = [1]
        #expect(bench.reasons(plan, "first") == [.neverBuilt, .foreign("first.out")])
    }

    @Test func `a change that gives the same bytes ends there`() throws {
        var bench = Workbench(["in": "a"])
        let plan = try chain(does: "parity")
        try bench.build(plan)
        bench.files["in"] = Array("c".utf8)
        #expect(try bench.build(plan).ran == ["first"])
        bench.files["in"] = Array("d".utf8)
        #expect(try bench.build(plan).ran == ["first", "second"])
    }

    /// `Workbench` compares each assessment with one that asks of each action by itself.
    @Test(arguments: [1, 63, 64, 65, 128, 300])
    func `however many are judged at once, each is as it were alone`(count: Int) throws {
        var bench = Workbench(Dictionary(uniqueKeysWithValues: (0 ..< count).map { (Path("in/\($0)"), "a\($0)") }))
        bench.hasStore = true
        let plan = try wide(count)
        #expect(bench.reasons(plan, "a0") == [.neverBuilt])
        try bench.build(plan)
        for number in 0 ..< count { bench.files[Path("in/\(number)")] = Array("b\(number)".utf8) }
        bench.files[Path("in/0")] = nil
        try bench.build(plan)
        // Every third one is as it was first, so that the store has it; every fifth one is new.
        for number in stride(from: 0, to: count, by: 3) { bench.files[Path("in/\(number)")] = Array("a\(number)".utf8) }
        for number in stride(from: 0, to: count, by: 5) { bench.files[Path("in/\(number)")] = Array("c\(number)".utf8) }
        let seen = bench.assess(plan)
        for number in 0 ..< count {
            let verdict = try #require(seen.verdict("a\(number)"))
            if number % 5 == 0 {
                #expect(verdict.isBuild)
            } else if number % 3 == 0 {
                #expect(verdict.isRestore)
            } else {
                #expect(verdict == .current)
            }
        }
    }

    @Test func `while an input is open a verdict says what is certain, and nothing more`() throws {
        var bench = Workbench(["in": "a"])
        try bench.build(try chain())
        bench.files["in"] = Array("b".utf8)
        let seen = bench.assess(try chain())
        #expect(seen.verdict("second") == .undecided([]))
        #expect(seen.verdict("second")?.line == 0)
        let changed = bench.assess(try chain(level: 2))
        let reason = Reason.parameter(name: Array("level".utf8), from: .int(1), to: .int(2))
        #expect(changed.verdict("second") == .build(.stale, [reason]))
    }

    @Test func `a deleted and an edited output are repaired, and nothing else runs`() throws {
        var bench = Workbench(["in": "a"])
        let plan = try chain()
        try bench.build(plan)
        let before = bench.files
        bench.files["first.out"] = nil
        #expect(bench.assess(plan).verdict("first") == .build(.repair, [.outputMissing("first.out")]))
        #expect(try bench.build(plan).ran == ["first"])
        bench.files["first.out"] = [1]
        #expect(bench.assess(plan).verdict("first") == .build(.repair, [.outputEdited("first.out")]))
        #expect(try bench.build(plan).ran == ["first"])
        #expect(bench.files == before)
    }

    @Test func `a file put into a tree, or taken out of it, is repaired`() throws {
        var bench = Workbench(["in": "x=1\ny=2"])
        let plan = try split()
        try bench.build(plan)
        let before = bench.files
        let edits: [(Path, [UInt8]?, Reason)] = [
            ("parts/z", [1], .outputEdited("parts")), ("parts/x", nil, .outputMissing("parts/x")),
        ]
        for (path, bytes, reason) in edits {
            bench.files[path] = bytes
            #expect(bench.assess(plan).verdict("split") == .build(.repair, [reason]))
            #expect(try bench.build(plan).ran == ["split"])
            #expect(bench.files == before)
        }
    }

    @Test func `only the readers of the members that changed run`() throws {
        var bench = Workbench(["in": "x=1\ny=2"])
        let plan = try split()
        try bench.build(plan)
        bench.files["in"] = Array("x=1\ny=3".utf8)
        #expect(try bench.build(plan).ran == ["split", "y", "whole"])
        bench.files["in"] = Array("x=1\ny=3\nz=3".utf8)
        #expect(try bench.build(plan).ran == ["split", "whole", "names"])
    }

    @Test func `a member that a tree does not have blocks its reader, not its siblings`() throws {
        var bench = Workbench(["in": "y=2"])
        let plan = try split()
        let outcome = try bench.build(plan)
        let split = try #require(plan.action("split"))
        #expect(outcome.ran == ["split", "y", "whole", "names"])
        #expect(outcome.assessment.verdict("x") == .blocked([.notInTree("parts/x", split)]))
        #expect(bench.assess(plan).verdict("x") == .blocked([.notInTree("parts/x", split)]))
        bench.files["in"] = Array("x=0\ny=2".utf8)
        #expect(try bench.build(plan).ran.contains("x"))
    }

    @Test func `a directory in a tree is all that it holds`() throws {
        var sketch = Sketch()
        try sketch.source("in")
        try sketch.action("split", [("from", .input("in")), ("parts", .outputTree("parts"))])
        try sketch.action("bytes", [("from", .tree("parts/sub")), ("to", .output("bytes.out"))])
        try sketch.action("names", [("from", .listing("parts/sub")), ("to", .output("names.out"))])
        let plan = try sketch.plan()
        var bench = Workbench(["in": "sub/x=1\nz=1"])
        try bench.build(plan)
        bench.files["in"] = Array("sub/x=1\nz=2".utf8)
        #expect(try bench.build(plan).ran == ["split"])
        bench.files["in"] = Array("sub/x=2\nz=2".utf8)
        #expect(try bench.build(plan).ran == ["split", "bytes"])
        bench.files["in"] = Array("sub/x=2\nsub/y=2\nz=2".utf8)
        #expect(try bench.build(plan).ran == ["split", "bytes", "names"])
        #expect(bench.assess(plan).verdicts.allSatisfy { $0 == .current })
    }

    @Test func `the names in a directory that is a source are those that it has now`() throws {
        var sketch = Sketch()
        try sketch.source("dir")
        try sketch.action("names", [("from", .listing("dir")), ("to", .output("names.out"))])
        let plan = try sketch.plan()
        var bench = Workbench(["dir/a": "1"])
        try bench.build(plan)
        bench.files["dir/a"] = Array("2".utf8)
        #expect(bench.assess(plan).verdict("names") == .current)
        bench.files["dir/b"] = Array("2".utf8)
        #expect(try bench.build(plan).ran == ["names"])
        #expect(bench.assess(plan).verdict("names") == .current)
    }

    @Test func `a source that is not there blocks what needs it, and names itself`() throws {
        var bench = Workbench([:])
        let plan = try chain()
        let outcome = try bench.build(plan)
        let first = try #require(plan.action("first"))
        #expect(outcome.ran == [])
        #expect(outcome.assessment.verdict("first") == .blocked([.sourceAbsent("in")]))
        #expect(outcome.assessment.verdict("second") == .blocked([.blocked("first.out", first)]))
    }

    @Test func `the absence of a source that may be absent is its content`() throws {
        var sketch = Sketch()
        try sketch.source("late", mayBeAbsent: true)
        try sketch.action("take", [("late", .input("late")), ("to", .output("out"))])
        let plan = try sketch.plan()
        var bench = Workbench([:])
        #expect(try bench.build(plan).ran == ["take"])
        #expect(bench.assess(plan).verdict("take") == .current)
        bench.files["late"] = [1]
        let content = Workbench.fileContent([1])
        #expect(bench.reasons(plan, "take") == [.inputChanged("late", from: nil, to: content)])
        try bench.build(plan)
        bench.files["late"] = nil
        #expect(bench.reasons(plan, "take") == [.inputChanged("late", from: content, to: nil)])
    }

    @Test func `an action that fails leaves the rest going, and is tried again`() throws {
        var sketch = Sketch()
        try sketch.source("bad")
        try sketch.source("good")
        try sketch.action("fails", [("from", .input("bad")), ("to", .output("a"))])
        try sketch.action("after", [("from", .input("a")), ("to", .output("b"))])
        try sketch.action("other", [("from", .input("good")), ("to", .output("c"))])
        let plan = try sketch.plan()
        var bench = Workbench(["bad": "!", "good": "1"])
        let fails = try #require(plan.action("fails"))
        let outcome = try bench.build(plan)
        #expect(outcome.ran == ["fails", "other"])
        #expect(outcome.failed == ["fails"])
        #expect(outcome.assessment.verdict("after") == .blocked([.failed("a", fails)]))
        #expect(bench.reasons(plan, "fails") == [.neverBuilt, .failedBefore(run: 1)])
        #expect(bench.assess(plan, failed: [fails]).verdict("after") == .blocked([.failed("a", fails)]))
        bench.files["bad"] = [1]
        #expect(try bench.build(plan).ran == ["fails", "after"])
        #expect(bench.assess(plan).verdicts.allSatisfy { $0 == .current })
    }

    @Test func `an edit taken back after a failure leaves nothing to do`() throws {
        var bench = Workbench(["in": "1"])
        let plan = try chain()
        try bench.build(plan)
        bench.files["in"] = Array("!".utf8)
        #expect(try bench.build(plan).failed == ["first"])
        #expect(bench.reasons(plan, "first").last == .failedBefore(run: 2))
        bench.files["in"] = Array("1".utf8)
        #expect(bench.assess(plan).verdicts.allSatisfy { $0 == .current })
    }

    @Test func `losses that a rule accepts leave the key, and are made good when they come`() throws {
        let paths: [Path] = ["a", "b", "c", "d"]
        func plan(_ share: Double) throws -> Plan {
            var sketch = Sketch()
            for path in paths { try sketch.source(path) }
            try sketch.action(
                "gather", rule: { $0.accepts = [.init(property: Array("from".utf8), leastShare: share)] },
                [
                    ("from", .inputs(paths)), ("to", .output("out")),
                ])
            return try sketch.plan()
        }
        var bench = Workbench(["a": "1", "b": "2", "c": "3"])
        #expect(bench.assess(try plan(0.8)).verdict("gather") == .blocked([.sourceAbsent("d")]))
        #expect(try bench.build(try plan(0.75)).ran == ["gather"])
        #expect(bench.snapshot(try plan(0.75)).missing.values.map { $0 } == [["d"]])
        #expect(bench.assess(try plan(0.75)).verdict("gather") == .current)
        bench.files["d"] = [4]
        #expect(bench.reasons(try plan(0.75), "gather") == [.inputAdded("d")])
        try bench.build(try plan(0.75))
        bench.files["a"] = nil
        #expect(bench.reasons(try plan(0.75), "gather") == [.inputRemoved("a")])
        bench.files = [:]
        #expect(bench.assess(try plan(0.75)).verdict("gather")?.isBlocked == true)
        #expect(try bench.build(try plan(0)).ran == ["gather"])
        bench.files["a"] = [1]
        #expect(bench.reasons(try plan(0), "gather") == [.inputAdded("a")])
    }

    @Test func `a share is met by exactly that many`() throws {
        for percent in 1 ... 100 {
            for count in [50, 100] where percent * count % 100 == 0 {
                var sketch = Sketch()
                let paths = (0 ..< count).map { Path("in/\($0)") }
                for path in paths { try sketch.source(path) }
                let rule = try sketch.rule("gather") {
                    $0.accepts = [.init(property: Array("from".utf8), leastShare: Double(percent) / 100)]
                }
                try sketch.action(of: rule, [("from", .inputs(paths)), ("to", .output("out"))])
                var bench = Workbench([:])
                for path in paths.prefix(percent * count / 100) { bench.files[path] = [1] }
                let plan = try sketch.plan()
                #expect(bench.assess(plan).verdict("gather")?.isBlocked == false, "\(percent) % of \(count)")
                bench.files[paths[0]] = nil
                #expect(bench.assess(plan).verdict("gather")?.isBlocked == true, "\(percent) % of \(count), less one")
            }
        }
    }

    @Test func `a family that nobody can list blocks what gathers over it`() throws {
        var sketch = Sketch()
        try sketch.source("in")
        try sketch.action("list", [("from", .input("in")), ("to", .output("list.out"))])
        try sketch.rule("each") { $0.awaits = "list.out" }
        try sketch.action(
            "gather", awaits: "list.out", [("from", .value(.awaited)), ("to", .output("gathered"))])
        try sketch.action("report", [("from", .input("gathered")), ("to", .output("report"))])
        let plan = try sketch.plan()
        var bench = Workbench(["in": "1"])
        #expect(bench.assess(plan).verdict("list") == .build(.stale, [.neverBuilt]))
        let outcome = try bench.build(plan)
        #expect(outcome.ran == ["list"])
        #expect(outcome.assessment.verdict("gather") == .blocked([.unlisted("list.out")]))
        #expect(outcome.assessment.verdict("report") == .blocked([.unlisted("list.out")]))
        #expect(plan.everything.unlisted.map(\.awaits) == ["list.out"])
    }

    @Test func `an axis that came out empty blocks what gathers over it`() throws {
        var sketch = Sketch()
        try sketch.source("in")
        try sketch.action("before", [("from", .input("in")), ("to", .output("before.out"))])
        try sketch.action(
            "gather", empty: "from",
            [
                ("from", .inputs([])), ("with", .input("before.out")), ("to", .output("out")),
            ])
        let plan = try sketch.plan()
        var bench = Workbench(["in": "1"])
        // Certain from the start, whatever the other input gives.
        #expect(bench.assess(plan).verdict("gather") == .blocked([.nothingToGather(property: "from")]))
        let outcome = try bench.build(plan)
        #expect(outcome.ran == ["before"])
        #expect(outcome.assessment.verdict("gather") == .blocked([.nothingToGather(property: "from")]))
    }

    @Test func `what is forced runs though it is current, and nothing behind it if it gives the same`() throws {
        var bench = Workbench(["in": "1"])
        let plan = try chain()
        try bench.build(plan)
        let forced: Set = [try #require(plan.action("first"))]
        #expect(bench.assess(plan, forced: forced).verdict("first") == .build(.forced, [.forced]))
        #expect(try bench.build(plan, forced: forced).ran == ["first"])
        bench.files["in"] = nil
        #expect(bench.assess(plan, forced: forced).verdict("first") == .blocked([.sourceAbsent("in")]))
    }

    @Test func `what is blocked for certain is not said to be forced`() throws {
        var sketch = Sketch()
        try sketch.source("in")
        try sketch.source("gone")
        try sketch.action("first", [("from", .input("in")), ("to", .output("first.out"))])
        try sketch.action(
            "second",
            [
                ("from", .input("first.out")), ("with", .input("gone")), ("to", .output("second.out")),
            ])
        let plan = try sketch.plan()
        let seen = Workbench(["in": "1"]).assess(plan, forced: [try #require(plan.action("second"))])
        #expect(seen.verdict("second") == .blocked([.sourceAbsent("gone")]))
    }

    @Test func `nothing is said of what nobody asked for`() throws {
        var bench = Workbench(["in": "1"])
        let plan = try chain()
        let request = Request(plan, actions: [try #require(plan.action("first"))])
        let outcome = try bench.build(plan, request)
        #expect(outcome.ran == ["first"])
        #expect(outcome.assessment.verdict("second") == nil)
        #expect(request.actionCount == 1)
        #expect(request.targets.map { plan.path(of: $0) } == ["first.out"])
    }
}

/// Actions that each read a source of their own.
private func wide(_ count: Int) throws -> Plan {
    var sketch = Sketch()
    for number in 0 ..< count {
        try sketch.source(Path("in/\(number)"))
        try sketch.action(
            "a\(number)", [("from", .input(Path("in/\(number)"))), ("to", .output(Path("out/\(number)")))])
    }
    return try sketch.plan()
}

/// in -> first -> second.
private func chain(does: String = "mix", level: Int64 = 1) throws -> Plan {
    var sketch = Sketch()
    try sketch.source("in")
    for (name, from) in [("first", "in"), ("second", "first.out")] as [(String, Path)] {
        try sketch.action(
            name,
            [
                ("does", .value(.string(Array(does.utf8)))), ("level", .value(.int(level))), ("from", .input(from)),
                ("to", .output(Path(name + ".out"))),
            ])
    }
    return try sketch.plan()
}

/// A tree `parts`; readers of two members, of all of it, and of its names.
private func split() throws -> Plan {
    var sketch = Sketch()
    try sketch.source("in")
    try sketch.action("split", [("from", .input("in")), ("parts", .outputTree("parts"))])
    try sketch.action("x", [("from", .input("parts/x")), ("to", .output("x.out"))])
    try sketch.action("y", [("from", .input("parts/y")), ("to", .output("y.out"))])
    try sketch.action("whole", [("from", .tree("parts")), ("to", .output("whole.out"))])
    try sketch.action("names", [("from", .listing("parts")), ("to", .output("names.out"))])
    return try sketch.plan()
}

extension Workbench {
    fileprivate func reasons(_ plan: Plan, _ action: String) -> [Reason] {
        assess(plan).verdict(action)?.reasons ?? []
    }
}

extension Assessment {
    fileprivate func verdict(_ name: String) -> Verdict? { plan.action(name).flatMap { verdicts[$0.index] } }
}
