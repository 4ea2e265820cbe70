import Artifact
import Hashing
import Planning
import TestSupport
import Testing

/// What an earlier run has settled: no key is computed for it, and every verdict is the one that a key would give.
@Suite struct SettledTests {
    /// a -> one -> b -> two -> c, and d -> three -> e.
    private func plan() throws -> Plan {
        var sketch = Sketch()
        for source: Path in ["a", "d"] { try sketch.source(source) }
        for (name, from, to): (String, Path, Path) in [("one", "a", "b"), ("two", "b", "c"), ("three", "d", "e")] {
            try sketch.action(name, [("does", "mix"), ("from", .input(from)), ("to", .output(to))])
        }
        return try sketch.plan()
    }

    private func built() throws -> (Workbench, Plan) {
        var bench = Workbench(["a": "1", "d": "1"])
        let plan = try plan()
        try bench.build(plan)
        return (bench, plan)
    }

    @Test func `after a build nothing is judged closely`() throws {
        let (bench, plan) = try built()
        let assessment = bench.assess(plan)
        #expect(assessment.closelyJudged.isEmpty)
        #expect(plan.actions.allSatisfy { assessment.verdicts[$0.index] == .current })
    }

    @Test func `only what a changed source reaches is judged closely`() throws {
        var (bench, plan) = try built()
        bench.files["a"] = Array("2".utf8)
        #expect(bench.assess(plan).closelyJudged == [ActionID(0), ActionID(1)])
        try bench.build(plan)
        #expect(bench.assess(plan).closelyJudged.isEmpty)
    }

    @Test func `an output that was edited or is gone is judged closely, with what reads it`() throws {
        var (bench, plan) = try built()
        bench.files["b"] = Array("edited".utf8)
        #expect(bench.assess(plan).closelyJudged == [ActionID(0), ActionID(1)])
        bench.files["b"] = nil
        #expect(bench.assess(plan).closelyJudged == [ActionID(0), ActionID(1)])
    }

    @Test func `other surroundings settle nothing`() throws {
        var (bench, plan) = try built()
        bench.library = 2
        #expect(bench.assess(plan).closelyJudged.count == 3)
    }

    @Test func `what is forced is judged closely`() throws {
        let (bench, plan) = try built()
        let assessment = bench.assess(plan, forced: [ActionID(2)])
        #expect(assessment.closelyJudged == [ActionID(2)])
        #expect(assessment.verdicts[2] == .build(.forced, [.forced]))
    }

    @Test func `surroundings are told apart by each thing that they say`() throws {
        let (bench, _) = try built()
        let plain = bench.surroundings
        var others: [Surroundings] = []
        func change(_ body: (inout Surroundings) -> Void) {
            var other = plain
            body(&other)
            others.append(other)
        }
        let content = Workbench.fileContent([1])
        change { $0.code = Digest(high: 1, low: 1) }
        change { $0.codes = [[1]: Digest(high: 1, low: 1)] }
        change { $0.platform += [1] }
        change { $0.tools = [[1]: content] }
        change { $0.variables = [[1]: [1]] }
        change { $0.secrets = [[1]: [1]] }
        if let probe = Probe(words: [[1]]) { change { $0.probes = [probe: .printed(content)] } }
        others.append(
            Surroundings(
                code: plain.code, libraries: [], platform: plain.platform, environment: plain.environment,
                tools: plain.tools, variables: plain.variables))
        others.append(
            Surroundings(
                code: plain.code, libraries: plain.libraries, platform: plain.platform,
                environment: [KeyPart(.environment, [1], [1])], tools: plain.tools, variables: plain.variables))
        #expect(others.count == 9)
        #expect(Set(others.map(\.digest) + [plain.digest]).count == 10)
    }
}
