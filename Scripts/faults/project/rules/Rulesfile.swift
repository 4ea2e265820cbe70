import Rules

/// 300 actions in six layers, each reading some of the layer before: recipes of one file, of two and of a tree, and
/// commands.
@main struct P300: Rulesfile {
    func rules(_ build: Build) throws {
        let sources = (0 ..< 10).map { build.source("data/\($0).txt") }
        let script = build.source("scripts/step.sh")
        let all = Axis("n", 0 ..< 50)

        let a = build.rule("a", all) { n in
            Work(before: [sources[n % 10]], result: "out/a/\(n).bin", name: "a[n=\(n)]", load: Load("a", n))
        }
        let b = build.rule("b", all) { n in
            Work(
                before: picks("b", n).map { a[$0].result }, result: "out/b/\(n).bin", name: "b[n=\(n)]",
                load: Load("b", n))
        }
        let c = build.rule("c", all) { n in
            Pair(
                before: picks("c", n).map { b[$0].result }, left: "out/c/\(n).left", right: "out/c/\(n).right",
                name: "c[n=\(n)]", load: Load("c", n))
        }
        let d = build.rule("d", Axis("n", 0 ..< 20)) { n in
            let load = Load("d", n)
            return Command(
                "sh", .input(script), .texts(["d[n=\(n)]", "\(load.bytes)", "\(load.milliseconds)"]),
                .output("out/d/\(n).bin"), .inputs(picks("d", n).map { c[$0].left }))
        }
        let e = build.rule("e", Axis("n", 20 ..< 50)) { n in
            Work(
                before: picks("e", n).map { c[$0].right }, result: "out/e/\(n).bin", name: "e[n=\(n)]",
                load: Load("e", n))
        }
        let f = build.rule("f", all) { n in
            Parts(
                before: picks("f", n).map { $0 < 20 ? d[$0].output : e[$0].result }, parts: "out/f/\(n)",
                name: "f[n=\(n)]", load: Load("f", n))
        }
        build.rule("g", all) { n in
            Work(
                before: picks("g", n).map { f[$0].parts["\(n % 5).bin"] }, result: "out/g/\(n).bin",
                name: "g[n=\(n)]", load: Load("g", n))
        }
    }
}

/// Which of the layer before an action reads: one to three, the same in every build.
func picks(_ layer: String, _ n: Int) -> [Int] {
    var random = Generator(seed: "picks \(layer) \(n)")
    // The first keeps every action of the layer before in use.
    var picked = [n]
    for _ in 0 ..< random.next() % 3 {
        let next = Int(random.next() % 50)
        if !picked.contains(next) { picked.append(next) }
    }
    return picked
}

/// What an action costs.
struct Load: Codable, Sendable {
    let bytes: Int
    let milliseconds: Int

    /// 1 to 200 KB and 5 to 50 ms, the same in every build.
    init(_ layer: String, _ n: Int) {
        var random = Generator(seed: "load \(layer) \(n)")
        bytes = Int(random.next() % 199_000) + 1000
        milliseconds = Int(random.next() % 46) + 5
    }
}
