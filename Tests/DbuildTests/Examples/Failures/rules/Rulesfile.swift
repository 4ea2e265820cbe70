import Rules

/// Fails as often as the undeclared file `control/fetch` says, and says whether that may pass.
struct Fetch: Recipe {
    @Input var rows: Artifact
    @Output var copy: Artifact

    func run(_ step: Step) throws {
        try Files.witness("fetch")
        let tries = try Files.read("witness").split(separator: "\n").count { $0 == "fetch" }
        print("try \(tries)")
        let words = (try? Files.read("control/fetch"))?.split(separator: " ") ?? []
        if words.count == 2, let failing = Int(words[0]), tries <= failing {
            if words[1] == "busy" { throw Busy() }
            throw Refused()
        }
        try Files.write(try Files.read(rows.path), to: copy.path)
    }
}

struct Busy: Retryable, CustomStringConvertible { var description: String { "the server is busy" } }
struct Refused: Error, CustomStringConvertible { var description: String { "the server refuses" } }

/// Puts together what is there of its parts.
struct Gather: Recipe {
    @Input var parts: [Artifact]
    @Output var whole: Artifact

    func run(_ step: Step) throws {
        try Files.witness("whole")
        try Files.write(try parts.map { try Files.read($0.path) }.joined(), to: whole.path)
    }
}

@main struct Failures: Rulesfile {
    @Parameter("How many parts there are") var parts = 5
    @Parameter("Whether there is a rule `firm`") var hasFirm = true

    func rules(_ build: Build) throws {
        let rows = build.source("data/rows.txt")
        let script = build.source("scripts/act.sh")
        func act(_ name: String, of input: Artifact, _ output: Artifact) -> Command {
            Command("sh", .input(script), .text(name), .input(input), .output(output))
        }

        build.action("flaky", act("flaky", of: rows, "out/flaky.txt")).retries(2, after: .seconds(0.05))
        build.action("patient", act("patient", of: rows, "out/patient.txt")).retries(1, after: .hours(1))
        if hasFirm { build.action("firm", act("firm", of: rows, "out/firm.txt")) }
        build.action("fetch", Fetch(rows: rows, copy: "out/fetch.txt")).retries(2, after: .seconds(0.05))
        build.action("slow", act("slow", of: rows, "out/slow.txt")).limits(timeout: .seconds(0.5))
        build.action("slow-again", act("slow-again", of: rows, "out/slow-again.txt"))
            .limits(timeout: .seconds(0.5)).retries(1, after: .seconds(0.05), ofTimeouts: true)
        build.action(
            "pair",
            Command(
                "sh", .input(script), "pair", .input(rows), .output("out/pair/left.txt"),
                .output("out/pair/right.txt")))

        let part = build.rule("part", Axis("n", 0 ..< parts)) { n in
            act("part[n=\(n)]", of: rows, Artifact("out/part/\(n).txt"))
        }
        let whole = build.action("whole", Gather(parts: part.all.output, whole: "out/whole.txt"))
            .accepts(.atLeast(0.7), of: \.parts)
        build.action("report", act("report", of: whole.whole, "out/report.txt"))

        let model = build.rule("model", Axis("k", ["a", "b"])) { k in
            act("model[k=\(k)]", of: rows, Artifact("out/model/\(k).txt"))
        }
        .onFailure(.useExisting)
        build.rule("use", Axis("k", ["a", "b"]), Axis("day", 0 ..< 3)) { k, day in
            act("use[k=\(k),day=\(day)]", of: model[k].output, Artifact("out/use/\(k)-\(day).txt"))
        }
    }
}
