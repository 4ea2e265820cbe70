import Artifact
import Hashing
import Planning
import Testing

/// What differs from a lock, what is first, and why.
@Suite struct LockComparisonTests {
    /// raw -> clean -> parts (tree) -> three of `model` -> sum; and `apart`, which reads nothing of them.
    private func plan(_ days: [String] = ["1", "2", "3"]) throws -> Plan {
        var sketch = Sketch()
        try sketch.source("raw")
        try sketch.source("pages")
        try sketch.action("clean", [("from", .input("raw")), ("to", .output("clean.csv"))])
        try sketch.action("split", [("from", .input("clean.csv")), ("to", .outputTree("parts"))])
        let day = sketch.axis("day", days)
        let model = try sketch.rule("model", axes: [day])
        for (cell, name) in days.enumerated() {
            try sketch.action(
                of: model, cell: [cell], [("from", .input(Path("parts/\(name)"))), ("to", .output(Path("m/\(name)")))])
        }
        try sketch.action(
            "sum",
            [("from", .inputs(days.map { Path("m/\($0)") })), ("names", .listing("parts")), ("to", .output("sum"))])
        try sketch.action("apart", [("from", .input("pages")), ("to", .output("apart"))])
        return try sketch.plan()
    }

    private func item(_ text: String) -> LockFile.Item {
        .file(SHA256.hash(Array(text.utf8)), sizeBytes: 1, isExecutable: false)
    }

    private func locked(_ days: [String] = ["1", "2", "3"]) -> LockFile {
        var file = LockFile()
        file.parameters = [LockFile.Parameter(.standard, name: Array("eta".utf8), value: Array("0.3".utf8))]
        file.sources = ["raw", "pages"].map { LockFile.Entry(Path($0), item($0)) }
        let outputs = ["clean.csv", "sum", "apart"] + days.flatMap { ["parts/\($0)", "m/\($0)"] }
        file.outputs = outputs.map { LockFile.Entry(Path($0), item($0)) } + [LockFile.Entry("parts", .directory)]
        file.facts = ["clean", "split", "model", "sum", "apart"].flatMap { rule in
            [
                LockFile.Fact(.recipe, Array(rule.utf8), [1]), LockFile.Fact(.code, Array(rule.utf8), [1]),
            ]
        }
        file.facts += [LockFile.Fact(.platform, [1], [1]), LockFile.Fact(.library, [1], [1])]
        return file.sorted()
    }

    private func set(_ path: String, _ text: String?, in file: inout LockFile) {
        let entry = text.map { LockFile.Entry(Path(path), item($0)) }
        for list in [\LockFile.sources, \.outputs] {
            guard let place = file[keyPath: list].firstIndex(where: { $0.path == Path(path) }) else { continue }
            file[keyPath: list].remove(at: place)
            if let entry { file[keyPath: list].insert(entry, at: place) }
            return
        }
        if let entry { file.outputs.append(entry) }
    }

    private func set(_ kind: LockFile.Fact.Kind, _ subject: String?, in file: inout LockFile) {
        let place = file.facts.firstIndex { $0.kind == kind && (subject == nil || $0.subject == Array(subject!.utf8)) }
        if let place { file.facts[place].value = [2] }
    }

    private func compare(_ days: [String] = ["1", "2", "3"], _ edit: (inout LockFile) -> Void) throws -> LockComparison
    {
        let plan = try plan(days)
        var now = locked()
        edit(&now)
        return LockComparison(
            locked: locked(), now: now, plan, Request(plan, actions: Array(plan.actions)))
    }

    private func names(_ comparison: LockComparison) -> [String] {
        comparison.differences.map {
            switch $0.subject {
            case .path(let path): "\(path)"
            case .family(let name): String(decoding: name.bytes, as: UTF8.self)
            }
        }
    }

    @Test func `nothing differs from itself, and facts alone are no difference`() throws {
        #expect(try compare { _ in }.isSame)
        let comparison = try compare { file in
            for kind in LockFile.Fact.Kind.allCases { set(kind, nil, in: &file) }
        }
        #expect(comparison.isSame && comparison.facts.count == 4)
        #expect(comparison.checkedCount == 12)
    }

    @Test func `a source comes first, and explains all that is made from it`() throws {
        let comparison = try compare { file in
            for path in ["sum", "m/2", "parts/2", "clean.csv", "raw"] { set(path, "other", in: &file) }
        }
        #expect(names(comparison) == ["raw", "clean.csv", "parts/2", "m/2", "sum"])
        #expect(comparison.differences.map(\.cause) == [.data, nil, nil, nil, nil])
    }

    @Test func `a member of a tree explains who reads it and nobody else`() throws {
        let comparison = try compare { file in for path in ["m/2", "m/3", "parts/2"] { set(path, "other", in: &file) } }
        #expect(names(comparison) == ["parts/2", "m/2", "m/3"])
        #expect(comparison.roots.compactMap(\.maker).count == 2)
        #expect(comparison.differences.map(\.cause) == [.notReproducible, nil, .notReproducible])
    }

    @Test func `a listing is explained by what is there, not by what it holds`() throws {
        let comparison = try compare { file in for path in ["sum", "parts/2"] { set(path, "other", in: &file) } }
        #expect(comparison.differences.map(\.cause) == [.notReproducible, .notReproducible])
        let other = try compare { file in
            set("parts/4", "new", in: &file)
            set("sum", "other", in: &file)
        }
        #expect(names(other) == ["parts/4", "sum"])
        #expect(other.differences.map(\.cause) == [.notReproducible, nil])
    }

