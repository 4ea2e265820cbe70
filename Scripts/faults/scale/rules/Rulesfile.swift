import Glibc
import Rules

/// Large things of one kind each, as many as `size` says.
@main struct Scale: Rulesfile {
    @Parameter("What is large: wide, chain, tree, argument, arguments, inputs or files") var shape = "wide"
    @Parameter("How large", in: 1 ... 10_000_000) var size = 1000

    func rules(_ build: Build) throws {
        let seed = build.source("data/seed.txt")
        let script = build.source("scripts/tree.sh")
        let numbers = Axis("n", 0 ..< size)
        switch shape {
        case "wide":
            build.rule("wide", numbers) { n in Link(before: seed, after: "out/wide/\(n)") }
        case "chain":
            build.rule("chain", numbers) { n in
                Link(before: n == 0 ? seed : Artifact("out/chain/\(n - 1)"), after: "out/chain/\(n)")
            }
            build.defaults(Artifact("out/chain/\(size - 1)"))
        case "tree":
            let tree: Tree = "out/tree"
            let files = build.action(
                "tree", Command("sh", .input(script), .text("\(size)"), .outputTree(tree), .hiddenInput(seed)))
            _ = files
            build.action("count", Count(tree: tree, after: "out/count"))
        case "argument":
            let long = String(repeating: "x", count: size)
            build.action("long", Command("true", .text(long), .hiddenInput(seed), .output("out/long")))
        case "arguments":
            let many = (0 ..< size).map { "argument number \($0)" }
            build.action("long", Command("true", .texts(many), .hiddenInput(seed), .output("out/long")))
        case "inputs":
            let many = (0 ..< size).map { build.source("data/in/\($0)") }
            build.action("inputs", Gather(before: many, after: "out/inputs"))
        default:
            for name in ["sparse", "full"] {
                build.action("large \(name)", Link(before: build.source("data/\(name)"), after: "out/\(name)"))
            }
        }
    }
}

/// Copies its first line, and adds one.
struct Link: Recipe {
    @Input var before: Artifact
    @Output var after: Artifact

    func run(_ step: Step) throws {
        guard let from = fopen(before.path, "r"), let to = fopen(after.path, "w") else { throw Failure.open }
        defer {
            fclose(from)
            fclose(to)
        }
        var line = [CChar](repeating: 0, count: 64)
        fgets(&line, 64, from)
        fputs(line, to)
        fputs("and one more\n", to)
    }

    enum Failure: Error { case open }
}

/// The first lines of all that it reads.
struct Gather: Recipe {
    @Input var before: [Artifact]
    @Output var after: Artifact

    func run(_ step: Step) throws {
        guard let to = fopen(after.path, "w") else { throw Link.Failure.open }
        defer { fclose(to) }
        for input in before {
            guard let from = fopen(input.path, "r") else { throw Link.Failure.open }
            var line = [CChar](repeating: 0, count: 64)
            fgets(&line, 64, from)
            fclose(from)
            fputs(line, to)
        }
    }
}

/// How many files a directory holds.
struct Count: Recipe {
    @Input var tree: Tree
    @Output var after: Artifact

    func run(_ step: Step) throws {
        guard let to = fopen(after.path, "w") else { throw Link.Failure.open }
        defer { fclose(to) }
        fputs("\(try tree.members().count)\n", to)
    }
}
