import Testing

@testable import Rules

@Suite struct PlanTests {
    @Test func aRuleHasAnActionForEachCellThatItsClosureMakes() throws {
        let plan = try plan { build in
            let entities = Axis("entity", ["a", "b"])
            let folds = Axis("fold", 1 ... 3)
            build.rule("train", entities, folds) { e, f in
                e == "b" && f == 2 ? nil : Gather(parts: [], result: "models/\(e)/\(f)")
            }
        }
        #expect(plan.axes.map(\.values) == [["a", "b"], ["1", "2", "3"]])
        #expect(plan.rules[0].axes == [0, 1])
        #expect(plan.rules[0].shortType == "Gather")
        #expect(!plan.rules[0].isCommand)
        #expect(plan.actions.map(\.positions) == [[0, 0], [0, 1], [0, 2], [1, 0], [1, 2]])
        #expect(plan.end == 5)
    }

    @Test func aSliceKeepsThePickedCellsInOrder() throws {
        let plan = try plan { build in
            let entities = Axis("entity", ["a", "b"])
            let days = Axis("day", ("2013-12-30" as Day) ... "2014-01-02")
            let cells = build.rule("cell", entities, days) { e, d in
                d == "2013-12-31" && e == "a" ? nil : Gather(parts: [], result: "\(e)/\(d)")
            }
            build.action("all", Gather(parts: cells.all.result, result: "all"))
            build.action(
                "window",
                Gather(parts: cells[.all, .in(("2014-01-01" as Day).previous(5))].result, result: "window"))
            build.action(
                "keyed",
                Gather(parts: [], byDay: cells[.only("b"), .all].keyed(by: days, \.result), result: "keyed"))
        }
        func paths(_ name: String, _ property: String) throws -> [String] {
            try plan.actions(of: name)[0].recipe.field(property).references.map(\.path)
        }
        #expect(try paths("all", "parts").count == 7)
        #expect(try paths("window", "parts") == ["a/2013-12-30", "b/2013-12-30", "b/2013-12-31"])
        #expect(
            try paths("keyed", "byDay") == ["b/2013-12-30", "b/2013-12-31", "b/2014-01-01", "b/2014-01-02"])
    }

    @Test func valuesThatDifferInBytesAreDifferentCells() throws {
        let composed = "\u{E9}"
        let decomposed = "e\u{301}"
        let plan = try plan(answers: ["names.csv": [composed, decomposed, composed]]) { build in
            let names = build.table(Artifact("names.csv")).axis("name")
            let cells = build.rule("cell", names) { Gather(parts: [], result: "\($0)") }
            build.action("second", Gather(parts: [cells[decomposed].result], result: "second"))
        }
        #expect(plan.axes[0].values.map { Array($0.utf8) } == [Array(composed.utf8), Array(decomposed.utf8)])
        let wired = try plan.actions(of: "second")[0].recipe.field("parts").references[0].path
        #expect(Array(wired.utf8) == Array(decomposed.utf8))
    }

    @Test func anEmptyAxisHasNoCells() throws {
        let plan = try plan { build in
            let none = Axis("entity", [String]())
            let days = Axis("day", ["2013-12-31" as Day])
            let cells = build.rule("cell", none, days) { e, d in Gather(parts: [], result: "\(e)\(d)") }
            build.action(
                "gather", Gather(parts: cells.all.result, byDay: cells.all.keyed(by: days, \.result), result: "g"))
        }
        #expect(plan.actions.count == 1)
    }

    @Test func whatGathersAnUnknownAxisWaitsAndTheRestIsPlanned() throws {
        let plan = try plan { build in
            let index = build.action("index", Gather(parts: [], result: "index.csv"))
            let entities = build.table(index.result).axis("entity")
            let days = Axis("day", ["2013-12-30", "2013-12-31"] as [Day])
            let cells = build.rule("cell", entities, days) { e, d in Gather(parts: [], result: "\(e)/\(d)") }
            build.rule("list", days) { d in Gather(parts: cells[.all, .only(d)].result, result: "list/\(d)") }
            build.rule("keyed", days) { d in
                Gather(parts: [], byDay: cells[.all, .only(d)].keyed(by: days, \.result), result: "keyed/\(d)")
            }
            build.action("free", Gather(parts: [], result: "free"))
        }
        #expect(plan.rules.map(\.awaits) == ["", "index.csv", "", "", ""])
        #expect(plan.questions == ["index.csv entity"])
        #expect(plan.actions(of: "cell").isEmpty)
        for name in ["list", "keyed"] {
            #expect(plan.actions(of: name).map(\.recipe.awaitedPaths) == [["index.csv"], ["index.csv"]])
        }
        #expect(plan.actions(of: "free")[0].recipe.awaitedPaths.isEmpty)
        #expect(plan.actions(of: "free")[0].awaits.isEmpty)
    }

    @Test func aDictionaryByAnUnknownAxisMakesItsActionWait() throws {
        let plan = try plan { build in
            let days = build.table(Artifact("days.csv")).axis("day", of: Day.self)
            let cells = build.rule("cell", days) { Gather(parts: [], result: "\($0)") }
            build.rule("keyed", Axis("entity", ["a", "b"])) { e in
                e == "a"
                    ? Gather(parts: [], byDay: cells.all.keyed(by: days, \.result), result: "keyed/\(e)")
                    : Gather(parts: [], result: "keyed/\(e)")
            }
            build.action("before", Gather(parts: [], result: "before"))
            let outside = cells.all.keyed(by: days, \.result)
            build.action("later", Gather(parts: [], result: "later"))
            build.action("user", Gather(parts: [], byDay: outside, result: "user"))
        }
        #expect(plan.actions.map(\.awaits) == ["days.csv", "", "", "days.csv", "days.csv"])
    }

    @Test func aQuestionIsAskedOnce() throws {
        let plan = try plan(answers: ["index.csv": ["a"]]) { build in
            for name in ["one", "two"] {
                let axis = build.table(Artifact("index.csv")).axis("entity")
                build.rule(name, axis) { Gather(parts: [], result: "\(name)/\($0)") }
            }
        }
        #expect(plan.questions.count == 1)
        #expect(plan.actions.count == 2)
    }

    @Test func aSectionThatMustWaitLeavesThoseAfterIt() throws {
        let plan = try plan { build in
            try build.section {
                let names = try build.table(Artifact("later.csv")).column("name")
                build.rule("never", Axis("name", names)) { Gather(parts: [], result: "never/\($0)") }
            }
            build.action("after", Gather(parts: [], result: "after"))
        }
        #expect(plan.rules.map(\.name) == ["after"])
    }

    @Test func aTreeMemberIsAnArtifactOfAnyKind() throws {
        let plan = try plan { build in
            let split = build.action("split", Split(rows: build.source("rows.csv"), parts: "by-entity"))
            build.action("read", ReadTable(table: split.parts["a/b.parquet"], result: "read"))
            build.group("all", split, split.parts, split.parts["x"])
            build.defaults(split)
        }
        #expect(try plan.actions(of: "split")[0].recipe.field("parts") == .output(.reference(.tree("by-entity"))))
        #expect(
            try plan.actions(of: "read")[0].recipe.field("table")
                == .input(.reference(.file("by-entity/a/b.parquet"))))
        #expect(plan.groups == ["all": [.rule(0), .artifact("by-entity"), .artifact("by-entity/x")]])
        #expect(plan.defaults == [.rule(0)])
    }

    @Test func aSourceThatMayBeAbsentIsSaidToBe() throws {
        let plan = try plan { build in
            let late = build.source("late.csv", mayBeAbsent: true)
            build.action("read", ReadTable(table: "table", late: late, result: "read"))
        }
        #expect(plan.sources.map(\.path) == ["late.csv"])
        #expect(plan.sources.map(\.mayBeAbsent) == [true])
        #expect(try plan.actions[0].recipe.field("late") == .input(.reference(.file("late.csv"))))
    }

    @Test func whatARuleNeedsAndAcceptsIsSaid() throws {
        let plan = try plan { build in
            let days = Axis("day", ["2013-12-30", "2013-12-31"] as [Day])
            build.rule("list", days) { d in
                Gather(parts: d == "2013-12-30" ? [] : ["x"], others: ["y"], result: "list/\(d)")
            }
            .needs(cpus: 2).accepts(.atLeast(0.98), of: \.parts).accepts(.optional, of: \.others)
            build.action("keyed", Gather(parts: [], byDay: ["2013-12-30": "x"], result: "keyed"))
                .accepts(.optional, of: \.byDay)
            build.action("nothing", Gather(parts: [], result: "nothing")).accepts(.optional, of: \.parts)
        }
        #expect(
            plan.changes == [
                .needs(rule: 0, cpus: 2), .accepts(rule: 0, property: "parts", share: 0.98),
                .accepts(rule: 0, property: "others", share: 0), .accepts(rule: 1, property: "byDay", share: 0),
            ])
    }

    @Test func howActionsRunIsSaid() throws {
        let plan = try plan { build in
            let api = build.pool("polygon", atOnce: 4, perMinute: 5)
            let other = build.pool("licence", atOnce: 1)
            let days = Axis("day", ["2013-12-30", "2013-12-31"] as [Day])
            build.rule("list", days) { Gather(parts: ["x"], result: "list/\($0)") }
                .needs(memory: .gigabytes(1.5)).limits(timeout: .minutes(30), memory: .megabytes(512))
                .retries(3, after: .seconds(10), ofTimeouts: true).pool(api).batch(by: "day", upTo: 50)
            build.action("one", Gather(parts: ["x"], result: "one")).limits(timeout: .seconds(0.5)).retries(1)
                .pool(other).batch(upTo: 2).tolerates(absolute: 0.5, relative: 1e-9)
        }
        #expect(
            plan.pools == [
                ReadPlan.Pool(name: "polygon", atOnce: 4, perMinute: 5),
                ReadPlan.Pool(name: "licence", atOnce: 1, perMinute: nil),
            ])
        #expect(
            plan.changes == [
                .needs(rule: 0, memory: 3 << 29), .policy(rule: 0, "limits 1800000000000 \(512 << 20)"),
                .policy(rule: 0, "retries 3 10000000000 true"), .policy(rule: 0, "pool 0"),
                .policy(rule: 0, "batch 0 50"), .policy(rule: 1, "limits 500000000 none"),
                .policy(rule: 1, "retries 1 1000000000 false"), .policy(rule: 1, "pool 1"),
                .policy(rule: 1, "batch none 2"), .policy(rule: 1, "tolerance 0.5 1e-09"),
            ])
    }

    @Test func aWordThatIsSaidTwiceSaysOnlyWhatItNames() throws {
        let plan = try plan { build in
            build.action("one", Gather(parts: ["x"], result: "one")).needs(cpus: 4).needs(memory: .megabytes(1))
                .limits(timeout: .seconds(1)).limits(memory: .megabytes(2))
        }
        #expect(
            plan.changes == [
                .needs(rule: 0, cpus: 4), .needs(rule: 0, memory: 1 << 20),
                .policy(rule: 0, "limits 1000000000 none"), .policy(rule: 0, "limits none \(2 << 20)"),
            ])
    }

    @Test func aCommandRefersToItsArtifactsByIndex() throws {
        let plan = try plan { build in
            build.action(
                "report",
                Command(
                    "python3", .input("a.py"), "-v", .inputs(["b", "c"]), .output("r.html"), .flag("--top", 20),
                    .hiddenInput("lib.py"), .hiddenInputs(["d", "e"]), .inputTree("parts"), .outputTree("pages"),
                    .environment("http_proxy")))
        }
        let recipe = plan.actions[0].recipe
        #expect(plan.rules[0].isCommand)
        #expect(
            try Command.arguments(of: recipe) == [
                .text("python3"), .input(0), .text("-v"), .input(1), .input(2), .output(0), .text("--top"), .text("20"),
                .input(6), .output(1),
            ])
        #expect(try recipe.field("arguments").list()[5] == .int(-1))
        #expect(try Command.environment(of: recipe) == ["http_proxy"])
        #expect(
            try recipe.field("inputs").references
                == [
                    .file("a.py"), .file("b"), .file("c"), .file("lib.py"), .file("d"), .file("e"), .tree("parts"),
                ])
        #expect(try recipe.field("outputs").references == [.file("r.html"), .tree("pages")])
        #expect(throws: CommandInWorker.self) { try Command(from: RecipeDecoder(recipe)).run(Step()) }
    }

    @Test func aCommandSaysItsSecretsAndProbesOnceAndInOneOrder() throws {
        let plan = try plan { build in
            _ = build.source("warehouse/orders", probe: "psql", "-c", "select 1")
            build.action(
                "report",
                Command(
                    "python3", .output("r.html"), .probe("b", "2"), .secret("TOKEN"), .environment("TOKEN"),
                    .environment("OTHER"), .probe("a"), .secret("KEY"), .probe("b", "2"), .secret("TOKEN")))
        }
        let recipe = plan.actions[0].recipe
        #expect(try recipe.field("secrets").strings() == ["KEY", "TOKEN"])
        #expect(try Command.environment(of: recipe) == ["OTHER"])
        #expect(try recipe.field("probes").list().map { try $0.strings() } == [["a"], ["b", "2"]])
        #expect(plan.probedSources == ["warehouse/orders": ["psql", "-c", "select 1"]])
    }

    @Test func aPackagesFilesAreSourcesAndInputsOnce() throws {
        let plan = try plan(answers: ["lib": ["a.py", "deep/b.py"]]) { build in
            build.action("one", Command("python3", .input("lib/a.py"), .output("1"), .pythonPackage("lib")))
            build.action("two", Command("python3", .output("2"), .pythonPackage("lib")))
        }
        #expect(plan.questions == ["lib .py"])
        #expect(Set(plan.sources.map(\.path)) == ["lib/a.py", "lib/deep/b.py"])
        let inputs = try plan.actions.map { try $0.recipe.field("inputs").references }
        #expect(inputs == [[.file("lib/a.py"), .file("lib/deep/b.py")], [.file("lib/a.py"), .file("lib/deep/b.py")]])
    }

    @Test func aPlanOfSeveralFramesIsReadAsOne() throws {
        let plan = try plan { build in
            build.rule("many", Axis("n", 0 ..< 20_000)) { Gather(parts: ["source"], result: "out/\($0)") }
        }
        #expect(plan.end == 20_000)
        #expect(try plan.actions.last?.recipe.field("result").references == [.file("out/19999")])
    }
}
