import Artifact
import Hashing
import Planning
import Testing

/// What goes, what stays, and why.
@Suite struct CleaningTests {
    private func content(_ text: String, _ kind: Content.Kind = .file) -> Content {
        Content(
            kind: kind,
            fingerprint: Fingerprint(digest: XXH3.digest(Array(text.utf8)), sizeBytes: UInt64(text.utf8.count)))
    }

    private func tree(_ path: Path, _ members: [(Path, Content)]) -> Trace.Output {
        let members = members.map { Trace.Member(path: $0.0, content: $0.1) }.sorted { $0.path < $1.path }
        return Trace.Output(path: path, content: Census.treeContent(members), members: members)
    }

    private func found(_ tree: Trace.Output) -> Cleaning.Found { .content(tree.content, tree.members) }

    private func file(_ path: Path, _ recorded: String? = "made", found: String?) -> Cleaning.Output {
        Cleaning.Output(
            path: path, recorded: recorded.map { Trace.Output(path: path, content: content($0)) },
            found: found.map { .content(content($0), []) } ?? .nothing)
    }

    private func made(
        _ outputs: [Cleaning.Output], isAdopted: Bool = false, builtAt: Int64? = 100, seconds: Double = 2,
        recordsMore: Bool = false
    ) -> Cleaning.Made {
        Cleaning.Made(
            identity: Trace.identity(of: outputs.map(\.path)), rule: Array("rule".utf8), action: "rule",
            outputs: outputs, isAdopted: isAdopted, builtAtNanoseconds: builtAt, durationSeconds: seconds,
            recordsMore: recordsMore)
    }

    private func clean(
        _ made: Cleaning.Made..., edited: Bool = false, before: Int64? = nil, ways: [Path: Way] = [:]
    ) -> Cleaning {
        Cleaning(made, Cleaning.Terms(includesEdited: edited, builtBeforeNanoseconds: before), ways: ways)
    }

    @Test func `what is as it was made goes, with its record`() {
        let cleaning = clean(made([file("a", found: "made"), file("b", found: nil)]))
        #expect(cleaning.steps.map(\.forgets) == [true])
        #expect(cleaning.steps[0].pieces.map(\.path) == ["a"])
        #expect(cleaning.kept.isEmpty)
        #expect(cleaning.amount == Cleaning.Amount(files: 1, sizeBytes: 4, seconds: 2))
    }

    @Test func `what was edited stays and keeps the record, unless it is asked for`() {
        let outputs = [file("a", found: "made"), file("b", found: "other")]
        let cleaning = clean(made(outputs))
        #expect(cleaning.steps[0].pieces.map(\.path) == ["a"])
        #expect(cleaning.steps[0].forgets == false)
        #expect(cleaning.kept == [Cleaning.Kept(path: "b", obstacle: .edited)])
        #expect(!cleaning.hasEdited)
        let all = clean(made(outputs), edited: true)
        #expect(all.steps[0].pieces.map(\.isEdited) == [false, true])
        #expect(all.steps[0].forgets && all.hasEdited && all.kept.isEmpty)
    }

    @Test func `what dbuild did not make never goes, whatever is asked for`() {
        let behind = Cleaning.Output(
            path: "l/x", recorded: Trace.Output(path: "l/x", content: content("made")), found: .behind(link: "l"))
        let odd = Cleaning.Output(
            path: "odd", recorded: Trace.Output(path: "odd", content: content("made")), found: .unreadable)
        let cleaning = clean(
            made([file("foreign", nil, found: "made")], builtAt: nil),
            made([file("adopted", found: "made")], isAdopted: true),
            made([behind]), made([odd]), edited: true)
        #expect(cleaning.steps.isEmpty)
        #expect(cleaning.kept.map(\.obstacle) == [.foreign, .adopted, .behind(link: "l"), .unreadable])
    }

