import Rules

/// For each entity facts become features, two models of them and a forecast for each date; one file tells of all.
@main struct Entities: Rulesfile {
    @Parameter("How many entities", in: 1 ... 1_000_000) var entityCount = 148
    @Parameter("How many dates", in: 1 ... 1_000) var dateCount = 7
    @Parameter("The program of the actions, absolute") var program = "/bin/false"
    @Parameter("What the second model is told: another word is another command") var kind = "b"

    func rules(_ build: Build) throws {
        let entities = Axis("entity", (0 ..< entityCount).map { "e" + padded($0, to: 4) })
        let dates = Axis("date", (0 ..< dateCount).map { "d" + padded($0, to: 3) })
        // Where the program writes down that it ran.
        let log = Command.Item.environmentOutsideKey("BENCH_LOG")

        // All depends on it, so one edit makes everything stale.
        let calendar = build.source("calendar.txt")

        let features = build.rule("features", entities) { e in
            let facts = build.source("src/\(e).facts")
            return Command(
                program, log, "strip", .output("build/features/\(e).f"), .input(facts), .hiddenInput(calendar))
        }
        let first = build.rule("model_a", entities) { e in
            Command(program, log, "model", "a", .output("build/model_a/\(e).m"), .input(features[e].output))
        }
        let second = build.rule("model_b", entities) { e in
            Command(program, log, "model", .text(kind), .output("build/model_b/\(e).m"), .input(features[e].output))
        }
        let forecasts = build.rule("forecast", entities, dates) { e, d in
            let models = [first[e].output, second[e].output]
            return Command(program, log, "forecast", .text(d), .output("build/forecast/\(e)/\(d).o"), .inputs(models))
        }
        let list = build.source("forecasts.list")
        let all = forecasts.all.output
        build.action("agg", Command(program, log, "agg", .output("build/all.out"), .input(list), .hiddenInputs(all)))
    }

    private func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
