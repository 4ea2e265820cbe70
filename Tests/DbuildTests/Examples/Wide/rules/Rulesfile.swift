import Rules

/// Puts what it reads together, with its seed.
struct Work: Recipe {
    @Input var before: [Artifact]
    @Output var result: Artifact
    var name: String

    func run(_ step: Step) throws {
        try Files.witness(name)
        Files.pause()
        let text = try before.map { try Files.read($0.path) }.joined()
        try Files.write("\(name) \(step.seed) after \(text.utf8.reduce(0) { $0 &* 31 &+ Int($1) })\n", to: result.path)
    }
}

/// Two files that belong together.
struct Pair: Recipe {
    @Input var before: Artifact
    @Output var left: Artifact
    @Output var right: Artifact

    func run(_ step: Step) throws {
        try Files.witness("pair")
        let text = try Files.read(before.path)
        try Files.write("left of " + text, to: left.path)
        try Files.write("right of " + text, to: right.path)
    }
}

@main struct Wide: Rulesfile {
    func rules(_ build: Build) throws {
        let seed = build.source("data/seed.txt")
        let script = build.source("scripts/nap.sh")
        let numbers = Axis("n", 0 ..< 20)
        let first = build.rule("first", numbers) { n in
            Work(before: [seed], result: "out/first/\(n).txt", name: "first[n=\(n)]")
        }
        let second = build.rule("second", numbers) { n in
            Work(
                before: [first[n].result, first[(n + 7) % 20].result], result: "out/second/\(n).txt",
                name: "second[n=\(n)]")
        }
        let third = build.rule("third", numbers) { n in
            Work(before: [second[n].result], result: "out/third/\(n).txt", name: "third[n=\(n)]")
        }
        let last = build.action("last", Work(before: third.all.result, result: "out/last.txt", name: "last"))
        build.defaults(last)
        build.action("pair", Pair(before: seed, left: "out/left.txt", right: "out/right.txt"))
        build.rule("nap", Axis("n", 0 ..< 4)) { n in Command("sh", .input(script), .output("out/nap/\(n).txt")) }
    }
}