    @Test func `of a tree goes what was published, and its directories with it`() {
        let recorded = tree(
            "t", [("a", content("1")), ("d", .directory), ("d/b", content("2")), ("d/e", .directory)])
        let whole = clean(
            made([Cleaning.Output(path: "t", recorded: recorded, found: found(recorded))]))
        #expect(whole.steps[0].pieces.map(\.path) == ["t/a", "t/d/b"])
        #expect(whole.steps[0].directories == ["t/d/e", "t/d", "t"])
        #expect(whole.steps[0].forgets)

        let there = tree(
            "t", [("a", content("edited")), ("d", .directory), ("d/b", content("2")), ("mine", content("m"))])
        let part = clean(made([Cleaning.Output(path: "t", recorded: recorded, found: found(there))]))
        #expect(part.steps[0].pieces.map(\.path) == ["t/d/b"])
        #expect(part.steps[0].directories == ["t/d", "t"])
        #expect(!part.steps[0].forgets)
        #expect(
            part.kept == [
                Cleaning.Kept(path: "t/a", obstacle: .edited), Cleaning.Kept(path: "t/mine", obstacle: .foreign),
            ])
        // What a killed `clean` has left of it is no edit.
        let half = clean(
            made([
                Cleaning.Output(path: "t", recorded: recorded, found: found(tree("t", [("a", content("1"))])))
            ]))
        #expect(half.steps[0].pieces.map(\.path) == ["t/a"] && half.steps[0].forgets)
        #expect(half.kept.isEmpty)
    }

    @Test func `another kind of thing in an output's place is an edit, and goes aside whole`() {
        let directory = tree("a", [("x", content("1"))])
        let inFilesPlace = Cleaning.Output(
            path: "a", recorded: Trace.Output(path: "a", content: content("made")), found: found(directory))
        let recorded = tree("t", [("f", content("1"))])
        let inMembersPlace = Cleaning.Output(
            path: "t", recorded: recorded, found: found(tree("t", [("f", .directory), ("f/x", content("2"))])))
        let linked = Cleaning.Output(
            path: "s", recorded: Trace.Output(path: "s", content: content("made")),
            found: .content(content("elsewhere", .link), []))
        let kept = clean(made([inFilesPlace]), made([linked]))
        #expect(kept.steps.isEmpty)
        #expect(kept.kept.map(\.obstacle) == [.edited, .edited])
        let aside = clean(made([inFilesPlace]), made([inMembersPlace]), made([linked]), edited: true)
        #expect(aside.steps.map { $0.pieces.map(\.path) } == [["a"], ["t/f"], ["s"]])
        #expect(aside.steps.allSatisfy { $0.forgets && $0.pieces.allSatisfy(\.isEdited) })
        #expect(aside.kept.isEmpty)
    }

    @Test func `age is the recorded instant, and what has none is not old`() {
        let (old, new) = (made([file("old", found: "made")], builtAt: 99), made([file("new", found: "made")]))
        let foreign = made([file("foreign", nil, found: "x")], builtAt: nil)
        let gone = made([file("gone", found: nil)], builtAt: 200)
        let cleaning = clean(old, new, foreign, gone, before: 100)
        #expect(cleaning.steps.flatMap(\.pieces).map(\.path) == ["old"])
        #expect(cleaning.youngCount == 1)
        #expect(cleaning.kept.map(\.obstacle) == [.foreign])
    }

    @Test func `a record that says more than what goes stays`() {
        let cleaning = clean(made([file("a", found: "made")], recordsMore: true))
        #expect(cleaning.steps[0].pieces.count == 1 && !cleaning.steps[0].forgets)
    }

    @Test func `directories above go only where dbuild made them, the deepest first`() {
        let ways: [Path: Way] = [
            "out": .made, "out/a": .made, "out/a/b": .made, "out/link": .link(target: []), "elsewhere": .made,
        ]
        let cleaning = clean(
            made([file("out/a/b/x", found: "made")]), made([file("out/link/y", found: "made")]),
            made([file("mine/z", found: "made")]), ways: ways)
        #expect(cleaning.directories == ["out/a/b", "out/a", "out"])
    }

    @Test func `how much goes without a question`() {
        let limit = Cleaning.Amount(files: 2, sizeBytes: 10, seconds: 3)
        #expect(limit.isWithin(limit))
        #expect(!Cleaning.Amount(files: 3).isWithin(limit))
        #expect(!Cleaning.Amount(sizeBytes: 11).isWithin(limit))
        #expect(!Cleaning.Amount(seconds: 3.1).isWithin(limit))
    }

    @Test func `failures by who is named and how long ago`() {
        let ids = (0 ..< 4).map { Digest(high: 0, low: UInt64($0)) }
        let runs: [Digest: Int64] = [ids[0]: 1, ids[1]: 2, ids[2]: 3, ids[3]: 9]
        let instants: [Int64: Int64] = [1: 10, 2: 20, 3: 30]
        #expect(Cleaning.failures(runs, of: nil, instants: instants, before: nil) == ids)
        // Of run 9 nobody knows the instant.
        #expect(Cleaning.failures(runs, of: nil, instants: instants, before: 30) == [ids[0], ids[1]])
        #expect(Cleaning.failures(runs, of: [ids[1], ids[3]], instants: instants, before: nil) == [ids[1], ids[3]])
    }

    @Test func `orphans are named by rule, path, directory above, or glob`() {
        func matches(_ word: String, _ path: Path = "out/days/1.txt") -> Bool {
            OrphanName(word).matches(rule: Array("days".utf8), path)
        }
        for word in ["days", "out/days/1.txt", "./out/days/1.txt", "out/days", "out", "out/days/*", "out/**", "**"] {
            #expect(matches(word), "\(word)")
        }
        for word in ["day", "out/day", "out/*", "./days", "1.txt", "out/days/2.txt", "days/*"] {
            #expect(!matches(word), "\(word)")
        }
        #expect(matches("a\\xff", Path([0x61, 0xFF])))
    }

    @Test func `old runs keep what recorded results and failures are of, and the last one`() {
        let retention = Retention(instants: [1: 10, 2: 20, 3: 30, 4: 5], referred: [1], before: 30)
        #expect(retention.mayGo(.displaced, of: 1) && !retention.mayGo(.events, of: 1))
        #expect(retention.mayGo(.events, of: 2) && retention.mayGo(.logs, of: 2))
        #expect(!retention.mayGo(.displaced, of: 3))
        // The last by number, however old its instant says that it is.
        #expect(!retention.mayGo(.logs, of: 4) && retention.mayGo(.displaced, of: 4))
        #expect(!retention.mayGo(.events, of: 7))
    }
}