    @Test func `of what may be the cause the nearest is named`() throws {
        func cause(_ edit: (inout LockFile) -> Void) throws -> LockComparison.Cause? {
            let comparison = try compare { file in
                set("clean.csv", "other", in: &file)
                edit(&file)
            }
            #expect(comparison.first?.subject == .path("clean.csv"))
            return comparison.first?.cause
        }
        #expect(try cause { _ in } == .notReproducible)
        #expect(try cause { set(.code, "split", in: &$0) } == .notReproducible)
        #expect(try cause { set(.code, "clean", in: &$0) } == .code)
        #expect(try cause { set(.recipe, "clean", in: &$0) } == .rules)
        let around = try cause { set(.platform, nil, in: &$0) }
        guard case .surroundings(let facts)? = around else {
            Issue.record("\(String(describing: around))")
            return
        }
        #expect(facts.map(\.kind) == [.platform])
        let changed = try cause { file in
            file.parameters[0].value = Array("0.1".utf8)
            set(.recipe, "clean", in: &file)
            set(.code, "clean", in: &file)
        }
        guard case .parameters(let parameters)? = changed else {
            Issue.record("\(String(describing: changed))")
            return
        }
        #expect(parameters.map { $0.now } == [Array("0.1".utf8)])
    }

    @Test func `a parameter that changes no artifact is a difference still`() throws {
        let comparison = try compare { $0.parameters[0].value = Array("0.1".utf8) }
        #expect(!comparison.isSame && comparison.differences.isEmpty)
        // Where it was said is no difference.
        #expect(try compare { $0.parameters[0].origin = .set }.isSame)
    }

    @Test func `what nobody makes any more comes last`() throws {
        let comparison = try compare(["1", "2"]) { file in
            for path in ["m/3", "parts/3"] { set(path, nil, in: &file) }
            set("sum", "other", in: &file)
            set(.recipe, "model", in: &file)
        }
        #expect(names(comparison) == ["parts/3", "sum", "m/3"])
        #expect(comparison.differences.map(\.cause) == [.notReproducible, nil, .rules])
    }

    @Test func `what was read undeclared explains its reader`() throws {
        let plan = try plan()
        var (before, now) = (locked(), locked())
        before.sources.append(LockFile.Entry("extra", item("one")))
        now.sources.append(LockFile.Entry("extra", item("two")))
        set("apart", "other", in: &now)
        let reader = try #require(plan.action("apart"))
        let request = Request(plan, actions: Array(plan.actions))
        func causes(_ discovered: [ActionID: [Path]]) -> [LockComparison.Cause?] {
            LockComparison(locked: before, now: now, plan, request, discovered: discovered).differences.map(\.cause)
        }
        #expect(causes([reader: ["extra"]]) == [.data, nil])
        #expect(causes([:]) == [.data, .notReproducible])
    }

    @Test func `a family that is one line differs as one, whatever it would be now`() throws {
        let plan = try plan()
        let request = Request(plan, actions: Array(plan.actions))
        let folded = locked().folded(plan, above: 2)
        // Three models; the tree of three parts and itself.
        #expect(folded.families.map { String(decoding: $0.name.bytes, as: UTF8.self) } == ["model", "split"])
        #expect(folded.families.map(\.count) == [3, 4])
        #expect(LockComparison(locked: folded, now: locked(), plan, request).isSame)
        #expect(LockComparison(locked: folded, now: locked(), plan, request).checkedCount == 12)
        var now = locked()
        set("m/2", "other", in: &now)
        set("sum", "other", in: &now)
        var comparison = LockComparison(locked: folded, now: now, plan, request)
        #expect(names(comparison) == ["model", "sum"])
        #expect(comparison.differences.map(\.cause) == [.notReproducible, nil])
        set("parts/1", "other", in: &now)
        comparison = LockComparison(locked: folded, now: now, plan, request)
        #expect(names(comparison) == ["split", "model", "sum"])
        #expect(comparison.differences.map(\.cause) == [.notReproducible, nil, nil])
    }

    @Test func `facts come from the actions of a request, and what they are told is told apart`() throws {
        let plan = try plan()
        let around = Surroundings(
            code: .init(high: 1, low: 1), libraries: [KeyPart(.library, [1], Array("glibc 2.36".utf8))],
            platform: Array("Linux x86_64".utf8), environment: [], tools: [:], variables: [:])
        let action = try #require(plan.action("clean"))
        let facts = try plan.lockFacts(Request(plan, actions: [action]), around)
        #expect(Set(facts.map(\.kind)) == [.platform, .recipe, .code, .library])
        #expect(facts.count == 4)
        func told(_ plan: Plan, _ rule: String) throws -> [UInt8]? {
            try plan.lockFacts(Request(plan, actions: Array(plan.actions)), around)
                .first { $0.kind == .recipe && $0.subject == Array(rule.utf8) }?.value
        }
        let fewer = try self.plan(["1", "2"])
        #expect(try told(plan, "clean") == told(fewer, "clean"))
        #expect(try told(plan, "model") != told(fewer, "model"))
        #expect(try told(plan, "sum") != told(fewer, "sum"))
    }
}
