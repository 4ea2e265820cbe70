import Testing

@testable import Rules

/// Mistakes that only show while the rules are evaluated: each ends the plan with its places, and nothing traps.
@Suite struct MistakeTests {
    private struct Hidden: Recipe {
        @Output var result: Artifact
        func run(_ step: Step) {}
    }

    private func expect(_ result: ExitTest.Result?, _ message: String) {
        #expect(failure(in: result?.standardOutputContent ?? []) == message)
    }

    @Test func aPrivateRecipeIsRefused() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in build.action("hidden", Hidden(result: "x")) }
            }, "recipe `Hidden` is private or local to a function: a worker cannot find it by name 1")
    }

    @Test func aCellThatIsNotThereIsNamedWithBothPlaces() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in
                    let cells = build.rule("cell", Axis("entity", ["a"])) { Gather(parts: [], result: "\($0)") }
                    build.action("user", Gather(parts: [cells["zz"].result], result: "x"))
                }
            }, "rule `cell` has no cell [zz] 2")
    }

    @Test func aValueThatAnAxisLacksIsNoPickOfIt() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in
                    let cells = build.rule("cell", Axis("n", [1, 2]), Axis("entity", ["a"])) {
                        Gather(parts: [], result: "\($0)/\($1)")
                    }
                    build.action("user", Gather(parts: cells[.all, .only("zz")].result, result: "x"))
                }
            }, "axis `entity` of rule `cell` has no value `zz` 2")
    }

    @Test func aSourceThatMayBeAbsentNeedsAnOptionalInput() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in
                    let late = build.source("late.csv", mayBeAbsent: true)
                    build.action("before", ReadTable(table: "t", late: late, result: "r"))
                    build.action("gather", Gather(parts: [late], result: "x"))
                }
            }, "source `late.csv` may be absent, but an input of recipe `Gather` that is not optional reads it 2")
    }

    @Test func aValueThatIsTwiceOnAnAxisIsNamed() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in
                    build.rule("cell", Axis("entity", ["a", "b", "a"])) { Gather(parts: [], result: "\($0)") }
                }
            }, "axis `entity` has the value `a` twice 1")
    }

    @Test func cellsThatShareAKeyAreNotLost() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in
                    let days = Axis("day", ["2013-12-31" as Day])
                    let cells = build.rule("cell", Axis("entity", ["a", "b"]), days) { e, d in
                        Gather(parts: [], result: "\(e)/\(d)")
                    }
                    build.action("user", Gather(parts: [], byDay: cells.all.keyed(by: days, \.result), result: "x"))
                }
            }, "several of these cells have `2013-12-31` on axis `day` 1")
    }

    @Test func aRuleWithTooManyCellsIsRefused() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in
                    let long = Axis("n", 0 ..< 100_000)
                    build.rule("cell", long, long) { Gather(parts: [], result: "\($0)\($1)") }
                }
            }, "rule `cell` has 100000 x 100000 cells: more than there can be 1")
    }

    @Test func anActionNeedsACPU() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in build.action("a", Gather(parts: [], result: "x")).needs(cpus: 0) }
            }, "an action needs at least 1 cpu, not 0 1")
    }

    @Test func whatCannotBeRunSoIsRefused() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in
                    build.rule("list", Axis("day", ["1", "2"])) { Gather(parts: [], result: "list/\($0)") }
                        .batch(by: "route", upTo: 3)
                }
            }, "rule `list` has no axis `route`; it has `day` 1")
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in
                    build.action("a", Gather(parts: [], result: "x")).limits(memory: .gigabytes(-1))
                }
            }, "-1.0 gigabytes is no amount of memory: it must be a number of bytes above 0 1")
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in
                    build.action("a", Gather(parts: [], result: "x")).tolerates(relative: -.infinity)
                }
            }, "a tolerance of -inf is none: it must be a number of at least 0 1")
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in _ = build.pool("api", atOnce: 0) }
            }, "pool `api` allows 0: nothing could ever run in it 1")
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in
                    _ = build.pool("api", atOnce: 1)
                    _ = build.pool("api", perMinute: 1)
                }
            }, "two pools are called `api` 2")
    }

    @Test func aShareIsBetweenNothingAndAll() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in
                    build.action("a", Gather(parts: ["x"], result: "x")).accepts(.atLeast(98), of: \.parts)
                }
            }, "the share 98.0 is not within 0 ... 1 1")
    }

    @Test func onlyInputsCanBeAccepted() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in
                    build.action("a", ManyOutputs(results: ["x"])).accepts(.optional, of: \.results)
                }
            }, "what is accepted is not an @Input of recipe `ManyOutputs` 1")
    }

    @Test func aCommandWithoutOutputIsRefused() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in build.action("a", Command("true")) }
            }, "the command has no output 1")
    }

    @Test func aCommandNeedsAllOfItsInputs() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in
                    let late = build.source("late.csv", mayBeAbsent: true)
                    build.action("a", Command("cat", .hiddenInputs(["there.csv", late]), .output("out")))
                }
            }, "source `late.csv` may be absent, but an input of recipe `Command` that is not optional reads it 2")
    }

    @Test func aRecipeThatCannotBeEncodedLeavesAReadablePlan() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in build.action("a", Unsayable(result: "x")) }
            }, "recipe `Unsayable` cannot be encoded: Unsaid() 1")
    }
}

struct ManyOutputs: Recipe {
    @Output var results: [Artifact]
    func run(_ step: Step) {}
}

struct Unsaid: Error {}

/// Fails in the middle of being written.
struct Unsayable: Recipe {
    @Output var result: Artifact

    init(result: Artifact) { self.result = result }
    init(from decoder: any Decoder) throws { throw Unsaid() }
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode("message", forKey: .message)
        throw Unsaid()
    }
    func run(_ step: Step) {}

    enum Keys: String, CodingKey { case message }
}