/// All that depends on what is named.
@Suite struct DownstreamTests {
    private func names(_ plan: Plan, _ targets: [String], discovered: [String: [Path]] = [:]) throws -> [String] {
        let selection = try plan.select(targets)
        var parts: [ActionID: [Discovered]] = [:]
        for (reader, paths) in discovered {
            let action = try #require(try plan.select([reader]).actions.first)
            parts[action] = paths.map { Discovered(path: $0, content: nil) }
        }
        return plan.downstream(of: selection.actions, sources: selection.sources, discovered: parts)
            .map { plan.name(of: $0) }
    }

    private func plan() throws -> Plan {
        var sketch = Sketch()
        try sketch.source("data")
        try sketch.action("split", [("from", .input("data")), ("to", .outputTree("parts"))])
        try sketch.action("one", [("from", .input("parts/1")), ("to", .output("one.txt"))])
        try sketch.action("sum", [("from", .inputs(["one.txt", "aside.txt"])), ("to", .output("sum.txt"))])
        try sketch.action("aside", [("to", .output("aside.txt"))])
        try sketch.action("reader", [("to", .output("read.txt"))])
        return try sketch.plan()
    }

    @Test func `readers of outputs, of members of trees, and of sources`() throws {
        let plan = try plan()
        #expect(try names(plan, ["split"]) == ["split", "one", "sum"])
        #expect(try names(plan, ["aside"]) == ["sum", "aside"])
        #expect(try names(plan, ["data"]) == ["split", "one", "sum"])
        #expect(try names(plan, ["sum"]) == ["sum"])
    }

    @Test func `what was discovered counts, also in a tree`() throws {
        let plan = try plan()
        #expect(try names(plan, ["one"], discovered: ["reader": ["one.txt"]]) == ["one", "sum", "reader"])
        #expect(try names(plan, ["split"], discovered: ["reader": ["parts/7"]]) == ["split", "one", "sum", "reader"])
        #expect(try names(plan, ["aside"], discovered: ["reader": ["one.txt"]]) == ["sum", "aside"])
    }
}
